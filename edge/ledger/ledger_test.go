package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// noted is an event of the tests: a text under a key.
type noted struct {
	Key  string `cbor:"1,keyasint"`
	Text string `cbor:"2,keyasint"`
}

var errNoKey = errors.New("a note needs a key")

func (noted) Kind() chain.Kind { return "note.made/1" }

func (n noted) Check() error {
	if n.Key == "" {
		return errNoKey
	}
	return nil
}

func (n noted) project(v ledger.View, _ chain.Header) error {
	if n.Text == "bad projection" {
		return errors.Join(v.Put([]byte(n.Key), []byte("half-done")), errors.New("cannot project"))
	}
	return v.Put([]byte(n.Key), []byte(n.Text))
}

func notes() []ledger.Book {
	return []ledger.Book{{Name: "notes", Version: 1, Kinds: []ledger.Kind{ledger.Define(noted.project)}}}
}

func testIncarnation() chain.Incarnation {
	return chain.Incarnation{Centre: "ISB-01", Nonce: [16]byte{1, 2, 3}}
}

// open creates a ledger in a directory of the test and runs it; both end with the test.
func open(t testing.TB) *ledger.Ledger {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.db")
	if err := ledger.Create(path, testIncarnation()); err != nil {
		t.Fatal(err)
	}
	return reopen(t, path)
}

func reopen(t testing.TB, path string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(path, ledger.Options{Books: notes(), Software: "test"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil && !errors.Is(err, ledger.ErrUnknown) {
			t.Error("run:", err)
		}
		if _, err := l.Verify(context.Background(), nil); err != nil && !errors.Is(err, ledger.ErrUnknown) {
			t.Error("verify at the end of the test:", err)
		}
		if err := l.Close(); err != nil {
			t.Error("close:", err)
		}
	})
	return l
}

func note(key, text string) func(*ledger.Tx) error {
	return func(tx *ledger.Tx) error { return tx.Append("", noted{key, text}) }
}

func get(t testing.TB, l *ledger.Ledger, key string) (text string) {
	t.Helper()
	err := l.View(t.Context(), func(s ledger.Snapshot) error {
		text = string(s.Reader("notes").Get([]byte(key)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestUpdateIsSavedAndShown(t *testing.T) {
	l := open(t)
	if err := l.Update(t.Context(), "test", note("a", "one")); err != nil {
		t.Fatal(err)
	}
	if got := get(t, l, "a"); got != "one" {
		t.Errorf("view has %q, want %q", got, "one")
	}
	if got := l.Acknowledged().Seq; got != 2 {
		t.Errorf("acknowledged %d, want 2: the start, then the note", got)
	}
}

// Many callers at once, some refused, one panicking, one whose projection fails half-way: each gets his own answer.
func TestNeighboursInOneGroup(t *testing.T) {
	l := open(t)
	refusal := errors.New("no")
	wants := []struct {
		decide func(*ledger.Tx) error
		want   error
	}{
		{note("good", "x"), nil},
		{func(*ledger.Tx) error { return refusal }, refusal},
		{func(*ledger.Tx) error { panic("boom") }, ledger.ErrPanic},
		{note("", "x"), errNoKey},
	}
	var wg sync.WaitGroup
	for i := range 200 {
		w := wants[i%len(wants)]
		wg.Go(func() {
			if err := l.Update(t.Context(), "test", w.decide); !errors.Is(err, w.want) {
				t.Errorf("caller %d got %v, want %v", i, err, w.want)
			}
		})
		wg.Go(func() {
			if err := l.Update(t.Context(), "test", note(fmt.Sprint("spoilt", i), "bad projection")); err == nil {
				t.Error("a failing projection was acknowledged")
			}
		})
	}
	wg.Wait()
	if got := l.Acknowledged().Seq; got != 51 {
		t.Errorf("acknowledged %d records, want 51", got)
	}
	if got := get(t, l, "spoilt0"); got != "" {
		t.Errorf("a projection that failed left %q behind", got)
	}
}

// A snapshot knows its place: inside a decision the record before it, outside the newest one acknowledged.
func TestSnapshotSeq(t *testing.T) {
	l := open(t)
	var inside, outside uint64
	err := l.Update(t.Context(), "test", func(tx *ledger.Tx) error {
		inside = tx.Seq()
		return note("a", "one")(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.View(t.Context(), func(s ledger.Snapshot) error { outside = s.Seq(); return nil }); err != nil {
		t.Fatal(err)
	}
	if inside != 1 || outside != 2 {
		t.Errorf("inside %d, outside %d, want 1 and 2", inside, outside)
	}
}

// A decision knows the places of its records before they are written, beside neighbours that are refused, and when the
// group is decided again after a projection failed.
func TestNextIsWhereTheRecordLands(t *testing.T) {
	l := open(t)
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			key := fmt.Sprint("key", i)
			if err := l.Update(t.Context(), "test", func(tx *ledger.Tx) error {
				if err := note(key, fmt.Sprint(tx.Next()))(tx); err != nil {
					return err
				}
				return note(key+"b", fmt.Sprint(tx.Next()))(tx)
			}); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() { _ = l.Update(t.Context(), "test", note("x", "bad projection")) })
	}
	wg.Wait()
	records, err := l.Read(0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, b := range records {
		r, err := chain.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		e, _, err := l.Decode(r)
		if n, ok := e.(noted); ok {
			seen++
			if n.Text != fmt.Sprint(r.Seq) {
				t.Errorf("record %d was promised place %s, %v", r.Seq, n.Text, err)
			}
		}
	}
	if seen != 200 {
		t.Errorf("%d notes, want 200", seen)
	}
}
