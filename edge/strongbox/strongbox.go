package strongbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"markaz.example/edge/durable"
	"markaz.example/edge/tpm"
)

// The files of its directory, and what systemd calls the credential.
const (
	LockName       = "lock.json"
	OpenKeyName    = "open.key"
	CredentialName = "markaz-box-key"
)

// What opening reports.
var (
	ErrLocked  = errors.New("the box's secrets are locked; open them with markaz unlock")
	ErrGone    = errors.New("the box's secrets are sealed and strongbox/lock.json is missing; bring it back from a copy")
	ErrNoWay   = errors.New("the credential of this box's key was not given: look for markaz-box-key in /etc/credstore.encrypted")
	ErrRefused = errors.New("neither the passphrase nor the recovery code of this box")
)

// Settings say where a strongbox is and what may open it.
type Settings struct {
	Dir         string // strongbox/ of the data directory; made if missing
	Credentials string // the directory of systemd's credentials; "" without
	TPM         string // device; "" for the machine's
}

func (s Settings) device() string {
	if s.TPM == "" {
		return tpm.Device
	}
	return s.TPM
}

// Strongbox is the box's secrets, open or locked. Any goroutine may call it.
type Strongbox struct {
	set Settings

	mu   sync.RWMutex
	lock lock  // guarded by mu
	key  *Key  // guarded by mu; nil while it is locked
	why  error // guarded by mu; why it is locked
}

// Open opens the strongbox, or gives one that is locked and says why. A box that has none is given one, in the clear unless
// systemd gave a credential: which way is better a person decides, who has to write down a recovery code. It reports
// ErrGone, ErrLockFormat, or what the disk does.
func Open(set Settings) (*Strongbox, error) {
	if err := os.MkdirAll(set.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("directory of the strongbox: %w", err)
	}
	s := &Strongbox{set: set}
	done, err := s.alone()
	if err != nil {
		return nil, err
	}
	defer done()
	if err := s.load(); err != nil {
		return nil, err
	}
	return s, s.turn()
}

// alone keeps another program, the box or a command, from changing the lock meanwhile.
func (s *Strongbox) alone() (done func(), err error) {
	dir, err := os.Open(s.set.Dir)
	if err != nil {
		return nil, fmt.Errorf("open the strongbox: %w", err)
	}
	if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("open the strongbox: %w", err), dir.Close())
	}
	return func() { _ = dir.Close() }, nil
}

func (s *Strongbox) path(name string) string { return filepath.Join(s.set.Dir, name) }

// load reads the lock, and makes one for a box that has no secret yet.
func (s *Strongbox) load() error {
	b, err := durable.Plain{}.Read(s.path(LockName))
	switch {
	case err == nil:
		s.lock, err = parseLock(b)
		return err
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read the lock of the strongbox: %w", err)
	}
	sealed, err := filepath.Glob(filepath.Join(filepath.Dir(s.set.Dir), "*"+sealedExt))
	if err != nil || len(sealed) > 0 {
		return errors.Join(ErrGone, err)
	}
	return s.begin()
}

// reload reads the lock anew before it is changed: a command may have changed it since.
func (s *Strongbox) reload() error {
	b, err := durable.Plain{}.Read(s.path(LockName))
	if err != nil {
		return fmt.Errorf("read the lock of the strongbox: %w", err)
	}
	s.lock, err = parseLock(b)
	return err
}

// begin makes the lock of a new box. The key is on disk first: a power cut between the two leaves one that the next start
// finds.
func (s *Strongbox) begin() error {
	way, k, err := s.first()
	if err != nil {
		return err
	}
	return s.save(lock{Format: lockFormat, Check: k.check(), Way: way})
}

func (s *Strongbox) first() (Way, *Key, error) {
	if k, err := s.credential(); err == nil || !errors.Is(err, ErrNoWay) {
		return Credential, k, err
	}
	k, err := s.openKey()
	if !errors.Is(err, fs.ErrNotExist) {
		return Plain, k, err
	}
	if k, err = drawKey(); err != nil {
		return Plain, nil, err
	}
	return Plain, k, durable.WriteFile(s.path(OpenKeyName), k.file())
}

func (s *Strongbox) save(l lock) error {
	b, err := l.file()
	if err == nil {
		err = durable.WriteFile(s.path(LockName), b)
	}
	if err != nil {
		return fmt.Errorf("save the lock of the strongbox: %w", err)
	}
	s.lock = l
	return nil
}

// turn opens the lock by its way. A key in the clear that is still there opens it too: a power cut left it when the way
// was changed, and losing everything would be worse. Once the way has opened, it goes. A credential that fits is the
// way from then on.
func (s *Strongbox) turn() error {
	k, err := s.byWay()
	if err == nil {
		s.key = k
		return s.tidy()
	}
	if open, err := s.openKey(); err == nil && open.fits(s.lock) {
		s.key = open
		return nil
	}
	s.why = err
	return nil
}

func (s *Strongbox) byWay() (*Key, error) {
	k, err := s.credential()
	if err != nil {
		switch s.lock.Way {
		case TPM:
			k, err = s.chip()
		case Plain:
			k, err = s.openKey()
		case Passphrase:
			err = ErrLocked
		}
	}
	if err == nil && !k.fits(s.lock) {
		err = ErrForged
	}
	return k, err
}

// tidy takes a credential for the way where a key in the clear was, and wipes that key.
func (s *Strongbox) tidy() error {
	if s.lock.Way == Plain {
		if _, err := s.credential(); err != nil {
			return nil
		}
		if err := s.save(lock{Format: lockFormat, Check: s.lock.Check, Way: Credential, Recovery: s.lock.Recovery}); err != nil {
			return err
		}
	}
	return s.wipe()
}

func (s *Strongbox) wipe() error {
	if err := durable.Wipe(s.path(OpenKeyName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (s *Strongbox) openKey() (*Key, error) {
	b, err := durable.Plain{}.Read(s.path(OpenKeyName))
	if err != nil {
		return nil, fmt.Errorf("read the box's key: %w", err)
	}
	defer clear(b)
	return parseKey(b)
}

// credential is the key that systemd gave. It reports ErrNoWay.
func (s *Strongbox) credential() (*Key, error) {
	if s.set.Credentials == "" {
		return nil, ErrNoWay
	}
	b, err := durable.Plain{}.Read(filepath.Join(s.set.Credentials, CredentialName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoWay
	}
	if err != nil {
		return nil, fmt.Errorf("read the box's key: %w", err)
	}
	defer clear(b)
	return parseKey(b)
}

func (s *Strongbox) chip() (*Key, error) {
	c, err := tpm.Open(s.set.device())
	if err != nil {
		return nil, err
	}
	defer c.Close()
	b, err := c.Unseal(*s.lock.Chip)
	if err != nil {
		return nil, err
	}
	return takeKey(b)
}

// Status is how a strongbox is.
type Status struct {
	Way       Way
	PCRs      []uint // of TPM
	Recovers  bool   // a recovery code was written down
	Locked    error  // why; nil when it is open
	InTheOpen bool   // the key lies beside what it seals
}

// Status tells how it is.
func (s *Strongbox) Status() Status {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := Status{Way: s.lock.Way, Recovers: s.lock.Recovery != nil, InTheOpen: durable.Plain{}.Has(s.path(OpenKeyName))}
	if s.lock.Chip != nil {
		out.PCRs = s.lock.Chip.PCRs
	}
	if s.key == nil {
		out.Locked = s.why
	}
	return out
}

// Locked says whether nothing opens.
func (s *Strongbox) Locked() bool { return s.Status().Locked != nil }

// opened is the key. It reports ErrLocked.
func (s *Strongbox) opened() (*Key, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.key == nil {
		return nil, lockedBy(s.why)
	}
	return s.key, nil
}

// lockedBy is ErrLocked with its reason, where there is one besides that somebody has to open it.
func lockedBy(why error) error {
	if errors.Is(why, ErrLocked) {
		return why
	}
	return fmt.Errorf("%w (%w)", ErrLocked, why)
}
