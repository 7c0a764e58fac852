package box

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// standing is what a box shows of its ledger when it is enrolled.
type standing struct {
	in   chain.Incarnation
	head chain.Position
	key  ed25519.PrivateKey
}

// stand finds or makes ledger and key, and looks where the ledger ends. It reports ledger.ErrInUse while the box runs.
func stand(c Config, s Secrets) (standing, error) {
	key, err := settle(s.own(), c.Data, c.Centre.Code)
	if err != nil {
		return standing{}, err
	}
	file := filepath.Join(c.Data, ledgerName)
	if err := isOf(file, c.Centre.Code); err != nil {
		return standing{}, err
	}
	l, err := ledger.OpenReadOnly(file, Books())
	if err != nil {
		return standing{}, err
	}
	return standing{l.Incarnation(), l.Acknowledged(), key}, l.Close()
}

// ErrHasLedger is reported when a box that is to be made anew has a ledger already.
var ErrHasLedger = errors.New("there is a ledger here: a box that is made anew begins without one. " +
	"Move the data directory aside, or enrol without --replace")

// bare makes the key of a box that waits for its chain.
func bare(c Config, s Secrets) (standing, error) {
	if err := clearEmpty(filepath.Join(c.Data, ledgerName)); err != nil {
		return standing{}, err
	}
	if err := makeDir(c.Data); err != nil {
		return standing{}, err
	}
	path := filepath.Join(c.Data, keyName)
	if !s.own().Has(path) {
		key, err := makeKey(s.own(), path)
		return standing{key: key}, err
	}
	key, err := readKey(s.own(), path)
	return standing{key: key}, err
}

// clearEmpty takes away a ledger without a record, which enrolling without --replace has made.
func clearEmpty(file string) error {
	if !exists(file) {
		return nil
	}
	l, err := ledger.OpenReadOnly(file, Books())
	if err != nil {
		return fmt.Errorf("%w (%s: %w)", ErrHasLedger, file, err)
	}
	head := l.Acknowledged()
	if err := l.Close(); err != nil {
		return err
	}
	if head.Seq > 0 {
		return fmt.Errorf("%w (%s, %d records)", ErrHasLedger, file, head.Seq)
	}
	return os.Remove(file)
}
