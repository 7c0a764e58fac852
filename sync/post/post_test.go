package post

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"markaz.example/edge/book/check"
	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/book/lease"
	postbook "markaz.example/edge/book/post"
	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/pack"
	"markaz.example/sync/archive"
	"markaz.example/sync/office"
	"markaz.example/sync/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const name = id.Errand("K5QXG43UOVZGKZDT")

// group applies acts to an archive one after the other, as the raft group does.
type group struct {
	mu      sync.Mutex
	archive *archive.Archive
	index   uint64
}

func (g *group) Propose(_ context.Context, act []byte) (archive.Answer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.index++
	out, err := g.archive.Apply([]archive.Entry{{Index: g.index, Act: act}})
	if err != nil {
		return archive.Answer{}, err
	}
	return out[0].Answer, out[0].Err
}

func newDesk(t *testing.T) (*Desk, *group) {
	t.Helper()
	a, err := archive.Open(filepath.Join(t.TempDir(), "archive.db"), office.Office{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	g := &group{archive: a}
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	return &Desk{Group: g, Archive: a, Key: key, Now: time.Now, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}, g
}

// Many who write at once get numbers one after the other, and every letter verifies.
func TestLettersAreSignedWithTheirNumber(t *testing.T) {
	d, _ := newDesk(t)
	const writers = 8
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			if _, err := d.Diagnose(t.Context(), DiagnosisOrder{Centre: "ISB-01", Who: "Help desk", Why: "why"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	letters, err := NewCarrier(d).Letters("ISB-01", 0, 99)
	if err != nil || len(letters) != writers {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	for i, l := range letters {
		if err := l.Verify(d.public(), "ISB-01"); err != nil || l.Number != uint64(i+1) {
			t.Errorf("letter %d: %d, %v", i+1, l.Number, err)
		}
		if err := l.Verify(d.public(), "LHE-01"); !errors.Is(err, wire.ErrWord) {
			t.Errorf("a letter is good for another centre: %v", err)
		}
	}
}

func TestWithoutAKeyNothingIsSaid(t *testing.T) {
	d, _ := newDesk(t)
	d.Key = nil
	_, err := d.Diagnose(t.Context(), DiagnosisOrder{Centre: "ISB-01", Who: "Help desk", Why: "why"})
	if !errors.Is(err, ErrNoKey) {
		t.Errorf("got %v", err)
	}
	if s := NewCarrier(d).SignTime(wire.Nonce{1}, 7); s != nil {
		t.Errorf("signed the time with %x", s)
	}
}

// The links hear of post that is in this node's archive, whoever put it there.
func TestCarrierTellsOfPost(t *testing.T) {
	d, _ := newDesk(t)
	c := NewCarrier(d)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	told := c.Posted()
	if _, err := d.Diagnose(t.Context(), DiagnosisOrder{Centre: "ISB-01", Who: "Help desk", Why: "why"}); err != nil {
		t.Fatal(err)
	}
	<-told
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// The page is told of the newest version that is whole, and of none that was taken away.
func TestCarrierKnowsTheNewestPacks(t *testing.T) {
	d, _ := newDesk(t)
	c := NewCarrier(d)
	for _, version := range []uint64{3, 5, 4} {
		publish(t, d, "services", version)
	}
	publish(t, d, "notices", 9)
	c.count()
	if diff := cmp.Diff(map[string]uint64{"services": 5, "notices": 9}, c.Newest()); diff != "" {
		t.Error(diff)
	}
	if _, err := d.Drop(t.Context(), PackOrder{Name: "services", Version: 5}); err != nil {
		t.Fatal(err)
	}
	c.count()
	if got := c.Newest()["services"]; got != 4 {
		t.Errorf("after version 5 was taken away, version %d is the newest", got)
	}
}

func publish(t *testing.T, d *Desk, name string, version uint64) {
	t.Helper()
	content := []byte(name)
	s, err := pack.Sign(d.Key, pack.Manifest{
		Name: name, Version: version, Kind: "texts/1", Size: uint64(len(content)), Digest: sha256.Sum256(content), Wall: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := pack.Encode(s, content)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Publish(t.Context(), bytes.NewReader(file)); err != nil {
		t.Fatal(err)
	}
}

// What the office reads of records is what the box's books write.
func TestClerkReadsWhatBoxesWrite(t *testing.T) {
	d, _ := newDesk(t)
	c := &Clerk{Desk: d}
	a := office.ChainRead{Centre: "ISB-01"}
	for i, e := range []ledger.Event{
		postbook.Received{Number: 7, Of: "lease.granted/1"},
		lease.Returned{ID: name, What: "bed", From: 12, Count: 4},
		check.Asked{ID: name, What: "eligible", Provisional: "go-on"},
		diagnosis.Given{ID: name, Format: "text+gzip", Report: []byte("x")},
		diagnosis.Refused{ID: name},
	} {
		body, err := chain.EncodeBody(e)
		if err != nil {
			t.Fatal(err)
		}
		c.note(&a, chain.Record{Header: chain.Header{Seq: uint64(i + 1), Kind: e.Kind(), Subject: "visit"}, Body: body})
		if got, err := diagnosisOf(e, body); err != nil || got != name {
			t.Errorf("a diagnosis is of %q, %v", got, err)
		}
	}
	want := office.Question{ID: name, What: "eligible", Subject: "visit", Provisional: "go-on", Seq: 3}
	if a.Received != 7 || len(a.Returned) != 1 || a.Returned[0] != (office.Return{ID: name, From: 12, Count: 4}) ||
		len(a.Asked) != 1 || a.Asked[0] != want || a.Given != 4 || a.Refused != 5 {
		t.Errorf("read %+v", a)
	}
	before := a
	for _, kind := range []chain.Kind{kindReturned, kindAsked, kindReceived} { // what no box of ours writes
		c.note(&a, chain.Record{Header: chain.Header{Seq: 9, Kind: kind}, Body: []byte{0xa1, 0x01, 0xf6}})
	}
	if len(a.Returned) != len(before.Returned) || len(a.Asked) != len(before.Asked) || a.Received != before.Received {
		t.Errorf("strange records were read as %+v", a)
	}
}

func diagnosisOf(e ledger.Event, body []byte) (id.Errand, error) {
	if _, ok := e.(diagnosis.Refused); !ok {
		return name, nil
	}
	got, err := shownOf(chain.Record{Header: chain.Header{Kind: e.Kind()}, Body: body})
	return got.ID, err
}
