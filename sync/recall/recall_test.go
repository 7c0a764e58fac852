package recall_test

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/ingest"
	"markaz.example/sync/recall"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// library is a headquarters in memory: batches of a chain, by the step machine that the real one runs.
type library struct {
	chain   *wiretest.Chain
	keys    []wire.Signer
	batches []wire.Batch
	dials   int
	cutAt   int                        // each link breaks after so many batches; 0 never
	alter   func(n int, b *wire.Batch) // on its way
	ahead   int                        // the most batches that were unacknowledged at once
}

// newLibrary keeps a chain in batches of 7 records, each signed by the key of its time: another from the middle on.
func newLibrary(t testing.TB, records int) *library {
	t.Helper()
	c := wiretest.New("ISB-01", 1)
	c.Grow(records)
	second := wiretest.New("ISB-01", 2)
	half := uint64(records / 14 * 7)
	l := &library{chain: c, keys: []wire.Signer{{From: 1, Key: c.Public()}, {From: half + 1, Key: second.Public()}}}
	for at := uint64(0); at < uint64(records); at = l.batches[len(l.batches)-1].Last().Seq {
		key := c.Key
		if at >= half {
			key = second.Key
		}
		b, err := wire.Pack(key, c.In, c.At(at), 1, c.Records(at+1, min(at+7, uint64(records))))
		if err != nil {
			t.Fatal(err)
		}
		l.batches = append(l.batches, b)
	}
	return l
}

func (l *library) after(seq uint64) (n int) {
	for n < len(l.batches) && l.batches[n].Last().Seq <= seq {
		n++
	}
	return n
}

// session is one link to the library.
type session struct {
	*library
	r    *ingest.Recital
	say  []wire.Message
	sent int
	away int
	gone bool
}

func (l *library) dial(context.Context) (recall.Link, error) {
	l.dials++
	return &session{library: l, r: ingest.NewRecital(time.Now(), l.chain.In)}, nil
}

var errCut = errors.New("cut")

func (s *session) Run(ctx context.Context) error { <-ctx.Done(); return errCut }
func (s *session) Close(string)                  { s.gone = true }

func (s *session) Send(_ context.Context, m wire.Message) error {
	if _, ok := m.(wire.Ack); ok {
		s.away--
	}
	var e ingest.Event = ingest.Heard{Message: m}
	for e != nil {
		acts := s.r.Step(time.Now(), e)
		e = nil
		for _, a := range acts {
			e = s.do(a)
		}
	}
	return nil
}

func (s *session) do(a ingest.Act) ingest.Event {
	switch a := a.(type) {
	case ingest.Measure:
		return ingest.Measured{Legs: []archive.Leg{{In: s.chain.In, From: s.chain.In.Start(), To: s.chain.Head(), Keys: s.keys}}}
	case ingest.Weigh:
		return ingest.Weighed{}
	case ingest.Fetch:
		return ingest.Fetched{Batch: s.batches[s.after(a.After)]}
	case ingest.Say:
		s.say = append(s.say, a.Message)
		if _, ok := a.Message.(wire.Batch); ok {
			s.away++
			s.ahead = max(s.ahead, s.away)
		}
	case ingest.Refuse:
		s.say = append(s.say, a.Refusal)
	}
	return nil
}

func (s *session) Receive() (wire.Message, error) {
	if s.gone || len(s.say) == 0 || s.cutAt > 0 && s.sent == s.cutAt {
		return nil, errCut
	}
	m := s.say[0]
	s.say = s.say[1:]
	if b, ok := m.(wire.Batch); ok {
		if s.sent++; s.alter != nil {
			b.Block = append([]byte(nil), b.Block...)
			s.alter(s.after(b.Prev.Seq), &b)
			m = b
		}
	}
	return m, nil
}

// shelf keeps records in memory.
type shelf struct {
	in      chain.Incarnation
	at      chain.Position
	records int
}

func (s *shelf) Begin(in chain.Incarnation) (chain.Position, error) {
	if s.in == (chain.Incarnation{}) {
		s.in, s.at = in, in.Start()
	}
	return s.at, nil
}

func (s *shelf) Take(b wire.Batch, over, n int) error {
	records, err := b.Open()
	if err != nil {
		return err
	}
	for _, r := range records[over : over+n] {
		if s.at, _, err = s.at.Follow(r); err != nil {
			return err
		}
		s.records++
	}
	return nil
}

func run(t testing.TB, l *library, s *shelf) (chain.Position, error) {
	t.Helper()
	r := &recall.Recall{
		Dial: l.dial, Store: s, Begun: s.in, Random: rand.New(rand.NewPCG(1, 1)), Log: slog.New(slog.DiscardHandler),
	}
	in, at, err := r.Run(t.Context())
	if err == nil && in != l.chain.In {
		t.Errorf("read %s, want %s", in, l.chain.In)
	}
	return at, err
}

func TestChainComesBack(t *testing.T) {
	l, s := newLibrary(t, 500), &shelf{}
	at, err := run(t, l, s)
	if err != nil || at != l.chain.Head() || s.at != at || s.records != 500 {
		t.Fatalf("read to %s, %v; kept %d records to %s", at, err, s.records, s.at)
	}
	if l.dials != 1 || l.ahead != 8 {
		t.Errorf("%d dials, %d batches ahead; want 1 and the window of 8", l.dials, l.ahead)
	}
	if at, err := run(t, l, s); err != nil || at != l.chain.Head() || s.records != 500 {
		t.Errorf("read again: %s, %v, %d records", at, err, s.records)
	}
}

// Cut again and again, it goes on where it was, and no record comes twice.
func TestCutsAreSurvived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := newLibrary(t, 500), &shelf{}
		l.cutAt = 5
		if at, err := run(t, l, s); err != nil || at != l.chain.Head() || s.records != 500 {
			t.Fatalf("read to %s, %v, %d records", at, err, s.records)
		}
		if l.dials < 10 {
			t.Errorf("%d dials: the cuts did not happen", l.dials)
		}
	})
}

// A process that was killed may have kept a part of a batch.
func TestGoesOnInsideABatch(t *testing.T) {
	for stop := uint64(0); stop <= 30; stop++ {
		l := newLibrary(t, 100)
		s := &shelf{in: l.chain.In, at: l.chain.At(stop)}
		if at, err := run(t, l, s); err != nil || at != l.chain.Head() || s.records != int(100-stop) {
			t.Fatalf("after %d: read to %s, %v, %d records", stop, at, err, s.records)
		}
	}
	l := newLibrary(t, 100)
	other := l.chain.Clone(5)
	other.Truncate(9)
	other.Grow(3)
	for _, at := range []uint64{12, 10} { // inside a batch, and another history
		s := &shelf{in: l.chain.In, at: other.At(at)}
		if _, err := run(t, l, s); !errors.Is(err, recall.ErrAltered) || s.records != 0 {
			t.Errorf("a copy of another history at %d: got %v, kept %d", at, err, s.records)
		}
	}
}

func TestAlteredBatchIsNamed(t *testing.T) {
	for name, alter := range map[string]func(b *wire.Batch){
		"a bit of the block":   func(b *wire.Batch) { b.Block[len(b.Block)/2] ^= 1 },
		"the signature":        func(b *wire.Batch) { b.Checkpoint.Signature[0] ^= 1 },
		"where it ends":        func(b *wire.Batch) { b.Checkpoint.Position.Hash[0] ^= 1 },
		"another incarnation":  func(b *wire.Batch) { b.Checkpoint.Incarnation.Nonce[0] ^= 1 },
		"where it begins":      func(b *wire.Batch) { b.Prev.Hash[0] ^= 1 },
		"records left out":     func(b *wire.Batch) { b.Prev.Seq++ },
		"the time it was made": func(b *wire.Batch) { b.Checkpoint.Wall++ },
	} {
		l, s := newLibrary(t, 200), &shelf{}
		l.alter = func(n int, b *wire.Batch) {
			if n == 10 {
				alter(b)
			}
		}
		_, err := run(t, l, s)
		if !errors.Is(err, recall.ErrAltered) || s.records != 70 {
			t.Errorf("%s: got %v, kept %d records, want %v after 70", name, err, s.records, recall.ErrAltered)
		}
		if err != nil && !strings.Contains(err.Error(), "to 77") {
			t.Errorf("%s: %v does not name the batch", name, err)
		}
		l.alter = nil // the control: the same, unaltered
		if at, err := run(t, l, s); err != nil || at != l.chain.Head() {
			t.Errorf("%s: unaltered it is read to %s, %v", name, at, err)
		}
	}
}

// A batch that a key signed before its time, or after it, is not the chain's.
func TestKeysHaveTheirTime(t *testing.T) {
	l, s := newLibrary(t, 200), &shelf{}
	l.keys = l.keys[:1]
	if _, err := run(t, l, s); !errors.Is(err, recall.ErrAltered) || !errors.Is(err, chain.ErrSignature) {
		t.Errorf("without the second key: got %v", err)
	}
	l, s = newLibrary(t, 200), &shelf{}
	l.keys[1].From -= 7
	if _, err := run(t, l, s); !errors.Is(err, chain.ErrSignature) {
		t.Errorf("the second key a batch early: got %v", err)
	}
}

func TestRefusalsEndIt(t *testing.T) {
	l := newLibrary(t, 50)
	s := &shelf{in: wiretest.New("ISB-01", 77).In}
	s.at = s.in.Start()
	if _, err := run(t, l, s); !errors.Is(err, recall.ErrRefused) || !strings.Contains(err.Error(), wire.CodeCentre) {
		t.Errorf("another chain: got %v", err)
	}
	longer := l.chain.Clone(1)
	longer.Grow(10)
	s = &shelf{in: l.chain.In, at: longer.Head()}
	if _, err := run(t, l, s); !errors.Is(err, recall.ErrRefused) {
		t.Errorf("more than headquarters holds: got %v", err)
	}
}

func BenchmarkRecall(b *testing.B) {
	c := wiretest.New("ISB-01", 1)
	c.Grow(20_000)
	l := &library{chain: c, keys: []wire.Signer{{From: 1, Key: c.Public()}}}
	for at := uint64(0); at < 20_000; at = l.batches[len(l.batches)-1].Last().Seq {
		batch, err := wire.Pack(c.Key, c.In, c.At(at), 1, c.Records(at+1, min(at+2500, 20_000)))
		if err != nil {
			b.Fatal(err)
		}
		l.batches = append(l.batches, batch)
	}
	for b.Loop() {
		if _, err := run(b, l, &shelf{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*20_000/b.Elapsed().Seconds(), "records/s")
}
