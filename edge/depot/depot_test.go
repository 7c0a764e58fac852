package depot

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	packbook "markaz.example/edge/book/pack"
	"markaz.example/edge/health"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
	"markaz.example/edge/letter"
	"markaz.example/edge/pack"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 30 * time.Second

var key = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

var errBad = errors.New("it says bad")

// place is a depot on a ledger, whose kind "texts/1" takes everything that does not say bad.
type place struct {
	*Depot
	file  *ledgertest.File
	board *health.Board
	dir   string
	stop  func()

	mu   sync.Mutex
	worn string // guarded by mu
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{file: ledgertest.Create(t, packbook.Book()), dir: filepath.Join(t.TempDir(), "packs")}
	t.Cleanup(func() { p.file.Close(t) })
	p.start(t)
	return p
}

func (p *place) start(t *testing.T) {
	t.Helper()
	p.board = health.New(p.file.Ledger.Clock().Now)
	kind := Kind{
		Try: func(content []byte) error {
			if strings.Contains(string(content), "bad") {
				return errBad
			}
			return nil
		},
		Use: func(content []byte) error {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.worn = string(content)
			return nil
		},
	}
	p.worn = ""
	p.Depot = New(p.dir, p.file.Ledger, map[string]Kind{"texts/1": kind}, p.board, slog.New(slog.NewTextHandler(t.Output(), nil)))
	p.Load(t.Context())
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	p.stop = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(p.stop)
}

// restart is a boot of the box.
func (p *place) restart(t *testing.T) {
	t.Helper()
	p.stop()
	p.file.Reboot(t)
	p.start(t)
}

func manifest(version uint64, kind, content string) pack.Manifest {
	return pack.Manifest{Name: "texts", Version: version, Kind: kind, Size: uint64(len(content)), Digest: sha256.Sum256([]byte(content))}
}

func (p *place) offer(t *testing.T, m pack.Manifest) {
	t.Helper()
	s, err := pack.Sign(key, m)
	if err != nil {
		t.Fatal(err)
	}
	err = p.file.Update(t.Context(), "headquarters", func(tx *ledger.Tx) error { return packbook.Offer(tx, letter.PackOffered(s), m) })
	if err != nil {
		t.Fatal(err)
	}
}

func (p *place) back(t *testing.T, m pack.Manifest) {
	t.Helper()
	s, err := pack.Sign(key, m)
	if err != nil {
		t.Fatal(err)
	}
	err = p.file.Update(t.Context(), "headquarters", func(tx *ledger.Tx) error { return packbook.RollBack(tx, letter.PackRolledBack(s), m) })
	if err != nil {
		t.Fatal(err)
	}
}

// await waits for something that changes with the depot's work.
func (p *place) await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("waited %v for %s", patience, what)
}

func (p *place) wears(content string) func() bool {
	return func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.worn == content
	}
}

// send gives pieces of a content until it is whole, or so many bytes are there.
func (p *place) send(t *testing.T, content string, upTo uint64) error {
	t.Helper()
	p.await(t, "the content to be wanted", func() bool { return p.Want().Digest == sha256.Sum256([]byte(content)) })
	for {
		w := p.Want()
		if w == (Want{}) || w.Offset >= upTo {
			return nil
		}
		end := min(w.Offset+7, w.Total, upTo)
		if err := p.Keep(w.Digest, w.Offset, []byte(content[w.Offset:end])); err != nil {
			return err
		}
	}
}

func (p *place) series(t *testing.T) (s packbook.Series) {
	t.Helper()
	err := p.file.View(t.Context(), func(snap ledger.Snapshot) error { s, _ = packbook.Get(snap, "texts"); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A box that boots after every piece goes on at the byte where the file ends, uses the pack when it is whole, and again
// after each boot.
func TestGoesOnAfterEveryCut(t *testing.T) {
	p := newPlace(t)
	content := "the hall is open from nine to five"
	p.offer(t, manifest(1, "texts/1", content))
	for at := uint64(7); at < uint64(len(content)); at += 7 {
		if err := p.send(t, content, at); err != nil {
			t.Fatal(err)
		}
		p.restart(t)
		p.await(t, "the rest to be wanted", func() bool { return p.Want().Offset == at })
	}
	if err := p.send(t, content, uint64(len(content))); err != nil {
		t.Fatal(err)
	}
	p.await(t, "the pack to be in use", p.wears(content))
	p.restart(t)
	if !p.wears(content)() {
		t.Error("it is not in use after a boot")
	}
	if s := p.series(t); s.Active == nil || s.Active.Version != 1 || s.Offered != nil {
		t.Errorf("stands at %+v", s)
	}
}

// A part that is complete when the power goes is not fetched once more.
func TestCutBeforeThePartHasItsName(t *testing.T) {
	p := newPlace(t)
	content := "the hall is open"
	m := manifest(1, "texts/1", content)
	p.stop()
	p.offer(t, m)
	if err := os.Mkdir(p.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.shelf.path(m.Digest, partExt), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	p.restart(t)
	p.await(t, "the pack to be in use", p.wears(content))
}

// What comes whole and wrong is fetched once more, and then refused.
func TestWrongContentIsRefused(t *testing.T) {
	p := newPlace(t)
	m := manifest(1, "texts/1", "the hall is open")
	p.offer(t, m)
	p.await(t, "the content to be wanted", func() bool { return p.Want().Digest == m.Digest })
	for range badMax {
		if err := p.Keep(m.Digest, 0, []byte("the hall is shut")); !errors.Is(err, pack.ErrContent) {
			t.Fatalf("kept: %v", err)
		}
	}
	p.await(t, "the refusal", func() bool { r := p.series(t).Refusal; return r != nil && r.Reason == packbook.ReasonContent })
	p.await(t, "nothing to be wanted", func() bool { return p.Want() == (Want{}) })
}

// What fails its try, and what nobody can use, is refused; what was in use stays, and so does the one before it.
func TestRefusedAndRolledBack(t *testing.T) {
	p := newPlace(t)
	reason := func(want string) func() bool {
		return func() bool { r := p.series(t).Refusal; return r != nil && r.Reason == want }
	}
	for version, content := range []string{"first", "second"} {
		p.offer(t, manifest(uint64(version+1), "texts/1", content))
		if err := p.send(t, content, 100); err != nil {
			t.Fatal(err)
		}
		p.await(t, content, p.wears(content))
	}
	p.offer(t, manifest(3, "texts/1", "bad"))
	if err := p.send(t, "bad", 100); err != nil {
		t.Fatal(err)
	}
	p.await(t, "the refusal of a bad one", reason(packbook.ReasonTry))
	p.offer(t, manifest(4, "songs/1", "a song"))
	p.await(t, "the refusal of a song", reason(packbook.ReasonKind))
	p.await(t, "people to be told", func() bool { return len(p.board.List()) == 1 && p.board.List()[0].Code == ConditionRefused })
	if !p.wears("second")() {
		t.Error("what was refused is in use")
	}
	p.back(t, manifest(1, "texts/1", "first")) // is on disk: no link is needed
	p.await(t, "the first again", p.wears("first"))
	p.await(t, "people to be told no more", func() bool { return len(p.board.List()) == 0 })
	entries, err := os.ReadDir(p.dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("%v, %v: want the one in use and the one before it", entries, err)
	}
}

// A file that is gone or rotten is fetched again; meanwhile people are told.
func TestLostFileIsFetchedAgain(t *testing.T) {
	for name, lose := range map[string]func(path string) error{
		"gone":   os.Remove,
		"rotten": func(path string) error { return os.WriteFile(path, []byte("FIRST"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			m := manifest(1, "texts/1", "first")
			p.offer(t, m)
			if err := p.send(t, "first", 100); err != nil {
				t.Fatal(err)
			}
			p.await(t, "first", p.wears("first"))
			p.stop()
			s := p.series(t)
			if err := Examine(p.dir, s); err != nil {
				t.Errorf("examined while it is whole: %v", err)
			}
			if err := lose(p.shelf.path(m.Digest, wholeExt)); err != nil {
				t.Fatal(err)
			}
			if err := Examine(p.dir, s); err == nil {
				t.Error("examined, nothing is missed")
			}
			p.restart(t)
			p.await(t, "people to be told", func() bool { return len(p.board.List()) == 1 })
			if err := p.send(t, "first", 100); err != nil {
				t.Fatal(err)
			}
			p.await(t, "first again", p.wears("first"))
		})
	}
}

func TestStrangePiecesAreNotKept(t *testing.T) {
	p := newPlace(t)
	if err := p.Keep([32]byte{1}, 0, []byte("x")); !errors.Is(err, ErrPiece) {
		t.Errorf("kept when nothing was wanted: %v", err)
	}
	m := manifest(1, "texts/1", "the hall is open")
	p.offer(t, m)
	p.await(t, "the content to be wanted", func() bool { return p.Want().Digest == m.Digest })
	for what, err := range map[string]error{
		"of another":     p.Keep([32]byte{1}, 0, []byte("the")),
		"not the next":   p.Keep(m.Digest, 3, []byte(" hall")),
		"past the end":   p.Keep(m.Digest, 0, []byte(fmt.Sprintf("%20s", "x"))),
		"far behind all": p.Keep(m.Digest, 1<<40, []byte("x")),
	} {
		if !errors.Is(err, ErrPiece) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if w := p.Want(); w.Offset != 0 {
		t.Errorf("wants %+v", w)
	}
}
