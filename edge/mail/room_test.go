package mail

import (
	"crypto/ed25519"
	"errors"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"markaz.example/edge/book/check"
	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/book/lease"
	"markaz.example/edge/book/pack"
	"markaz.example/edge/book/post"
	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
	"markaz.example/edge/letter"
	packfile "markaz.example/edge/pack"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const name = "K5QXG43UOVZGKZDT"

var key = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

func room(t *testing.T) (*Room, *ledgertest.File) {
	t.Helper()
	f := ledgertest.Create(t, post.Book(), pack.Book(), lease.Book(), check.Book(), diagnosis.Book())
	t.Cleanup(func() { f.Close(t) })
	return &Room{Ledger: f.Ledger, Key: key.Public().(ed25519.PublicKey), Log: slog.New(slog.NewTextHandler(t.Output(), nil))}, f
}

func letterOf(t *testing.T, number uint64, c letter.Content) letter.Letter {
	t.Helper()
	b, err := letter.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	return letter.Letter{Number: number, Kind: c.Kind(), Body: b}
}

func offer(t *testing.T, with ed25519.PrivateKey) letter.PackOffered {
	t.Helper()
	s, err := packfile.Sign(with, packfile.Manifest{Name: "texts", Version: 7, Kind: "texts/1", Size: 9})
	if err != nil {
		t.Fatal(err)
	}
	return letter.PackOffered(s)
}

// Each letter has its effect once, or is recorded as one that has none, and holds up no other.
func TestTaken(t *testing.T) {
	r, f := room(t)
	own := f.Incarnation().Nonce
	grant := letter.LeaseGranted{ID: name, What: "bed", From: 11, Count: 5, Until: 1795500000000, Nonce: own[:]}
	foreign := grant
	foreign.ID, foreign.Nonce = "K5QXG43UOVZGKZDU", make([]byte, chain.NonceBytes)
	other := ed25519.NewKeyFromSeed([]byte("another key, which nobody knows."))
	letters := []letter.Letter{
		letterOf(t, 1, grant),
		{Number: 2, Kind: "weather.told/1", Body: []byte{0xa0}},
		{Number: 3, Kind: "lease.granted/1", Body: []byte{0xa0}},
		letterOf(t, 4, foreign),
		letterOf(t, 5, offer(t, other)),
		letterOf(t, 6, letter.PackRolledBack(offer(t, other))),
		letterOf(t, 7, letter.CheckAnswered{ID: name, Result: "eligible", Source: "nser", Wall: 1}),
		letterOf(t, 8, offer(t, key)),
		letterOf(t, 9, letter.DiagnosisAsked{ID: name, Who: "Help desk", Why: "why"}),
	}
	if err := r.Take(t.Context(), letters[1]); !errors.Is(err, post.ErrGap) {
		t.Errorf("the second before the first: %v", err)
	}
	for _, l := range letters {
		for range 2 { // once more changes nothing
			if err := r.Take(t.Context(), l); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n, err := r.Taken(t.Context()); err != nil || n != 9 {
		t.Errorf("taken up to %d, %v", n, err)
	}
	err := f.View(t.Context(), func(s ledger.Snapshot) error {
		series, _ := pack.Get(s, "texts")
		if leases := lease.All(s); len(leases) != 1 || series.Offered == nil || len(diagnosis.Open(s)) != 1 {
			t.Errorf("leases %+v, packs %+v, wishes %+v", leases, series, diagnosis.Open(s))
		}
		for _, fate := range []string{post.FateUnknown, post.FateUnreadable, post.FateOtherChain, post.FateUnsigned, post.FateNoQuestion} {
			if len(post.Kinds(s, fate)) == 0 {
				t.Errorf("nothing is recorded as %s", fate)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if got, want := f.Acknowledged().Seq, uint64(1+len(letters)+3); got != want {
		t.Errorf("%d records, want %d", got, want)
	}
}

func TestQuestionIsFinished(t *testing.T) {
	r, f := room(t)
	err := f.Update(t.Context(), "desk/A", func(tx *ledger.Tx) error {
		return check.Ask(tx, "visit", check.Asked{ID: name, What: "eligible", Provisional: "go-on"})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Take(t.Context(), letterOf(t, 1, letter.CheckAnswered{ID: name, Result: "eligible", Source: "nser", Wall: 1})); err != nil {
		t.Fatal(err)
	}
	_ = f.View(t.Context(), func(s ledger.Snapshot) error {
		if all := check.Answered(s); len(all) != 1 || len(check.Open(s)) != 0 {
			t.Errorf("answered %+v, open %+v", all, check.Open(s))
		}
		return nil
	})
}

// What was lent goes back when it has ended by a clock that headquarters set.
func TestLeasesGoBack(t *testing.T) {
	r, f := room(t)
	own := f.Incarnation().Nonce
	until := f.Clock.Wall().Add(time.Hour)
	if err := r.Take(t.Context(), letterOf(t, 1, letter.LeaseGranted{ID: name, What: "bed", From: 11, Count: 5, Until: until.UnixMilli(), Nonce: own[:]})); err != nil {
		t.Fatal(err)
	}
	left := func() (n int) {
		if err := r.expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		_ = f.View(t.Context(), func(s ledger.Snapshot) error { n = len(lease.All(s)); return nil })
		return n
	}
	f.Clock.Jump(48 * time.Hour)
	if left() != 1 {
		t.Error("it went back by a clock that nobody set")
	}
	if err := f.Tell(t.Context(), "headquarters", until.Add(72*time.Hour), clock.Network); err != nil {
		t.Fatal(err)
	}
	if left() != 0 {
		t.Error("it did not go back")
	}
}
