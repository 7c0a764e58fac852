package box

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/chain"
	"markaz.example/edge/durable"
	"markaz.example/edge/ledger"
	"markaz.example/sync/link"
	"markaz.example/sync/recall"
	"markaz.example/sync/wire"
)

// ErrNotEnrolled is reported when a box that is to be made anew has no key yet.
var ErrNotEnrolled = errors.New("this box is not enrolled: ask headquarters for a code with markaz-hq enrol CENTRE --replace, " +
	"and use it with markaz enrol --replace")

// Telling is how the parts of a restoration show how far they are; each may be nil.
type Telling struct {
	Reading func(recall.Progress) // records coming from headquarters
	Views   ledger.Progress       // views made of them
}

// Restore reads the centre's chain back from headquarters into a ledger of its own, makes the views and gives the ledger
// its name, after which Run goes on with the chain. Interrupted at any moment it goes on where it was. It reports
// ErrHasLedger, ErrNotEnrolled, recall.ErrAltered or recall.ErrRefused.
func Restore(ctx context.Context, c Config, o Options, t Telling) (chain.Incarnation, chain.Position, error) {
	if c.Headquarters == nil {
		return chain.Incarnation{}, chain.Position{}, ErrNoHeadquarters
	}
	secrets, err := c.secrets(o)
	if err != nil {
		return chain.Incarnation{}, chain.Position{}, err
	}
	file := filepath.Join(c.Data, ledgerName)
	switch {
	case exists(file):
		return chain.Incarnation{}, chain.Position{}, fmt.Errorf("%w (%s)", ErrHasLedger, file)
	case !secrets.own().Has(filepath.Join(c.Data, keyName)):
		return chain.Incarnation{}, chain.Position{}, ErrNotEnrolled
	}
	copied := &copy{file: file, centre: c, secrets: secrets}
	in, err := copied.read(ctx, o, t)
	if err != nil {
		return in, chain.Position{}, errors.Join(err, copied.close())
	}
	if copied.to == nil {
		return in, chain.Position{}, fmt.Errorf("BUG: %s was read back and nothing was begun", in)
	}
	// Before the ledger has its name: whoever runs on it finds this.
	if err := durable.WriteFile(filepath.Join(c.Data, restoredName), []byte(in.String()+"\n")); err != nil {
		return in, chain.Position{}, errors.Join(err, copied.close())
	}
	head, err := copied.to.Finish(ctx, Books(), t.Views)
	return in, head, err
}

// restoredName is a file that says that the ledger beside it came back from headquarters, or is an older state, and that
// nothing was printed from it yet.
const restoredName = "restored"

// doubt makes what waits to be printed a matter for people, once, on a ledger that came back, and leaves a gap in the
// numbers: the lost box may have printed the ones and given out the others.
func (b *Box) doubt(ctx context.Context, l *ledger.Ledger) error {
	mark := filepath.Join(b.Data, restoredName)
	if !exists(mark) {
		return nil
	}
	if err := l.Update(ctx, "box", visit.Restore); err != nil {
		return fmt.Errorf("leave a gap behind the numbers of the lost box: %w", err)
	}
	for n := 1; n > 0; {
		err := l.Update(ctx, "box", func(tx *ledger.Tx) (err error) {
			n, err = paper.Doubt(tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("doubt what the lost box may have printed: %w", err)
		}
	}
	b.Log.Warn("this ledger is an older state of the centre's: slips that waited may be out, and wait for people; today's numbers leave a gap", "seq", l.Acknowledged().Seq)
	return os.Remove(mark)
}

// copy is a ledger that is being read back. It is recall.Store.
type copy struct {
	file    string
	centre  Config
	secrets Secrets
	to      *ledger.Importer
}

func (c *copy) read(ctx context.Context, o Options, t Telling) (chain.Incarnation, error) {
	h := c.centre.Headquarters
	begun, _, err := ledger.Unfinished(c.file)
	if err != nil {
		return begun, err
	}
	secret, err := c.secrets.place(c.centre).ClientTLS(h.Name, o.unset)
	if errors.Is(err, fs.ErrNotExist) {
		return begun, fmt.Errorf("%w (%w)", ErrNotEnrolled, err)
	}
	if err != nil {
		return begun, err
	}
	ring := h.ring(secret)
	r := recall.Recall{
		Dial:  func(ctx context.Context) (recall.Link, error) { return recalled(ring.Dial(ctx)) },
		Store: c, Begun: begun, Tell: t.Reading, Log: o.Log,
		Random: mathrand.New(mathrand.NewPCG(mathrand.Uint64(), mathrand.Uint64())),
	}
	in, _, err := r.Run(ctx)
	return in, err
}

// recalled tells a headquarters that will not have this box from a line that fails.
func recalled(l *link.Conn, err error) (recall.Link, error) {
	if errors.Is(err, link.ErrRefused) {
		return nil, fmt.Errorf("%w: %w", recall.ErrRefused, err)
	}
	return l, err
}

// Begin refuses another centre's chain, whoever offers it.
func (c *copy) Begin(in chain.Incarnation) (at chain.Position, err error) {
	if in.Centre != c.centre.Centre.Code {
		return at, fmt.Errorf("%w: the chain is of %s, centre.code says %s", ErrConfig, in.Centre, c.centre.Centre.Code)
	}
	if c.to, err = ledger.Import(c.file, in); err != nil {
		return at, err
	}
	return c.to.Imported().At, nil
}

// Take keeps a sealed block as it came, and anything else as rows. The first batch of another incarnation opens that one.
func (c *copy) Take(b wire.Batch, over, n int) error {
	heir := b.Incarnation() != c.to.Incarnation()
	s, sealed := b.Sealed()
	sealed = sealed && uint64(n) == b.Count()
	if sealed && !heir {
		return c.to.Sealed(s)
	}
	records, err := b.Open()
	if err == nil && heir {
		err = c.to.Succeed(b.Incarnation(), records[0])
	}
	switch {
	case err != nil:
		return err
	case sealed:
		return c.to.Sealed(s)
	}
	return c.to.Rows(c.to.Imported().At, records[over:over+n])
}

func (c *copy) close() error {
	if c.to == nil {
		return nil
	}
	return c.to.Close()
}
