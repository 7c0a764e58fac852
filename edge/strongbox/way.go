package strongbox

import (
	"crypto/rand"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"

	"markaz.example/edge/durable"
	"markaz.example/edge/tpm"
)

// ErrWeak is reported for a passphrase that a thief would find.
var ErrWeak = fmt.Errorf("a passphrase has %d to %d bytes: four words that have nothing to do with each other", passphraseBytesMin, passphraseBytesMax)

const (
	wordName = "passphrase"
	codeName = "recovery code"
)

// UseTPM seals the box key to what the machine's registers say now. The chip is asked for the key before the lock is saved
// and what was before goes.
func (s *Strongbox) UseTPM(pcrs []uint) error {
	return s.change(func(k *Key) (lock, error) {
		sealed, err := s.sealInChip(k, pcrs)
		return lock{Way: TPM, Chip: &sealed}, err
	})
}

func (s *Strongbox) sealInChip(k *Key, pcrs []uint) (tpm.Sealed, error) {
	c, err := tpm.Open(s.set.device())
	if err != nil {
		return tpm.Sealed{}, err
	}
	defer c.Close()
	sealed, err := c.Seal(k.b, pcrs)
	if err != nil {
		return sealed, err
	}
	got, err := c.Unseal(sealed)
	defer clear(got)
	if err == nil && string(got) != string(k.b) {
		err = errors.New("the TPM gives another key back than it was given")
	}
	return sealed, err
}

// UsePassphrase wraps the box key under what the manager types after each start. It reports ErrWeak.
func (s *Strongbox) UsePassphrase(text []byte) error {
	if len(text) < passphraseBytesMin || len(text) > passphraseBytesMax {
		return ErrWeak
	}
	return s.change(func(k *Key) (lock, error) {
		w := word{Salt: make([]byte, saltBytes), MemoryKiB: memoryKiB, Passes: passes}
		if _, err := rand.Read(w.Salt); err != nil {
			return lock{}, fmt.Errorf("draw a salt: %w", err)
		}
		var err error
		w.Wrapped, err = seal(w.stretch(text), wordName, k.b)
		return lock{Way: Passphrase, Word: &w}, err
	})
}

func (w word) stretch(text []byte) []byte {
	return argon2.IDKey(text, w.Salt, w.Passes, w.MemoryKiB, 1, keyBytes)
}

// UsePlain puts the box key in the clear beside what it seals.
func (s *Strongbox) UsePlain() error {
	return s.change(func(k *Key) (lock, error) { return lock{Way: Plain}, nil })
}

// change saves another way to the same key: the new one is whole on disk before the old one goes.
func (s *Strongbox) change(wrap func(*Key) (lock, error)) error {
	k, err := s.opened()
	if err != nil {
		return err
	}
	next, err := wrap(k)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	done, err := s.alone()
	if err != nil {
		return err
	}
	defer done()
	if err := s.reload(); err != nil {
		return err
	}
	next.Format, next.Check, next.Recovery = lockFormat, s.lock.Check, s.lock.Recovery
	if next.Way == Plain {
		if err := durable.WriteFile(s.path(OpenKeyName), k.file()); err != nil {
			return err
		}
		return s.save(next)
	}
	if err := s.save(next); err != nil {
		return err
	}
	return s.wipe()
}

// NewCode draws a recovery code in the place of the one before.
func (s *Strongbox) NewCode() (Code, error) {
	k, err := s.opened()
	if err != nil {
		return Code{}, err
	}
	c, err := drawCode()
	if err != nil {
		return c, err
	}
	wrapped, err := seal(c.b[:], codeName, k.b)
	if err != nil {
		return c, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	done, err := s.alone()
	if err != nil {
		return c, err
	}
	defer done()
	if err := s.reload(); err != nil {
		return c, err
	}
	next := s.lock
	next.Recovery = wrapped
	return c, s.save(next)
}

// CredentialText is what systemd-creds encrypts to this machine: a key file.
func (s *Strongbox) CredentialText() ([]byte, error) {
	k, err := s.opened()
	if err != nil {
		return nil, err
	}
	return k.file(), nil
}

// Unlock opens a locked strongbox with the passphrase or the recovery code. After the code the key is sealed anew to the
// state that the machine is in now, where the TPM has it. It reports ErrRefused.
func (s *Strongbox) Unlock(text []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key != nil {
		return nil
	}
	if err := s.reload(); err != nil {
		return err
	}
	k, err := s.byWord(text)
	if err == nil {
		s.key, s.why = k, nil
		return nil
	}
	if k, err = s.byCode(text); err != nil {
		return ErrRefused
	}
	s.key, s.why = k, nil
	return s.again()
}

func (s *Strongbox) byWord(text []byte) (*Key, error) {
	w := s.lock.Word
	if w == nil || len(text) > passphraseBytesMax {
		return nil, ErrRefused
	}
	b, err := open(w.stretch(text), wordName, w.Wrapped)
	if err != nil {
		return nil, err
	}
	return takeKey(b)
}

func (s *Strongbox) byCode(text []byte) (*Key, error) {
	c, err := ParseCode(string(text))
	if err != nil || s.lock.Recovery == nil {
		return nil, ErrRefused
	}
	b, err := open(c.b[:], codeName, s.lock.Recovery)
	if err != nil {
		return nil, err
	}
	return takeKey(b)
}

// again seals to the present state what a moved one kept. A chip that fails leaves the box open and the lock as it was.
func (s *Strongbox) again() error {
	if s.lock.Chip == nil {
		return nil
	}
	sealed, err := s.sealInChip(s.key, s.lock.Chip.PCRs)
	if err != nil {
		return fmt.Errorf("the box is open until it stops, and the TPM did not take the key anew: %w", err)
	}
	done, err := s.alone()
	if err != nil {
		return err
	}
	defer done()
	next := s.lock
	next.Chip = &sealed
	return s.save(next)
}
