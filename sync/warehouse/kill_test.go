package warehouse

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"iter"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/warehouse/warehousetest"
	"markaz.example/sync/wire/wiretest"
)

const (
	childDir = "MARKAZ_TEST_WAREHOUSE_ARCHIVE" // makes this test binary a loader of that archive
	childURL = "MARKAZ_TEST_WAREHOUSE_URL"
	childHow = "MARKAZ_TEST_WAREHOUSE_HOW" // howRight, or one of the wrong ways
	childEnd = "MARKAZ_TEST_WAREHOUSE_END" // how many records it reads before it kills itself; 0 for ever

	howRight = ""
	howAfter = "after"  // the cursor moves in a second transaction
	howFirst = "before" // the cursor moves before the rows come

	killChains    = 4
	killRounds    = 30
	controlRounds = 2
	killAdded     = 120 // records of each chain that come in a round
	killRecords   = 40  // in a transaction
)

// TestKilled kills the loader, its session at the server, and the server, at random moments and again and again, while
// records come. Afterwards every record is there once, as the archive has it. The controls move the cursor in another
// transaction than the rows; the same judge must see it.
func TestKilled(t *testing.T) {
	k := newKilling(t, warehousetest.New(t), killRounds)
	for round := range killRounds {
		k.round(round)
	}
	last, _ := k.start(howRight, 0)
	if err := last.Wait(); err != nil {
		t.Fatalf("the last loader: %v", err)
	}
	mustEqual(t, k.open(), k.url, k.brought*killChains)
	t.Logf("%d loaders killed, %d of them in the middle of a COPY, %d sessions ended, the server killed %d times",
		k.killed+k.copying, k.copying, k.cut, k.crashed)
}

func TestKilledControl(t *testing.T) {
	for _, how := range []string{howAfter, howFirst} {
		t.Run(how, func(t *testing.T) {
			k := newKilling(t, server(t), controlRounds)
			for range controlRounds {
				k.killBetween(how)
			}
			if d := compare(t, k.open(), k.url); d.Right() {
				t.Errorf("a cursor that moves %s its rows broke nothing, so this test would notice nothing: %+v", how, d)
			}
		})
	}
}

// killing is one run of it.
type killing struct {
	t       *testing.T
	server  *warehousetest.Server
	url     string
	path    string
	chains  [killChains]*wiretest.Chain
	brought uint64 // of each chain
	random  *rand.Rand

	killed, copying, cut, crashed int
}

func newKilling(t *testing.T, s *warehousetest.Server, rounds int) *killing {
	k := &killing{t: t, server: s, path: archivePath(t), random: rand.New(rand.NewPCG(5, 5))}
	for i := range k.chains {
		k.chains[i] = grown(id.Centre(fmt.Sprintf("C-%02d", i)), uint64(i), killAdded*rounds)
	}
	k.url = k.server.Database(t)
	return k
}

// open opens the archive to read, between two loaders.
func (k *killing) open() *archive.Archive {
	a, err := archive.OpenReadOnly(k.path)
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() { _ = a.Close() })
	return a
}

// round brings records and kills whoever loads them: every second loader at a random record, in the middle of a COPY; the
// others at a random time, in which sometimes the session or the server dies before.
func (k *killing) round(n int) {
	k.t.Helper()
	if k.bring(); n%2 == 0 {
		child, _ := k.start(howRight, 1+k.random.IntN(killAdded))
		if err := child.Wait(); err != nil {
			k.copying++
		}
		return
	}
	child, said := k.start(howRight, 0)
	if k.random.IntN(2) == 0 {
		said.Scan() // that it has begun to load; else it may be killed before
	}
	switch {
	case n%10 == 5:
		k.pass(20 * time.Millisecond)
		k.crash()
	case n%4 == 1:
		k.pass(20 * time.Millisecond)
		k.cutSessions()
	}
	k.pass(50 * time.Millisecond)
	k.kill(child)
}

// killBetween kills a wrong loader where it stands between two transactions, or after it fell over what is left of that.
func (k *killing) killBetween(how string) {
	k.t.Helper()
	k.bring()
	child, said := k.start(how, 0)
	said.Scan()
	k.kill(child)
}

func (k *killing) kill(child *exec.Cmd) {
	k.t.Helper()
	if err := child.Process.Kill(); err == nil {
		k.killed++
	} else if !errors.Is(err, os.ErrProcessDone) {
		k.t.Fatal(err)
	}
	_ = child.Wait() // killed: that is the point
}

// bring archives the next records of every chain.
func (k *killing) bring() {
	a, err := archive.Open(k.path, nil)
	if err != nil {
		k.t.Fatal(err)
	}
	k.brought += killAdded
	h := &holding{Archive: a, index: a.Applied()}
	for _, c := range k.chains {
		so := c.Clone(0)
		so.Truncate(k.brought)
		h.bring(k.t, so, 32)
	}
	if err := a.Close(); err != nil {
		k.t.Fatal(err)
	}
}

// start starts a loader, and gives what it says.
func (k *killing) start(how string, end int) (*exec.Cmd, *bufio.Scanner) {
	k.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+k.path, childURL+"="+k.url, childHow+"="+how, fmt.Sprint(childEnd, "=", end))
	if how == howRight {
		cmd.Stderr = os.Stderr // the others end in the error that they are made for
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() { _ = cmd.Process.Kill() }) // when the test ends in the middle
	return cmd, bufio.NewScanner(out)
}

// pass lets a random time pass. What it falls upon is what is tried; nothing is awaited by it.
func (k *killing) pass(most time.Duration) { time.Sleep(time.Duration(k.random.Int64N(int64(most)))) }

func (k *killing) crash() {
	k.t.Helper()
	k.crashed++
	if err := errors.Join(k.server.Kill(), k.server.Start()); err != nil {
		k.t.Fatal(err)
	}
}

func (k *killing) cutSessions() {
	k.t.Helper()
	c := connected(k.t, k.url)
	var n int
	err := c.QueryRow(context.Background(), `
		SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`).Scan(&n)
	if err = errors.Join(err, c.Close(context.Background())); err != nil {
		k.t.Fatal(err)
	}
	k.cut += n
}

// child is the loader that is killed. It ends by itself when everything is loaded.
func child(path string) {
	a, err := archive.OpenReadOnly(path)
	if err != nil {
		log.Fatal(err)
	}
	if how := os.Getenv(childHow); how != howRight {
		log.Fatal(wrongly(a, os.Getenv(childURL), how == howFirst))
	}
	w := loader(os.Getenv(childURL), mortalBy(a, os.Getenv(childEnd)))
	w.pace.records = killRecords
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	for said := false; ; time.Sleep(time.Millisecond) {
		s := w.State()
		if s.Loading && !said {
			fmt.Println("loading")
			said = true
		}
		if everything(s) {
			break
		}
	}
	stop()
	if err := <-ended; err != nil {
		log.Fatal(err)
	}
}

// mortal is an archive that kills its process when so many records of it were read.
type mortal struct {
	Archive
	left int
}

func mortalBy(a Archive, end string) Archive {
	left, err := strconv.Atoi(end)
	if err != nil {
		log.Fatal(err)
	}
	return &mortal{a, left}
}

func (m *mortal) Records(in chain.Incarnation, after uint64) iter.Seq2[archive.Stored, error] {
	return func(yield func(archive.Stored, error) bool) {
		for s, err := range m.Archive.Records(in, after) {
			if m.left--; m.left == 0 {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {}
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// wrongly loads with the very same parts, but the cursor moves on its own, shortly after or before the rows.
func wrongly(a Archive, url string, first bool) error {
	ctx, w := context.Background(), loader(url, a)
	config, err := w.config()
	if err != nil {
		return err
	}
	c, err := connect(ctx, config)
	if err != nil {
		return err
	}
	if err := migrate(ctx, config); err != nil {
		return err
	}
	s := &session{Warehouse: w, conn: c, records: killRecords}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	for n := 0; ; n++ {
		if err := s.wrongRound(ctx, first, n); err != nil {
			return err
		}
	}
}

// wrongRound is two transactions. In the fourth round it says so between the two, and waits to be killed.
func (s *session) wrongRound(ctx context.Context, first bool, n int) error {
	spans, err := s.waiting(ctx)
	if err != nil {
		return err
	}
	spans = spans[:1]
	if err := pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error { return enter(ctx, tx, spans) }); err != nil {
		return err
	}
	end, copied := *spans[0], *spans[0]
	dry, src := s.wrongSource(&end), s.wrongSource(&copied)
	for dry.months = everyMonth(); dry.Next(); {
	}
	steps := []func(pgx.Tx) error{
		func(tx pgx.Tx) error { return copyRows(ctx, tx, src) },
		func(tx pgx.Tx) error { return move(ctx, tx, end.cursor) },
	}
	if first {
		slices.Reverse(steps)
	}
	for i, step := range steps {
		if err := pgx.BeginFunc(ctx, s.conn, step); err != nil {
			return err
		}
		if i == 0 && n == 3 {
			fmt.Println("between")
			time.Sleep(time.Hour)
		}
	}
	s.months, s.turn = src.months, end.in
	s.advance([]*span{&end})
	return nil
}

func (s *session) wrongSource(p *span) *source {
	return &source{archive: s.Archive, spans: []*span{p}, months: s.months, roomRows: s.records, roomBytes: groupBytes}
}

func everyMonth() map[Month]bool {
	all := map[Month]bool{}
	for m := monthMin; m <= monthMax; m++ {
		all[m] = true
	}
	return all
}
