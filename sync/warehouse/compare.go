package warehouse

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"reflect"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
)

// Difference is what Compare found.
type Difference struct {
	Same    uint64   `json:"same"`    // records that are there, each exactly as the archive has it
	Waiting uint64   `json:"waiting"` // behind the cursors: not loaded yet, and not wrong
	Missing uint64   `json:"missing"` // that the cursor has passed
	Twice   uint64   `json:"twice"`
	Extra   uint64   `json:"extra"`   // that the archive does not have there
	Changed uint64   `json:"changed"` // that say something else than the archive
	First   []string `json:"first"`   // the first few of what is wrong, in words
}

// Right says that nothing is wrong; something may wait.
func (d Difference) Right() bool { return d.Missing+d.Twice+d.Extra+d.Changed == 0 }

// Equal says that PostgreSQL has exactly the records of the archive.
func (d Difference) Equal() bool { return d.Right() && d.Waiting == 0 }

func (d *Difference) wrong(n *uint64, format string, args ...any) {
	if *n++; len(d.First) < firstMax {
		d.First = append(d.First, fmt.Sprintf(format, args...))
	}
}

// Compare holds every row and every poison against the archive, chain after chain, in one view of the database. What is
// archived meanwhile counts as waiting.
func Compare(ctx context.Context, a Archive, c *pgx.Conn) (d Difference, err error) {
	tx, err := c.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return d, fmt.Errorf("compare: %w", err)
	}
	defer func() { _ = tx.Rollback(ctx) }() // there is nothing to keep
	loaded, err := cursors(ctx, c)
	if err != nil {
		return d, err
	}
	for _, k := range a.Chains() {
		u := loaded[k.Incarnation]
		delete(loaded, k.Incarnation)
		if err := d.chain(ctx, tx, a, k, u); err != nil {
			return d, fmt.Errorf("compare %s: %w", k.Incarnation, err)
		}
	}
	for in, u := range loaded {
		if err := d.chain(ctx, tx, nothing{a}, archive.Chain{Incarnation: in, Held: in.Start()}, u); err != nil {
			return d, fmt.Errorf("compare %s: %w", in, err)
		}
	}
	return d, nil
}

// nothing is an archive without records.
type nothing struct{ Archive }

func (nothing) Records(chain.Incarnation, uint64) iter.Seq2[archive.Stored, error] {
	return func(func(archive.Stored, error) bool) {}
}

// readBack gives everything of a chain in order, rows and poison together.
const readBack = `
	SELECT seq, hash, false, wall, boot, mono, month, grade, kind, actor, subject, body::text::bytea
	FROM markaz.record WHERE chain = $1
	UNION ALL SELECT seq, hash, true, 'epoch', 0, 0, 'epoch', 0, '', '', '', stored FROM markaz.poison WHERE chain = $1
	ORDER BY 1, 7`

// kept is a row as it was read back, or a poison, which has nothing but its bytes.
type kept struct {
	seq, boot, mono      int64
	hash, body           []byte
	poison               bool
	wall                 pgtype.Timestamptz
	month                pgtype.Date
	grade                int16
	kind, actor, subject string
}

func (k *kept) into() []any {
	return []any{
		&k.seq, &k.hash, &k.poison, &k.wall, &k.boot, &k.mono, &k.month, &k.grade, &k.kind, &k.actor, &k.subject, &k.body,
	}
}

// chain walks both sides of one chain in step.
func (d *Difference) chain(ctx context.Context, tx pgx.Tx, a Archive, k archive.Chain, u cursor) error {
	next, stop := iter.Pull2(a.Records(k.Incarnation, 0))
	defer stop()
	rows, err := tx.Query(ctx, readBack, u.name)
	if err != nil {
		return err
	}
	w := &walk{Difference: d, in: k.Incarnation, cursor: u, next: next}
	w.pull()
	var got kept
	if _, err := pgx.ForEachRow(rows, got.into(), func() error { return w.take(&got) }); err != nil {
		return err
	}
	return w.rest()
}

// walk is where a comparison of one chain stands.
type walk struct {
	*Difference
	in     chain.Incarnation
	cursor cursor
	next   func() (archive.Stored, error, bool)

	stored archive.Stored // of the archive, not compared yet
	more   bool           // there is one
	failed error          // of the archive
	last   uint64         // sequence of the row before
	poison uint64         // so far
	row    Row
}

// pull goes to the archive's next record.
func (w *walk) pull() {
	w.stored, w.failed, w.more = w.next()
	w.more = w.more && w.failed == nil
	if at := w.stored.At; w.more && at.Seq == w.cursor.at.Seq && at.Hash != w.cursor.at.Hash {
		w.wrong(&w.Changed, "the cursor of %s has another hash than record %d", w.in, at.Seq)
	}
}

// take compares one row.
func (w *walk) take(got *kept) error {
	seq := uint64(got.seq)
	if seq == w.last {
		w.wrong(&w.Twice, "record %d of %s is there twice", seq, w.in)
		return nil
	}
	if w.last = seq; got.poison {
		w.poison++
	}
	for ; w.more && w.stored.At.Seq < seq; w.pull() {
		w.wrong(&w.Missing, "record %d of %s is missing", w.stored.At.Seq, w.in)
	}
	switch {
	case w.failed != nil:
		return w.failed
	case !w.more:
		w.wrong(&w.Extra, "record %d of %s is not in the archive", seq, w.in)
		return nil
	case seq > w.cursor.at.Seq:
		w.wrong(&w.Extra, "record %d of %s is there, but the cursor is at %d", seq, w.in, w.cursor.at.Seq)
	default:
		w.compare(got)
	}
	w.pull()
	return w.failed
}

func (w *walk) compare(got *kept) {
	said := "" // what differs
	if err := RowOf(&w.row, w.cursor.name, w.stored); got.poison {
		if !bytes.Equal(got.body, w.stored.Bytes) {
			said = "bytes"
		}
	} else if err != nil {
		said = "readability"
	} else {
		said = got.differs(&w.row)
	}
	if !bytes.Equal(w.stored.At.Hash[:], got.hash) {
		said = "hash"
	}
	if said != "" {
		w.wrong(&w.Changed, "record %d of %s has another %s", w.stored.At.Seq, w.in, said)
		return
	}
	w.Same++
}

// differs names what is not as the row should be.
func (k *kept) differs(r *Row) string {
	wall := wallOf(r.Stamp.Wall)
	switch {
	case !wall.Time.Equal(k.wall.Time) || wall.InfinityModifier != k.wall.InfinityModifier:
		return "wall"
	case k.boot != int64(r.Stamp.Boot) || k.mono != int64(r.Stamp.Mono) || k.grade != int16(r.Stamp.Grade):
		return "boot, mono or grade"
	case !k.month.Time.Equal(r.Month.first()):
		return "month"
	case k.kind != string(r.Kind) || k.actor != r.Actor || k.subject != r.Subject:
		return "kind, actor or subject"
	case !sameJSON(k.body, r.Body):
		return "body"
	}
	return ""
}

// sameJSON holds for the same value. jsonb orders keys in its own way; where they stand as the loader wrote them, which
// is nearly always, the bytes are the same.
func sameJSON(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, err := parsed(a)
	y, fault := parsed(b)
	return err == nil && fault == nil && reflect.DeepEqual(x, y)
}

func parsed(b []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return v, d.Decode(&v)
}

// rest takes what the archive has behind the last row.
func (w *walk) rest() error {
	for ; w.more; w.pull() {
		if w.stored.At.Seq > w.cursor.at.Seq {
			w.Waiting++
			continue
		}
		w.wrong(&w.Missing, "record %d of %s is missing", w.stored.At.Seq, w.in)
	}
	if w.poison != w.cursor.poison {
		w.wrong(&w.Changed, "%s counts %d poison, %d are there", w.in, w.cursor.poison, w.poison)
	}
	return w.failed
}
