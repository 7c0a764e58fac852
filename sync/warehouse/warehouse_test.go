package warehouse

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/warehouse/warehousetest"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		child(dir)
		return
	}
	code := m.Run()
	if err := errors.Join(shared.close(), goleak.Find()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// shared is the server of all tests that do not kill it, started by the first.
var shared common

type common struct {
	once   sync.Once
	server *warehousetest.Server
	err    error
}

func (c *common) close() error {
	if c.server == nil {
		return nil
	}
	return c.server.Close()
}

func server(t testing.TB) *warehousetest.Server {
	t.Helper()
	shared.once.Do(func() { shared.server, shared.err = warehousetest.Open("/tmp", "fsync=off") })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}

var template sync.Once

// database is one of the server with empty tables, copied from one that has them: that is much quicker than migrating.
func database(t testing.TB) (url string) {
	t.Helper()
	template.Do(func() {
		sqlExec(t, server(t).URL("postgres"), "CREATE DATABASE tables TEMPLATE template0")
		config, err := (&Warehouse{URL: server(t).URL("tables")}).config()
		if err == nil {
			err = migrate(context.Background(), config)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	name := strings.ToLower(rand.Text())
	sqlExec(t, server(t).URL("postgres"), "CREATE DATABASE d"+name+" TEMPLATE tables")
	return server(t).URL("d" + name)
}

// holding is an archive that tests fill.
type holding struct {
	*archive.Archive
	index uint64
}

func newHolding(t testing.TB, path string) *holding {
	t.Helper()
	a, err := archive.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return &holding{Archive: a}
}

func archivePath(t testing.TB) string { return filepath.Join(t.TempDir(), "archive.db") }

// bring archives everything of a chain that is not held, in batches.
func (h *holding) bring(t testing.TB, c *wiretest.Chain, batch uint64) {
	t.Helper()
	var group []archive.Entry
	for from := h.Held(c.In).Seq + 1; from <= c.Head().Seq; from += batch {
		b, err := wire.Pack(c.Key, c.In, c.At(from-1), 0, c.Records(from, min(from+batch-1, c.Head().Seq)))
		if err != nil {
			t.Fatal(err)
		}
		frame, err := wire.Encode(b)
		if err != nil {
			t.Fatal(err)
		}
		h.index++
		group = append(group, archive.Entry{Index: h.index, Key: c.Public(), Batch: frame})
	}
	out, err := h.Apply(group)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range out {
		if o.Err != nil || o.Verdict != archive.Append {
			t.Fatalf("the archive said %v %v", o.Verdict, o.Err)
		}
	}
}

func grown(centre id.Centre, seed uint64, records int) *wiretest.Chain {
	c := wiretest.New(centre, seed)
	c.Grow(records)
	return c
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func loader(url string, a Archive) *Warehouse {
	return &Warehouse{URL: url, Archive: a, Log: quiet(), pace: pace{poll: time.Millisecond, floor: time.Millisecond}}
}

// run runs a warehouse until the test ends, or stop is called.
func run(t testing.TB, w *Warehouse) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	stopped := false
	stop = func() {
		if cancel(); !stopped {
			if err := <-ended; err != nil {
				t.Errorf("Run ended with %v", err)
			}
		}
		stopped = true
	}
	t.Cleanup(stop)
	return stop
}

// await asks until the state is as wanted.
func await(t testing.TB, w *Warehouse, what string, as func(State) bool) State {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for s := w.State(); ; s = w.State() {
		if as(s) {
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("it never came to this: %s; state %+v", what, s)
		}
		time.Sleep(time.Millisecond)
	}
}

func everything(s State) bool { return s.Loading && s.Waiting == 0 }

func connected(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	c, err := (&Warehouse{URL: url}).Connect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

func compare(t testing.TB, a Archive, url string) Difference {
	t.Helper()
	d, err := Compare(context.Background(), a, connected(t, url))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func mustEqual(t testing.TB, a Archive, url string, records uint64) {
	t.Helper()
	if d := compare(t, a, url); !d.Equal() || d.Same != records {
		t.Errorf("PostgreSQL differs from the archive of %d records: %+v", records, d)
	}
}

func sqlExec(t testing.TB, url, sql string) {
	t.Helper()
	ctx, c := context.Background(), connected(t, url)
	_, err := c.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol)
	if err = errors.Join(err, c.Close(ctx)); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// TestLoads: several chains, many transactions, and what comes later.
func TestLoads(t *testing.T) {
	a, url := newHolding(t, archivePath(t)), server(t).Database(t) // without tables
	chains := []*wiretest.Chain{grown("ISB-01", 1, 3000), grown("LHE-01", 2, 700), grown("KHI-01", 3, 1)}
	for _, c := range chains {
		a.bring(t, c, 512)
	}
	w := loader(url, a)
	w.pace.records = 400
	run(t, w)
	s := await(t, w, "all is loaded", everything)
	if s.Loaded != 3701 || s.Poison != 0 || s.Reason != "" || len(s.Chains) != 0 || s.Last.IsZero() {
		t.Errorf("state %+v", s)
	}
	mustEqual(t, a, url, 3701)
	chains[2].Grow(900)
	a.bring(t, chains[2], 50)
	await(t, w, "what came later is loaded", func(s State) bool { return s.Loaded == 4601 })
	mustEqual(t, a, url, 4601)
}

// TestStartsWhereItEnded: nothing is read twice, nothing is left out.
func TestStartsWhereItEnded(t *testing.T) {
	a, url := newHolding(t, archivePath(t)), database(t)
	c := grown("ISB-01", 1, 300)
	for range 3 {
		a.bring(t, c, 100)
		w := loader(url, a)
		stop := run(t, w)
		await(t, w, "all is loaded", everything)
		stop()
		mustEqual(t, a, url, c.Head().Seq)
		c.Grow(150)
	}
}

// TestPoisonIsSetAside: what cannot become a row, whatever the reason, keeps its place and holds up nothing.
func TestPoisonIsSetAside(t *testing.T) {
	a, url := newHolding(t, archivePath(t)), database(t)
	c := grown("ISB-01", 1, 100)
	add(c, chain.Header{Subject: "a\x00b"}, []byte{0xa0})
	add(c, chain.Header{}, []byte{0xa2, 2, 0, 1, 0}) // keys that do not rise
	add(c, chain.Header{Stamp: clock.Stamp{Mono: 1 << 63}}, []byte{0xa0})
	c.Grow(100)
	a.bring(t, c, 64)
	w := loader(url, a)
	run(t, w)
	if s := await(t, w, "all is loaded", everything); s.Poison != 3 || s.Loaded != 203 {
		t.Errorf("state %+v", s)
	}
	mustEqual(t, a, url, 203)
}

// add appends a record with what a test wants in it.
func add(c *wiretest.Chain, h chain.Header, body []byte) {
	h.Stamp.Boot, h.Kind, h.Actor = max(h.Stamp.Boot, 1), "test.made/1", "test"
	c.AppendRecord(h, body)
}

// TestWhatPostgreSQLRefuses: a value that the loader thought good is found by halving, and set aside alone.
func TestWhatPostgreSQLRefuses(t *testing.T) {
	a, url := newHolding(t, archivePath(t)), database(t)
	a.bring(t, grown("ISB-01", 1, 50), 64)
	w := loader(url, a)
	stop := run(t, w)
	await(t, w, "all is loaded", everything)
	stop()
	sqlExec(t, url, `
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF NEW.seq IN (137, 138, 201) THEN RAISE EXCEPTION 'too odd' USING ERRCODE = '22P05'; END IF;
			RETURN NEW;
		END $$;
		CREATE TRIGGER refuse BEFORE INSERT ON markaz.record FOR EACH ROW EXECUTE FUNCTION refuse()`)
	other := grown("LHE-01", 1, 300)
	a.bring(t, other, 64)
	w = loader(url, a)
	run(t, w)
	if s := await(t, w, "all is loaded", everything); s.Poison != 3 {
		t.Errorf("state %+v", s)
	}
	mustEqual(t, a, url, 350)
}

// TestServerInTrouble: what is no matter of a value, as a full disk, is waited for and told, and nothing is set aside.
func TestServerInTrouble(t *testing.T) {
	a, url := newHolding(t, archivePath(t)), database(t)
	sqlExec(t, url, `
		CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100';
		END $$;
		CREATE TRIGGER full_disk BEFORE INSERT ON markaz.record FOR EACH ROW EXECUTE FUNCTION full_disk()`)
	a.bring(t, grown("ISB-01", 1, 100), 64)
	w := loader(url, a)
	run(t, w)
	s := await(t, w, "it tells", func(s State) bool { return strings.Contains(s.Reason, "no space left on device") })
	if s.Loading || s.Waiting != 100 {
		t.Errorf("state %+v", s)
	}
	sqlExec(t, url, "DROP TRIGGER full_disk ON markaz.record")
	if s := await(t, w, "all is loaded", everything); s.Poison != 0 {
		t.Errorf("state %+v", s)
	}
	mustEqual(t, a, url, 100)
}

// TestAnyTimeHasItsPlace: boxes believe in any year.
func TestAnyTimeHasItsPlace(t *testing.T) {
	a, url := newHolding(t, archivePath(t)), database(t)
	c := wiretest.New("ISB-01", 1)
	walls := []int64{
		0, -1, 1_767_225_600_000, 3_786_912_000_000, 4_102_444_800_000, wallMin, wallMin - 1, wallMax, wallMax + 1, -1 << 63, 1<<63 - 1,
	}
	for _, wall := range walls {
		add(c, chain.Header{Stamp: clock.Stamp{Wall: wall}}, []byte{0xa0})
	}
	a.bring(t, c, 64)
	w := loader(url, a)
	run(t, w)
	if s := await(t, w, "all is loaded", everything); s.Poison != 0 {
		t.Errorf("state %+v", s)
	}
	mustEqual(t, a, url, uint64(len(walls)))
	var months []string
	rows, err := connected(t, url).Query(context.Background(), "SELECT DISTINCT month::text FROM markaz.record ORDER BY 1")
	if err == nil {
		months, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if want := "2020-01-01 2026-01-01 2090-01-01 2099-12-01"; err != nil || strings.Join(months, " ") != want {
		t.Errorf("months %v, %v; want %s", months, err, want)
	}
}

// switched is an archive that can become another one, as when headquarters settles a fork, or can fail.
type switched struct {
	now     atomic.Pointer[holding]
	applied atomic.Uint64
	damaged atomic.Bool
}

func (s *switched) Applied() uint64         { return s.applied.Load() }
func (s *switched) Chains() []archive.Chain { return s.now.Load().Chains() }
func (s *switched) HashAt(in chain.Incarnation, seq uint64) (chain.Hash, error) {
	return s.now.Load().HashAt(in, seq)
}
func (s *switched) Records(in chain.Incarnation, after uint64) iter.Seq2[archive.Stored, error] {
	if s.damaged.Load() && in.Centre == "ISB-01" {
		return func(yield func(archive.Stored, error) bool) { yield(archive.Stored{}, archive.ErrDamaged) }
	}
	return s.now.Load().Records(in, after)
}

// TestReplacedEnd: a fork was settled the other way, longer, shorter or from the start, with poison on either side.
func TestReplacedEnd(t *testing.T) {
	for name, c := range map[string]struct{ keep, more int }{
		"longer": {120, 200}, "shorter": {120, 10}, "from the start": {0, 50},
	} {
		t.Run(name, func(t *testing.T) {
			old := grown("ISB-01", 1, 120)
			other := old.Clone(9)
			other.Truncate(uint64(c.keep))
			add(old, chain.Header{Subject: "a\x00b"}, []byte{0xa0})
			old.Grow(80)
			other.Grow(c.more)
			a := &switched{}
			replace(t, a, old)
			url := database(t)
			w := loader(url, a)
			run(t, w)
			await(t, w, "the first branch is loaded", everything)
			mustEqual(t, a, url, 201+30)
			replace(t, a, other)
			s := await(t, w, "the other branch is loaded", func(s State) bool { return s.Rewinds == 1 && everything(s) })
			if s.Poison != 0 || s.Loaded != other.Head().Seq+30 {
				t.Errorf("state %+v", s)
			}
			mustEqual(t, a, url, other.Head().Seq+30)
		})
	}
}

// TestArchiveThatLacks: an old backup of the archive was put back. Nothing is taken out of PostgreSQL for that, until the
// chain goes on differently; and when it goes on as before, it is loaded on from where it stood.
func TestArchiveThatLacks(t *testing.T) {
	for name, seed := range map[string]uint64{"the box sends it again": 0, "another end comes": 9} {
		t.Run(name, func(t *testing.T) {
			whole := grown("ISB-01", 1, 100)
			old := whole.Clone(seed)
			old.Truncate(60)
			a, url := &switched{}, database(t)
			replace(t, a, whole)
			w := loader(url, a)
			run(t, w)
			await(t, w, "all is loaded", everything)
			replace(t, a, old)
			s := await(t, w, "it says so", func(s State) bool {
				return len(s.Chains) == 1 && strings.HasPrefix(s.Chains[0].Trouble, ErrLacks.Error())
			})
			if d := compare(t, a, url); s.Loaded != 130 || d.Extra != 40 || d.Same != 90 {
				t.Errorf("state %+v, difference %+v", s, d)
			}
			next, rewinds := old, 1
			if seed == 0 {
				next, rewinds = whole, 0
			}
			next.Grow(50)
			replace(t, a, next)
			s = await(t, w, "all is loaded", func(s State) bool { return everything(s) && s.Loaded == next.Head().Seq+30 })
			if s.Rewinds != rewinds || len(s.Chains) != 0 {
				t.Errorf("state %+v", s)
			}
			mustEqual(t, a, url, next.Head().Seq+30)
		})
	}
}

// replace makes the archive one with this chain and a second, untouched one.
func replace(t *testing.T, a *switched, c *wiretest.Chain) {
	t.Helper()
	h := newHolding(t, archivePath(t))
	h.bring(t, c, 32)
	h.bring(t, grown("LHE-01", 4, 30), 32)
	a.now.Store(h)
	a.applied.Add(1)
}

// TestOldArchiveWaits: a node that is behind the one that loaded last neither takes anything back nor brings anything.
func TestOldArchiveWaits(t *testing.T) {
	old := grown("ISB-01", 1, 100)
	other := old.Clone(9)
	other.Truncate(50)
	other.Grow(20)
	a, url := &switched{}, database(t)
	replace(t, a, other)
	a.applied.Store(10)
	w := loader(url, a)
	stop := run(t, w)
	await(t, w, "all is loaded", everything)
	stop()
	behind := &switched{}
	replace(t, behind, old)
	w = loader(url, behind)
	run(t, w)
	await(t, w, "it says that it is behind", func(s State) bool { return strings.HasPrefix(s.Reason, ErrBehind.Error()) })
	mustEqual(t, a, url, 100)
	replace(t, behind, other)
	behind.applied.Store(10)
	await(t, w, "it caught up", everything)
}

// TestOneLoads: of two nodes one loads and the other tells so, until the first is gone.
func TestOneLoads(t *testing.T) {
	a, url := newHolding(t, archivePath(t)), database(t)
	c := grown("ISB-01", 1, 100)
	a.bring(t, c, 64)
	first, second := loader(url, a), loader(url, a)
	stop := run(t, first)
	await(t, first, "the first loads", everything)
	run(t, second)
	s := await(t, second, "the second looks on", func(s State) bool { return s.Reason == ErrOther.Error() && s.Known && s.Waiting == 0 })
	if s.Loading {
		t.Error("both load")
	}
	stop()
	c.Grow(100)
	a.bring(t, c, 64)
	await(t, second, "the second loads", everything)
	mustEqual(t, a, url, 200)
}

// TestWithoutPostgreSQL: headquarters works and says what waits, whether nothing is configured or nobody answers.
func TestWithoutPostgreSQL(t *testing.T) {
	a := newHolding(t, archivePath(t))
	a.bring(t, grown("ISB-01", 1, 100), 64)
	for url, reason := range map[string]string{
		"": ErrUnset.Error(), "postgres://u:secret-word@/markaz?host=" + t.TempDir(): "connect to PostgreSQL",
		"postgres://u:secret-word@/markaz?host=/tmp&port=nonsense": "read the warehouse's URL", "a file": "read the warehouse's URL from its file",
	} {
		w := loader(url, a)
		if url == "a file" {
			w.URL, w.URLFile = "", filepath.Join(t.TempDir(), "none.secret")
		}
		stop := run(t, w)
		s := await(t, w, reason, func(s State) bool { return strings.HasPrefix(s.Reason, reason) })
		if s.Loading || s.Known || s.Waiting != 100 || len(s.Chains) != 1 || strings.Contains(s.Reason, "secret-word") {
			t.Errorf("%q: state %+v", url, s)
		}
		stop()
	}
}

// TestEncoding: a database that cannot hold every text is named before anything is written.
func TestEncoding(t *testing.T) {
	a := newHolding(t, archivePath(t))
	sqlExec(t, server(t).URL("postgres"), "DROP DATABASE IF EXISTS latin") // of a run before, in the same process
	sqlExec(t, server(t).URL("postgres"), "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
	w := loader(server(t).URL("latin"), a)
	run(t, w)
	await(t, w, "it says what is wrong", func(s State) bool { return strings.HasPrefix(s.Reason, ErrEncoding.Error()) })
}

// TestDamagedChainHoldsUpNoOther: what the archive cannot read is named, everything else goes on, and it goes on itself
// once it can be read.
func TestDamagedChainHoldsUpNoOther(t *testing.T) {
	a, url := &switched{}, database(t)
	a.damaged.Store(true)
	replace(t, a, grown("ISB-01", 1, 100))
	w := loader(url, a)
	run(t, w)
	s := await(t, w, "the other chain is loaded", func(s State) bool { return s.Loaded == 30 && len(s.Chains) == 1 && s.Chains[0].Trouble != "" })
	if s.Chains[0].Waiting != 100 || !strings.HasPrefix(s.Chains[0].Chain, "ISB-01/") {
		t.Errorf("state %+v", s)
	}
	a.damaged.Store(false)
	if s := await(t, w, "all is loaded", everything); len(s.Chains) != 0 {
		t.Errorf("state %+v", s)
	}
}

// TestEmpty: whoever empties the tables under a node that runs gets everything anew.
func TestEmpty(t *testing.T) {
	a, url := newHolding(t, archivePath(t)), database(t)
	a.bring(t, grown("ISB-01", 1, 500), 64)
	w := loader(url, a)
	run(t, w)
	await(t, w, "all is loaded", everything)
	sqlExec(t, url, "CREATE TABLE emptied AS SELECT DISTINCT chain FROM markaz.chain")
	if err := Empty(context.Background(), connected(t, url)); err != nil {
		t.Fatal(err)
	}
	c := connected(t, url)
	deadline := time.Now().Add(time.Minute)
	for n := 0; n != 1; { // the chain has another name now
		if err := c.QueryRow(context.Background(), `
			SELECT count(*) FROM markaz.cursor WHERE seq = 500 AND chain NOT IN (SELECT chain FROM emptied)`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing is loaded anew")
		}
	}
	mustEqual(t, a, url, 500)
}

// TestCompareFinds: the judge of everything else here sees what it has to see.
func TestCompareFinds(t *testing.T) {
	a, url := newHolding(t, archivePath(t)), database(t)
	c := grown("ISB-01", 1, 100)
	add(c, chain.Header{Subject: "a\x00b"}, []byte{0xa0})
	a.bring(t, c, 64)
	w := loader(url, a)
	stop := run(t, w)
	await(t, w, "all is loaded", everything)
	stop()
	for sql, want := range map[string]Difference{
		"SELECT": {Same: 101},
		"DELETE FROM markaz.record WHERE seq = 40":  {Same: 100, Missing: 1},
		"DELETE FROM markaz.record WHERE seq = 100": {Same: 100, Missing: 1},
		`CREATE TABLE markaz.record_2030_01 PARTITION OF markaz.record FOR VALUES FROM ('2030-01-01') TO ('2030-02-01');
		 INSERT INTO markaz.record (seq, wall, boot, mono, chain, month, grade, hash, kind, actor, subject, body)
		 SELECT seq, wall, boot, mono, chain, '2030-01-01', grade, hash, kind, actor, subject, body FROM markaz.record WHERE seq = 40`: {Same: 101, Twice: 1},
		"UPDATE markaz.record SET seq = 500 WHERE seq = 40":                            {Same: 100, Missing: 1, Extra: 1},
		"UPDATE markaz.record SET hash = '' WHERE seq = 40":                            {Same: 100, Changed: 1},
		"UPDATE markaz.record SET wall = wall + '1 ms' WHERE seq = 40":                 {Same: 100, Changed: 1},
		"UPDATE markaz.record SET wall = 'infinity' WHERE seq = 40":                    {Same: 100, Changed: 1},
		"UPDATE markaz.record SET grade = 0 WHERE seq = 40":                            {Same: 100, Changed: 1},
		"UPDATE markaz.record SET subject = '' WHERE seq = 40":                         {Same: 100, Changed: 1},
		`UPDATE markaz.record SET body = jsonb_set(body, '{8}', '8.0') WHERE seq = 40`: {Same: 100, Changed: 1},
		"UPDATE markaz.poison SET stored = stored || '\\x00'":                          {Same: 100, Changed: 1},
		"DELETE FROM markaz.poison":                                                    {Same: 100, Missing: 1, Changed: 1},
		"UPDATE markaz.cursor SET seq = 99":                                            {Same: 99, Extra: 2, Changed: 1},
		"UPDATE markaz.chain SET centre = 'QTA-01'":                                    {Waiting: 101, Extra: 101},
	} {
		t.Run(sql, func(t *testing.T) {
			got := comparedAfter(t, a, url, sql)
			if got.First = nil; fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

// comparedAfter changes the tables, compares, and changes them back.
func comparedAfter(t *testing.T, a Archive, url, sql string) (d Difference) {
	t.Helper()
	ctx, c := context.Background(), connected(t, url)
	if _, err := c.Exec(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ; "+sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
	d, err := Compare(ctx, a, c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
