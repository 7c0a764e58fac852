package box

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"markaz.example/edge/door"
	"markaz.example/edge/durable"
	"markaz.example/edge/health"
	"markaz.example/edge/notary"
	"markaz.example/edge/strongbox"
	"markaz.example/edge/tpm"
	"markaz.example/edge/vault"
	"markaz.example/sync/parcel"
	"markaz.example/sync/roster"
)

// strongboxName is the strongbox's directory below the data directory.
const strongboxName = "strongbox"

// The conditions of the box's secrets.
const (
	conditionSealOpen   = "seal.open"   // the key lies beside what it seals: a stolen disk opens everything
	conditionSealLocked = "seal.locked" // somebody has to open the box with its passphrase
	conditionSealMoved  = "seal.moved"  // the TPM refuses: the machine booted otherwise than before
	conditionSealLeft   = "seal.left"   // a secret lies in the clear where the box may not wipe it
)

// ErrUnlocked ends a Run that served without secrets: open the box anew with the same Options and its Secrets.
var ErrUnlocked = errors.New("the box's secrets were opened")

// Secrets are the box's, each purpose in a drawer of its strongbox.
type Secrets struct{ *strongbox.Strongbox }

// OpenSecrets opens the strongbox of a configuration, or gives one that is locked.
func OpenSecrets(c Config) (Secrets, error) {
	s, err := strongbox.Open(strongbox.Settings{
		Dir: filepath.Join(c.Data, strongboxName), Credentials: os.Getenv(credentialsVariable), TPM: c.TPM,
	})
	return Secrets{s}, err
}

// secrets are those of the Options, else the configuration's, opened by asking where a person can be asked.
func (c Config) secrets(o Options) (Secrets, error) {
	if o.Secrets.Strongbox != nil {
		return o.Secrets, nil
	}
	if err := makeDir(c.Data); err != nil {
		return Secrets{}, err
	}
	s, err := OpenSecrets(c)
	if err != nil || !s.Locked() || o.Ask == nil {
		return s, err
	}
	text, err := o.Ask()
	if err != nil {
		return s, err
	}
	return s, s.Unlock(text)
}

// drawer is where the secrets of a purpose are; files in the clear for a box of a test, which has no strongbox.
func (s Secrets) drawer(purpose string) durable.Secrets {
	if s.Strongbox == nil {
		return durable.Plain{}
	}
	return s.Drawer(purpose)
}

// own are the data directory's: box.key, pin.secret, parcel.key.
func (s Secrets) own() durable.Secrets { return s.drawer("box") }

// place is where the box's certificate and its key are.
func (s Secrets) place(c Config) roster.Place {
	return roster.Place{Dir: c.Headquarters.Identity, Secrets: s.drawer("road")}
}

// keys say where the vault's key is.
func (s Secrets) keys() vault.Keys {
	return vault.Keys{Credentials: os.Getenv(credentialsVariable), Secrets: s.drawer("vault")}
}

// shared is what the box and a bank share, without the line's end. The bank's file is where the configuration is, which the
// box may not write: what is sealed lies in the strongbox.
func (s Secrets) shared(k Bank) ([]byte, error) {
	if s.Strongbox == nil {
		return durable.Plain{}.Read(k.Secret)
	}
	secret, err := s.Inside("bank-" + k.Name).Read(k.Secret)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", k.Secret, fs.ErrNotExist)
	}
	return secret, err
}

func (s Secrets) locked() bool { return s.Strongbox != nil && s.Locked() }

// openSecrets opens the strongbox, and seals what an earlier version or a person left in the clear.
func (b *Box) openSecrets() (err error) {
	if b.Secrets, err = b.secrets(Options{Secrets: b.Secrets}); err != nil || b.Secrets.locked() {
		return err
	}
	return b.sealLeft()
}

// sealLeft seals every secret that lies in the clear. Banks' are sealed where they are read.
func (b *Box) sealLeft() error {
	left := map[durable.Secrets][]string{
		b.Secrets.own():          {filepath.Join(b.Data, keyName), filepath.Join(b.Data, pinSecretName), filepath.Join(b.Data, parcel.SecretName)},
		b.Secrets.keys().Secrets: {filepath.Join(b.vaultDir(), vault.KeyName)},
	}
	left[b.Secrets.drawer("desks")] = []string{filepath.Join(b.DesksDir(), notary.KeyName)}
	if b.Headquarters != nil {
		at := b.Secrets.place(b.Config)
		left[at.Secrets] = at.KeyFiles()
	}
	for drawer, paths := range left {
		for _, path := range paths {
			if !(durable.Plain{}).Has(path) {
				continue
			}
			if _, err := drawer.Read(path); err != nil {
				return fmt.Errorf("seal what lies in the clear: %w", err)
			}
			b.Log.Info("a secret that lay in the clear is sealed", "file", path)
		}
	}
	return nil
}

// showSeal shows how the box's secrets are kept.
func (b *Box) showSeal(board *health.Board) {
	if b.Secrets.Strongbox == nil {
		return
	}
	switch s := b.Secrets.Status(); {
	case errors.Is(s.Locked, tpm.ErrMoved), errors.Is(s.Locked, tpm.ErrOther):
		board.Set(conditionSealMoved, "", health.Critical, s.Locked.Error())
	case s.Locked != nil:
		board.Set(conditionSealLocked, "", health.Critical, s.Locked.Error())
	case s.InTheOpen:
		board.Set(conditionSealOpen, "", health.Warning, "markaz seal")
	}
	for _, k := range b.Banks {
		if k.Secret != "" && !b.Secrets.locked() && (durable.Plain{}).Has(k.Secret) {
			board.Set(conditionSealLeft, k.Name, health.Warning, k.Secret)
		}
	}
}

// Unlocking is what somebody at the machine types: the passphrase or the recovery code.
type Unlocking struct {
	Text string `json:"text"`
}

// Unlocked is what came of it.
type Unlocked struct {
	Trouble string `json:"trouble,omitempty"` // it is open, and something remains to be done
}

// errNotTheWord is told to who typed neither.
var errNotTheWord = door.Refusal{
	Text: strongbox.ErrRefused.Error(), Remedy: "look for the sheet with the recovery code, and try again",
}

// unlockVerb opens a locked box at the door. What it gives ends with ErrUnlocked then.
func (b *Box) unlockVerb(d *door.Door) part {
	opened := make(chan struct{}, 1)
	door.Verb(d, "POST /unlock", func(_ context.Context, u Unlocking) (Unlocked, error) {
		was := b.Secrets.locked()
		err := b.Secrets.Unlock([]byte(u.Text))
		if errors.Is(err, strongbox.ErrRefused) {
			b.Log.Warn("somebody at the machine tried to open the box's secrets in vain")
			return Unlocked{}, errNotTheWord
		}
		if was && !b.Secrets.locked() {
			opened <- struct{}{}
		}
		if err != nil {
			return Unlocked{Trouble: err.Error()}, nil
		}
		return Unlocked{}, nil
	})
	return func(ctx context.Context) error {
		select {
		case <-opened:
			return ErrUnlocked
		case <-ctx.Done():
			return nil
		}
	}
}
