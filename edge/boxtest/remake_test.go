package boxtest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/box"
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
	config hq.Config
	list   string
	*hq.HQ
	down func()
}

func newSeat(t testing.TB) *seat {
	t.Helper()
	dir := t.TempDir()
	a, err := roster.NewAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	cert, err := a.IssueHQ([]string{"hq.test"}, time.Now())
	issuer, err2 := a.IssueIssuer(time.Now())
	s := &seat{list: filepath.Join(dir, "roster.toml"), config: hq.Config{
		Name: "hq-1", Dir: filepath.Join(dir, "data"), Roster: filepath.Join(dir, "roster.toml"), Certificates: filepath.Join(dir, "tls"),
		Road: "127.0.0.1:0", Page: "127.0.0.1:0", Enrolment: &hq.Enrolment{Issuer: filepath.Join(dir, "issuer")},
	}}
	err = errors.Join(err, err2, a.SaveHQ(s.config.Certificates, cert), a.SaveIssuer(s.config.Enrolment.Issuer, issuer),
		os.WriteFile(s.list, []byte(listed), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	s.up(t)
	return s
}

func (s *seat) up(t testing.TB) {
	t.Helper()
	var err error
	if s.HQ, err = hq.Open(s.config, slog.New(slog.NewTextHandler(t.Output(), nil))); err != nil {
		t.Fatal(err)
	}
	s.config.Road = s.Road().String()
	s.down = Run(t, s.HQ.Run)
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
	if err := s.call(t, hq.VerbEnrol, registrar.Order{Centre: "ISB-01", Replace: replace, By: "test"}, &given); err != nil {
		t.Fatal(err)
	}
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
	got, err := box.Enrol(t.Context(), c, quietly(t), box.Enrolment{Code: s.code(t, replace), Replace: replace})
	if err != nil {
		t.Fatal(err)
	}
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
	stop := Run(t, l.Run)
	f := &desk.Floor{Ledger: l, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), Catalogue: desk.Catalogue{Services: []desk.Service{
		{Code: "kafaalat", Letter: "K", NameEn: "Kafaalat stipend", NameUr: "کفالت وظیفہ", Room: "1"},
		{Code: "nashonuma", Letter: "N", NameEn: "Nashonuma", NameUr: "نشوونما", Room: "2"},
	}}}
	var kiosks sync.WaitGroup
	for i := range 16 {
		kiosks.Go(func() {
			for range visits / 16 {
				if _, err := f.Ask(t.Context(), "kiosk/1", []id.Service{f.Catalogue.Services[i%2].Code}, "ur"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	kiosks.Wait()
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
	lost = Config(t.TempDir())
	lost.Devices = nil
	s.place(&lost, t.TempDir())
	s.enrol(t, lost, false)
	fill(t, lost, visits)
	file = filepath.Join(lost.Data, "ledger.db")
	at, _ := state(t, file)
	b := &Box{Config: lost}
	b.Up(t)
	b.Await(t, "headquarters to hold it all", func() bool { return s.holds(t, at.Seq+1) }) // and the record of the start
	b.Down()
	return file, lost
}

// anew is the configuration of a new box in the place of a lost one, enrolled to replace it.
func anew(t testing.TB, s *seat) box.Config {
	t.Helper()
	c := Config(t.TempDir())
	c.Devices = nil
	s.place(&c, t.TempDir())
	s.enrol(t, c, true)
	return c
}

func TestALostBoxIsMadeAnew(t *testing.T) {
	s := newSeat(t)
	file, lost := lose(t, s, 1500)
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
	b := &Box{Config: c}
	b.Up(t)
	b.Await(t, "headquarters to hold what the new box wrote", func() bool { return s.holds(t, head.Seq+1) })
	b.Down()
	now := s.standing(t)
	if len(now.Chains) != 1 || now.Chains[0].Chain != in.String() || !now.Replaced {
		t.Errorf("headquarters has %+v", now)
	}

	// The old box comes back and is refused; nothing of it is taken.
	before := s.standing(t).Chains[0].Records
	identity, err := roster.ClientTLS(lost.Headquarters.Identity, "hq.test", roster.MachineClock)
	if err != nil {
		t.Fatal(err)
	}
	_, err = link.Dialer{URL: "wss://" + s.config.Road + link.Path, TLS: identity}.Dial(t.Context())
	if !errors.Is(err, link.ErrRefused) || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("the old box dials: %v", err)
	}
	if after := s.standing(t).Chains[0].Records; after != before {
		t.Errorf("headquarters took %d records of the old box", after-before)
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
