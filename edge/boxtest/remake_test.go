package boxtest_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/berth/berthtest"
	"markaz.example/edge/box"
	"markaz.example/edge/boxtest"
	"markaz.example/edge/chain"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/sync/archive"
	"markaz.example/sync/enrol"
	"markaz.example/sync/hq"
	"markaz.example/sync/link"
	"markaz.example/sync/recall"
	"markaz.example/sync/registrar"
	"markaz.example/sync/roster"
)

const listed = `
[[centre]]
code = "ISB-01"
name = "Islamabad G-9"
name_ur = "اسلام آباد جی نائن"
district = "Islamabad"
`

// seat is a headquarters with an issuer, on this machine.
type seat struct {
	config    hq.Config
	list      string
	authority *roster.Authority
	*hq.HQ
	down func()
}

func newSeat(t testing.TB) *seat {
	t.Helper()
	return newSeatOf(t, listed)
}

func newSeatOf(t testing.TB, centres string) *seat {
	t.Helper()
	dir := t.TempDir()
	s := &seat{list: filepath.Join(dir, "roster.toml"), config: hq.Config{
		Name: "hq-1", Dir: filepath.Join(dir, "data"), Roster: filepath.Join(dir, "roster.toml"), Certificates: filepath.Join(dir, "tls"),
		Road: berthtest.Address(t), Page: "127.0.0.1:0", Enrolment: &hq.Enrolment{Issuer: filepath.Join(dir, "issuer")},
	}}
	if err := os.WriteFile(s.list, []byte(centres), 0o600); err != nil {
		t.Fatal(err)
	}
	s.found(t, time.Now())
	s.up(t)
	return s
}

// found makes an authority, and under it headquarters' certificate and the issuer's.
func (s *seat) found(t testing.TB, when time.Time) {
	t.Helper()
	var err error
	if s.authority, err = roster.NewAuthority(when); err != nil {
		t.Fatal(err)
	}
	cert, err := s.authority.IssueHQ([]string{"hq.test"}, when)
	issuer, err2 := s.authority.IssueIssuer(when)
	err = errors.Join(err, err2, s.authority.SaveHQ(s.config.Certificates, cert), s.authority.SaveIssuer(s.config.Enrolment.Issuer, issuer))
	if err != nil {
		t.Fatal(err)
	}
}

func (s *seat) up(t testing.TB) {
	t.Helper()
	var err error
	if s.HQ, err = hq.Open(s.config, slog.New(slog.NewTextHandler(t.Output(), nil))); err != nil {
		t.Fatal(err)
	}
	s.down = boxtest.Run(t, s.HQ.Run)
	<-s.Ready()
}

// call asks for a verb at the admin door, as markaz-hq does.
func (s *seat) call(t testing.TB, verb string, in, out any) error {
	t.Helper()
	return hq.NewAdminClient(s.config).Call(t.Context(), "POST", verb, in, out)
}

// code is a one-time code, read out and typed.
func (s *seat) code(t testing.TB, replace bool) enrol.Code {
	t.Helper()
	var given registrar.Issued
	persist(t, "a code", func() error {
		return s.call(t, hq.VerbEnrol, registrar.Order{Centre: "ISB-01", Replace: replace, By: "test"}, &given)
	})
	code, err := enrol.ParseCode(strings.ToLower(given.Code))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// held is what headquarters holds of the centre's only chain.
func (s *seat) standing(t testing.TB) registrar.Standing {
	t.Helper()
	var out registrar.Standing
	if err := s.call(t, hq.VerbCentre, hq.CentreQuestion{Centre: "ISB-01"}, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// place makes the box one of that headquarters.
func (s *seat) place(c *box.Config, dir string) {
	c.Headquarters = &box.Headquarters{
		Address: s.config.Road, Name: "hq.test", DialMax: 1, Identity: filepath.Join(dir, "tls"),
	}
}

func (s *seat) enrol(t testing.TB, c box.Config, replace bool) box.Enrolled {
	t.Helper()
	return enrolled(t, c, box.Enrolment{Code: s.code(t, replace), Replace: replace})
}

// enrolled enrols a box, as a person does whom headquarters tells that it is busy.
func enrolled(t testing.TB, c box.Config, with box.Enrolment) (got box.Enrolled) {
	t.Helper()
	persist(t, "a box to be enrolled", func() (err error) {
		got, err = box.Enrol(t.Context(), c, quietly(t), with)
		return err
	})
	return got
}

func quietly(t testing.TB) box.Options {
	return box.Options{Software: "markaz test", Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
}

// fill lets so many people ask for a number, on a ledger whose box is down.
func fill(t testing.TB, c box.Config, visits int) {
	t.Helper()
	l, err := ledger.Open(filepath.Join(c.Data, "ledger.db"), ledger.Options{Books: box.Books(), Software: "markaz test"})
	if err != nil {
		t.Fatal(err)
	}
	stop := boxtest.Run(t, l.Run)
	catalogue := desk.Catalogue{}
	for i, letter := range []string{"A", "B", "C", "D", "E", "F", "G", "H"} { // a letter has 999 numbers a day
		catalogue.Services = append(catalogue.Services, desk.Service{
			Code: id.Service(fmt.Sprintf("service-%d", i)), Letter: letter, NameEn: "Service " + letter, NameUr: "خدمت", Room: "1",
		})
	}
	f := &desk.Floor{Ledger: l, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), Catalogue: catalogue}
	var asking sync.WaitGroup
	for i := range kiosks {
		asking.Go(func() {
			for range visits / kiosks {
				if _, err := f.Ask(t.Context(), desk.Asking{Actor: "kiosk/1", Services: []id.Service{catalogue.Services[i%8].Code}, Lang: "ur"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	asking.Wait()
	stop()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// state is a closed ledger: its head, the newest that headquarters confirmed, and each view row by row.
func state(t testing.TB, file string) (head chain.Position, views string) {
	t.Helper()
	l, err := ledger.OpenReadOnly(file, box.Books())
	if err != nil {
		t.Fatal(err)
	}
	head = l.Acknowledged()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(file, 0o600, &bolt.Options{ReadOnly: true})
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
	return head, out.String()
}

// holds reports whether headquarters has the only chain up to a record.
func (s *seat) holds(t testing.TB, seq uint64) bool {
	t.Helper()
	chains := s.standing(t).Chains
	return len(chains) == 1 && chains[0].Records >= seq
}

// lose makes a box that was enrolled, has served and is gone: headquarters holds all of it.
func lose(t testing.TB, s *seat, visits int) (file string, lost box.Config) {
	t.Helper()
	lost = boxtest.Config(t.TempDir())
	lost.Devices = nil
	s.place(&lost, t.TempDir())
	s.enrol(t, lost, false)
	file = filepath.Join(lost.Data, "ledger.db")
	rounds := min(outages, visits/kiosks)
	for range rounds {
		fill(t, lost, visits/rounds)
		at, _ := state(t, file)
		b := &boxtest.Box{Config: lost}
		b.Up(t)
		b.Await(t, "headquarters to hold it all", func() bool { return s.holds(t, at.Seq+1) }) // and the record of the start
		b.Down()
	}
	return file, lost
}

// kiosks ask at once; each asks as often as the others.
const kiosks = 16

// outages are how often a lost box had been cut off: after each its records went up in batches of their own.
const outages = 6

// anew is the configuration of a new box in the place of a lost one, enrolled to replace it.
func anew(t testing.TB, s *seat) box.Config {
	t.Helper()
	c := boxtest.Config(t.TempDir())
	c.Devices = nil
	s.place(&c, t.TempDir())
	s.enrol(t, c, true)
	return c
}

func TestALostBoxIsMadeAnew(t *testing.T) {
	t.Parallel()
	s := newSeat(t)
	file, lost := lose(t, s, 800)
	head, views := state(t, file)
	c := anew(t, s)
	var told recall.Progress
	in, at, err := box.Restore(t.Context(), c, quietly(t), box.Telling{Reading: func(p recall.Progress) { told = p }})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d records read back, the lost box had %d", in, at.Seq, head.Seq)
	if told.Done != at.Seq || told.Total != at.Seq || told.Bytes == 0 {
		t.Errorf("told %+v at the end, want %d records of as many", told, at.Seq)
	}
	again, got := state(t, filepath.Join(c.Data, "ledger.db"))
	if again != head || got != views {
		t.Errorf("the new ledger ends at %s, the lost one at %s; the same views: %v", again, head, got == views)
	}

	// It serves, and its records reach headquarters as the same chain.
	b := &boxtest.Box{Config: c}
	b.Up(t)
	b.Await(t, "headquarters to hold what the new box wrote", func() bool { return s.holds(t, head.Seq+1) })
	b.Down()
	now := s.standing(t)
	if len(now.Chains) != 1 || now.Chains[0].Chain != in.String() || !now.Replaced {
		t.Errorf("headquarters has %+v", now)
	}

	// The old box comes back and is refused.
	identity, err := identityOf(t, lost).ClientTLS("hq.test", roster.MachineClock)
	if err != nil {
		t.Fatal(err)
	}
	_, err = link.Dialer{URL: "wss://" + s.config.Road + link.Path, TLS: identity}.Dial(t.Context())
	if !errors.Is(err, link.ErrRefused) || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("the old box dials: %v", err)
	}

	s.down()
	verify(t, s.config, 2)
}

// verify checks headquarters' archive to the last signature, and that so many keys signed the chain.
func verify(t testing.TB, c hq.Config, keys int) {
	t.Helper()
	a, err := archive.OpenReadOnly(hq.ArchivePath(c))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.Verify(t.Context(), nil); err != nil {
		t.Error(err)
	}
	for _, k := range a.Chains() {
		if len(k.Keys) != keys || k.Forks != 0 {
			t.Errorf("%s has %d keys and %d forks, want %d and none", k.Incarnation, len(k.Keys), k.Forks, keys)
		}
	}
}

// blockRecords is how many rows an import gathers before it keeps them as a block.
const blockRecords = 2048

// newValve is the address of a proxy that lets so many bytes through towards the box, and then nothing more.
func newValve(t testing.TB, to string, bytes int64, passed *atomic.Int64) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var parts sync.WaitGroup
	t.Cleanup(func() { l.Close(); parts.Wait() })
	parts.Go(func() {
		box, err := l.Accept()
		if err != nil {
			return
		}
		defer box.Close()
		hq, err := net.Dial("tcp", to)
		if err != nil {
			return
		}
		parts.Go(func() {
			_, _ = io.Copy(hq, box)
			hq.Close()
		})
		_, _ = io.CopyN(io.MultiWriter(box, counter{passed}), hq, bytes)
		_, _ = io.Copy(io.Discard, hq) // until the box is gone
	})
	return l.Addr().String()
}

// counter counts what is written to it.
type counter struct{ n *atomic.Int64 }

func (c counter) Write(b []byte) (int, error) { c.n.Add(int64(len(b))); return len(b), nil }

// valved is a box whose line has a valve.
type valved struct {
	box.Config
	passed *atomic.Int64 // bytes that came through
}

func through(t testing.TB, c box.Config, to string, bytes int64) valved {
	t.Helper()
	v := valved{c, new(atomic.Int64)}
	hq := *c.Headquarters
	hq.Address = newValve(t, to, bytes, v.passed)
	v.Headquarters = &hq
	return v
}

// A restoration that is killed goes on where it was, and ends with the same ledger.
func TestRestorationIsKilled(t *testing.T) {
	t.Parallel()
	s := newSeat(t)
	file, _ := lose(t, s, 2400)
	head, views := state(t, file)
	whole := through(t, anew(t, s), s.config.Road, 1<<30)
	if _, _, err := box.Restore(t.Context(), whole.Config, quietly(t), box.Telling{}); err != nil {
		t.Fatal(err)
	}
	c := anew(t, s)
	cut := through(t, c, s.config.Road, whole.passed.Load()*3/4).Config
	kill := process(t, cut, workRestore)
	(&boxtest.Box{}).Await(t, "a block of records to be kept", func() bool {
		b, _ := os.ReadFile(filepath.Join(c.Data, readSoFar)) // half written or not there: look again
		read, _ := strconv.Atoi(string(b))
		return read > blockRecords
	})
	kill()

	copied := filepath.Join(c.Data, "ledger.db")
	in, some, err := ledger.Unfinished(copied)
	if err != nil || !some {
		t.Fatalf("nothing unfinished is there: %v", err)
	}
	i, err := ledger.Import(copied, in)
	if err != nil {
		t.Fatal(err)
	}
	kept := i.Imported().At.Seq
	if err := i.Close(); err != nil {
		t.Fatal(err)
	}
	if kept == 0 || kept >= head.Seq {
		t.Fatalf("the process was not killed in the middle: %d of %d records were kept", kept, head.Seq)
	}
	first := uint64(0)
	_, at, err := box.Restore(t.Context(), c, quietly(t), box.Telling{Reading: func(p recall.Progress) {
		if first == 0 {
			first = p.Done
		}
	}})
	if err != nil || at != head || first != kept {
		t.Fatalf("went on after %d to %s, %v; want after %d to %s", first, at, err, kept, head)
	}
	if _, got := state(t, copied); got != views {
		t.Error("the views are others than the lost box's")
	}
}

// What waited to be printed on the lost box may be out: a box made anew prints none of it by itself.
func TestRestoredBoxPrintsNoOldSlip(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		forget bool // the mark of the restoration: the control
		slips  int
		token  id.Token // of the first, whom the lost box may have given the same number without it
	}{"restored": {false, 1, "K501"}, "control": {true, 17, "K001"}} {
		t.Run(name, func(t *testing.T) {
			s := newSeat(t)
			lose(t, s, 16)
			b := boxtest.New(t, 200)
			s.place(&b.Config, t.TempDir())
			s.enrol(t, b.Config, true)
			if _, _, err := box.Restore(t.Context(), b.Config, quietly(t), box.Telling{}); err != nil {
				t.Fatal(err)
			}
			if c.forget {
				if err := os.Remove(filepath.Join(b.Config.Data, "restored")); err != nil {
					t.Fatal(err)
				}
			}
			b.Up(t)
			v := visitor{t, b.URL, b.Browser()}
			if s := v.await(b, v.ask("kafaalat"), desk.SlipInHand); s.Token != c.token { // it comes out behind those that waited
				t.Errorf("the first number is %s, want %s", s.Token, c.token)
			}
			if got := len(b.Slips()); got != c.slips {
				t.Errorf("%d slips came out, want %d", got, c.slips)
			}
			if f := v.figures(); !c.forget && f.Uncertain != 16 {
				t.Errorf("%d slips wait for people, want 16", f.Uncertain)
			}
		})
	}
}

// A box that has a ledger is not overwritten, and one that was not enrolled says so.
func TestRestoreLooksFirst(t *testing.T) {
	t.Parallel()
	s := newSeat(t)
	_, lost := lose(t, s, 16)
	if _, _, err := box.Restore(t.Context(), lost, quietly(t), box.Telling{}); !errors.Is(err, box.ErrHasLedger) {
		t.Errorf("over a ledger: got %v", err)
	}
	if _, err := box.Enrol(t.Context(), lost, quietly(t), box.Enrolment{Code: s.code(t, true), Replace: true}); !errors.Is(err, box.ErrHasLedger) {
		t.Errorf("enrolled to replace itself: got %v", err)
	}
	c := boxtest.Config(t.TempDir())
	s.place(&c, t.TempDir())
	if _, _, err := box.Restore(t.Context(), c, quietly(t), box.Telling{}); !errors.Is(err, box.ErrNotEnrolled) {
		t.Errorf("not enrolled: got %v", err)
	}
	s.enrol(t, c, true)
	if err := os.RemoveAll(c.Headquarters.Identity); err != nil {
		t.Fatal(err)
	}
	if _, _, err := box.Restore(t.Context(), c, quietly(t), box.Telling{}); !errors.Is(err, box.ErrNotEnrolled) {
		t.Errorf("without its certificate: got %v", err)
	}
	s.enrol(t, c, true)
	shut := registrar.Revocation{Centre: "ISB-01", Why: "it was stolen on the way", By: "test"}
	if err := s.call(t, hq.VerbRevoke, shut, nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := box.Restore(t.Context(), c, quietly(t), box.Telling{}); !errors.Is(err, recall.ErrRefused) || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("revoked: got %v", err)
	}
	c.Headquarters = nil
	if _, err := box.Enrol(t.Context(), c, quietly(t), box.Enrolment{}); !errors.Is(err, box.ErrNoHeadquarters) {
		t.Errorf("without headquarters: got %v", err)
	}
}
