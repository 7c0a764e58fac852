package ledger_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/ledger"
)

// fixed is a clock that stands where the test puts it.
type fixed struct{ wall time.Time }

func (f fixed) Wall() time.Time   { return f.wall }
func (fixed) Mono() time.Duration { return 0 }

func create(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.db")
	if err := ledger.Create(path, testIncarnation()); err != nil {
		t.Fatal(err)
	}
	return path
}

// session opens, runs some decisions, closes.
func session(t testing.TB, path string, o ledger.Options, decisions ...func(*ledger.Tx) error) {
	t.Helper()
	l, err := ledger.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	for _, d := range decisions {
		if err := l.Update(ctx, "test", d); err != nil {
			t.Error(err)
		}
	}
	stop()
	if err := errors.Join(<-ended, l.Close()); err != nil {
		t.Fatal(err)
	}
}

func options() ledger.Options { return ledger.Options{Books: notes(), Software: "test"} }

func TestEveryStartRaisesTheBoot(t *testing.T) {
	path := create(t)
	for range 3 {
		session(t, path, options(), note("a", "x"))
	}
	l, err := ledger.OpenReadOnly(path, notes())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s, err := l.Stats(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Boots != 3 || s.Head != 6 || s.Kinds["ledger.started/1"] != 3 {
		t.Errorf("got %+v, want 3 boots, 6 records, 3 of them starts", s)
	}
}

// A box that wakes in 1970 goes on from the last time it knew, and says that nobody told it better.
func TestClockNeverGoesBelowTheLedger(t *testing.T) {
	path := create(t)
	o := options()
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	o.Source = fixed{now}
	session(t, path, o)
	o.Source = fixed{time.Unix(100, 0)}
	l, err := ledger.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if got := l.Clock().Now(); got.Grade != clock.Unset || got.Time().Before(now) || got.Boot != 2 {
		t.Errorf("woke at %v, want boot 2, unset, not before %v", got, now)
	}
}

func TestOneProcessAtATime(t *testing.T) {
	path := create(t)
	first, err := ledger.Open(path, options())
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if _, err := ledger.Open(path, options()); !errors.Is(err, ledger.ErrInUse) {
		t.Errorf("a second opening gives %v, want ErrInUse", err)
	}
}

func TestNoFileIsNotANewChain(t *testing.T) {
	if _, err := ledger.Open(filepath.Join(t.TempDir(), "ledger.db"), options()); !errors.Is(err, ledger.ErrMissing) {
		t.Errorf("got %v, want ErrMissing", err)
	}
	if err := ledger.Create(create(t), testIncarnation()); !errors.Is(err, ledger.ErrExists) {
		t.Errorf("creating over a ledger gives %v, want ErrExists", err)
	}
}

// An edited record, and an edited record with its hash made to fit, are both named.
func TestEditedRecordIsNamed(t *testing.T) {
	for name, refile := range map[string]bool{"bytes": false, "bytes and hash": true} {
		t.Run(name, func(t *testing.T) {
			path := create(t)
			session(t, path, options(), note("a", "one"), note("b", "two"), note("c", "three"))
			edit(t, path, 3, refile)
			_, err := ledger.Open(path, options())
			if !errors.Is(err, chain.ErrBroken) || !strings.Contains(err.Error(), "record "+map[bool]string{false: "3", true: "4"}[refile]) {
				t.Errorf("got %v, want ErrBroken naming the first record that does not fit", err)
			}
		})
	}
}

func edit(t *testing.T, path string, seq uint64, refile bool) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		log := tx.Bucket([]byte("log"))
		v := bytes.Replace(log.Get(be(seq)), []byte("two"), []byte("TWO"), 1)
		if refile {
			var prev chain.Hash
			copy(prev[:], log.Get(be(seq-1)))
			h := chain.Link(prev, v[len(prev):])
			copy(v, h[:])
		}
		return log.Put(be(seq), v)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func be(n uint64) []byte { return []byte{0, 0, 0, 0, 0, 0, byte(n >> 8), byte(n)} }

// dump is every key and value of the views.
func dump(t *testing.T, path string) string {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var out strings.Builder
	err = db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			if !strings.HasPrefix(string(name), "view/") {
				return nil
			}
			return b.ForEach(func(k, v []byte) error {
				_, err := fmt.Fprintf(&out, "%s %q=%q\n", name, k, v)
				return err
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRebuiltViewsAreTheSameBytes(t *testing.T) {
	path := create(t)
	var decisions []func(*ledger.Tx) error
	for i := range 300 {
		decisions = append(decisions, note(fmt.Sprint("k", i%70), fmt.Sprint("text ", i)))
	}
	session(t, path, options(), decisions...)
	before := dump(t, path)

	if _, err := ledger.RebuildFile(t.Context(), path, notes(), nil); err != nil {
		t.Fatal(err)
	}
	if after := dump(t, path); after != before {
		t.Errorf("views differ after a rebuild:\n%s\nwant\n%s", after, before)
	}
}

// A raised version rebuilds that book's view at the next start, and a control shows that nothing else would have.
func TestVersionRebuildsTheView(t *testing.T) {
	path := create(t)
	session(t, path, options(), note("a", "one"))
	spoil(t, path)
	session(t, path, options())
	if !strings.Contains(dump(t, path), "spoilt") {
		t.Fatal("control: the view mended itself without a new version")
	}
	o := options()
	o.Books[0].Version++
	session(t, path, o)
	if got := dump(t, path); strings.Contains(got, "spoilt") || !strings.Contains(got, `view/notes "a"="one"`) {
		t.Errorf("the view was not rebuilt:\n%s", got)
	}
}

func spoil(t *testing.T, path string) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("view/notes")).Put([]byte("spoilt"), []byte("x"))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// The kill test runs this test binary as a worker that says what it believes is safe, and ends it with SIGKILL.
const (
	workerFile  = "MARKAZ_TEST_WORKER"
	workerEarly = "MARKAZ_TEST_EARLY" // the control: says so before it is
	workerSeals = "MARKAZ_TEST_SEALS" // seals as it goes: "well", or the control: "badly"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(workerFile); path != "" {
		if how := os.Getenv(workerSeals); how != "" {
			workSealing(path, how == "badly")
		}
		work(path, os.Getenv(workerEarly) != "")
	}
	os.Exit(m.Run())
}

func work(path string, early bool) {
	l, err := ledger.Open(path, options())
	if err != nil {
		fmt.Println("bad", err)
		os.Exit(1)
	}
	go func() { _ = l.Run(context.Background()) }()
	for i := 1; ; i++ {
		seq := l.Acknowledged().Seq + 1
		if early {
			fmt.Println(seq)
			time.Sleep(time.Millisecond)
		}
		if err := l.Update(context.Background(), "test", note(strconv.Itoa(i%50), "text")); err != nil {
			fmt.Println("bad", err)
			os.Exit(1)
		}
		if !early {
			fmt.Println(seq)
		}
	}
}

func TestKilledProcessLosesNothingAcknowledged(t *testing.T) {
	if lost := killRounds(t, 20, false); lost != 0 {
		t.Errorf("%d of 20 kills lost an acknowledged record", lost)
	}
	if lost := killRounds(t, 10, true); lost == 0 {
		t.Error("control: a worker that acknowledges before its commit was not caught")
	}
}

func killRounds(t *testing.T, rounds int, early bool) (lost int) {
	t.Helper()
	path := create(t)
	for i := range rounds {
		said := killOnce(t, path, early, time.Duration(10+7*i%60)*time.Millisecond)
		l, err := ledger.OpenReadOnly(path, notes())
		if err != nil {
			t.Fatal(err)
		}
		head, err := l.Verify(t.Context(), nil)
		if err := errors.Join(err, l.Close()); err != nil {
			t.Fatal(err)
		}
		if head.Seq < said {
			lost++
		}
	}
	return lost
}

// killOnce gives the last record that the worker said was safe.
func killOnce(t *testing.T, path string, early bool, after time.Duration) (said uint64) {
	t.Helper()
	if early {
		return killWorker(t, path, after, workerEarly+"=1")
	}
	return killWorker(t, path, after)
}

// killWorker kills it a while after its first word, so that a slow start is not what is killed.
func killWorker(t *testing.T, path string, after time.Duration, env ...string) (said uint64) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), workerFile+"="+path), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for first := true; lines.Scan(); first = false {
		if first {
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
		if strings.HasPrefix(lines.Text(), "bad") {
			t.Fatal(lines.Text())
		}
		if n, err := strconv.ParseUint(lines.Text(), 10, 64); err == nil {
			said = n
		}
	}
	_ = cmd.Wait()
	return said
}
