package box

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"markaz.example/edge/backup"
	"markaz.example/edge/durable"
	"markaz.example/edge/ledger"
	"markaz.example/edge/vault"
)

// ErrNoLedger is reported when there is nothing that a box could go on with.
var ErrNoLedger = errors.New("there is no ledger.db here: markaz restore --from takes a backup, and markaz restore alone reads the chain back from headquarters")

// GoOn accepts the ledger that lies in the data directory as an older state of the centre's: it goes on in a new
// incarnation, and this box's slips and numbers are doubted at the next start, as a restored one's. It takes an older
// state for what it is and never for the newest, so it is safe to be wrong: what the old incarnation had besides stays what
// it is. The box must be stopped. It reports ErrNoLedger, ErrConfig, ledger.ErrInUse and what ledger.Succeed does.
func GoOn(c Config, why string) (ledger.Handover, error) {
	file := filepath.Join(c.Data, ledgerName)
	if !exists(file) {
		return ledger.Handover{}, ErrNoLedger
	}
	if err := isOf(file, c.Centre.Code); err != nil {
		return ledger.Handover{}, err
	}
	return handOver(c, file, why)
}

// handOver leaves the mark first: whoever runs on the new incarnation finds it.
func handOver(c Config, file, why string) (ledger.Handover, error) {
	if err := durable.WriteFile(filepath.Join(c.Data, restoredName), []byte(why+"\n")); err != nil {
		return ledger.Handover{}, err
	}
	return ledger.Succeed(file, why)
}

// asideSuffix names a ledger that is being put back, until it is whole, verified and in its new incarnation.
const asideSuffix = ".restored"

// PutBack takes a copy of a data directory, as an unpacked backup is one, into an empty one: the ledger, the key of its
// checkpoints, and the vault where there is one. Keys are
// sealed in this machine's strongbox as they come. The whole chain is verified, and goes on in a new incarnation. Interrupted
// at any moment it is begun again. It reports ErrHasLedger, ErrNoLedger, ErrConfig, and what the ledger reports of a file that is none.
func PutBack(ctx context.Context, c Config, o Options, from, why string, progress ledger.Progress) (ledger.Handover, error) {
	file, aside := filepath.Join(c.Data, ledgerName), filepath.Join(c.Data, ledgerName+asideSuffix)
	switch {
	case exists(file):
		return ledger.Handover{}, fmt.Errorf("%w (%s)", ErrHasLedger, file)
	case !exists(filepath.Join(from, ledgerName)):
		return ledger.Handover{}, fmt.Errorf("%w (%s)", ErrNoLedger, from)
	}
	if err := errors.Join(makeDir(c.Data), makeDir(c.vaultDir())); err != nil {
		return ledger.Handover{}, err
	}
	secrets, err := c.secrets(o)
	if err != nil {
		return ledger.Handover{}, err
	}
	for _, f := range c.copied(secrets, from, aside) {
		if err := f.do(); err != nil {
			return ledger.Handover{}, err
		}
	}
	if err := errors.Join(isOf(aside, c.Centre.Code), verifyFile(ctx, aside, progress)); err != nil {
		return ledger.Handover{}, err
	}
	done, err := handOver(c, aside, why)
	if err != nil {
		return done, err
	}
	if err := ledger.Forget(file); err != nil { // the witness of a file that was lost
		return done, err
	}
	return done, durable.Replace(aside, file)
}

// unpackedName is a directory below data for a backup that is being put back. It holds keys in the clear, so it goes in any case.
const unpackedName = "backup.unpacked"

// Unpacked unpacks a backup for as long as do needs it. It refuses another centre's before it writes anything. It reports
// ErrConfig, and what the backup and do report.
func Unpacked(ctx context.Context, c Config, file string, keys []backup.Identity, do func(dir string) (ledger.Handover, error)) (done ledger.Handover, err error) {
	if p, err := backup.Look(file); err != nil || p.Centre != c.Centre.Code {
		return done, errors.Join(fmt.Errorf("%w: %s is of centre %s, centre.code says %s", ErrConfig, file, p.Centre, c.Centre.Code), err)
	}
	if err := makeDir(c.Data); err != nil {
		return done, err
	}
	dir := filepath.Join(c.Data, unpackedName)
	if err := wipeUnpacked(dir); err != nil { // of an attempt that was cut
		return done, err
	}
	defer func() { err = errors.Join(err, wipeUnpacked(dir)) }()
	if _, err := backup.Unpack(ctx, file, dir, keys...); err != nil {
		return done, err
	}
	return do(dir)
}

// copying is one file on its way.
type copying struct {
	from, to string
	sealed   durable.Secrets // where it is a secret
	may      bool            // be missing
}

// copied are the files of a copy, and where they belong. A vault is looked for beside the ledger and where a box has it.
func (c Config) copied(secrets Secrets, from, aside string) []copying {
	all := []copying{
		{from: filepath.Join(from, ledgerName), to: aside},
		{from: filepath.Join(from, keyName), to: filepath.Join(c.Data, keyName), sealed: secrets.own()},
	}
	for name, sealed := range map[string]durable.Secrets{vault.FileName: nil, vault.KeyName: secrets.keys().Secrets} {
		in := filepath.Join(from, name)
		if !exists(in) {
			in = filepath.Join(from, vaultName, name)
		}
		all = append(all, copying{in, filepath.Join(c.vaultDir(), name), sealed, true})
	}
	return all
}

func (f copying) do() error {
	move := f.plain
	if f.sealed != nil {
		move = f.seal
	}
	err := move()
	if err == nil || f.may && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("put back %s: %w", f.to, err)
}

func (f copying) plain() error {
	in, err := os.Open(f.from)
	if err != nil {
		return err
	}
	defer in.Close()
	return durable.Copy(f.to, in)
}

func (f copying) seal() error {
	secret, err := durable.Plain{}.Read(f.from)
	if err != nil {
		return err
	}
	if err := f.sealed.Remove(f.to); err != nil && !errors.Is(err, fs.ErrNotExist) { // one in the clear would go before it
		return err
	}
	return f.sealed.Write(f.to, secret)
}

func verifyFile(ctx context.Context, file string, progress ledger.Progress) error {
	l, err := ledger.OpenReadOnly(file, Books())
	if err != nil {
		return err
	}
	_, err = l.Verify(ctx, progress)
	return errors.Join(err, l.Close())
}

// wipeUnpacked overwrites the keys before the directory goes.
func wipeUnpacked(dir string) error {
	for _, name := range []string{backup.BoxKey, backup.VaultKey} {
		if err := durable.Wipe(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return os.RemoveAll(dir)
}
