package boxtest_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"markaz.example/edge/box"
	"markaz.example/edge/boxtest"
	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/doctor"
	"markaz.example/edge/ledger"
	"markaz.example/sync/enrol"
	"markaz.example/sync/roster"
)

// uselessClocks are what a machine may show after a night without a battery, or with a broken one.
var uselessClocks = map[string]time.Time{"1970": time.Unix(0, 0), "2038": time.Unix(1<<31, 0), "2106": time.Unix(1<<32, 0)}

// atOnce is a printer that takes 20 ms for a slip.
const atOnce = 200

// A box whose clock is of no use is enrolled, serves, prints, and sends its ledger; every stamp of it is placed, those
// before it was told the time too. So does one that comes back in 1970 after it knew the time.
func TestBoxWithAClockOfNoUse(t *testing.T) {
	t.Parallel()
	for name, wall := range uselessClocks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			s := newSeat(t)
			b := boxtest.New(t, atOnce)
			s.place(&b.Config, t.TempDir())
			b.Source = fixed{wall, began}
			o := quietly(t)
			o.Source = b.Source
			if _, err := box.Enrol(t.Context(), b.Config, o, box.Enrolment{Code: s.code(t, false)}); err != nil {
				t.Fatal(err)
			}
			s.serves(t, b, "kafaalat", 1)
			b.Source = fixed{time.Unix(0, 0), time.Now()}
			s.serves(t, b, "nashonuma", 2)
			placed(t, b.Config, began)
		})
	}
}

// serves starts a box, lets it give a number on paper and send everything, and stops it.
func (s *seat) serves(t *testing.T, b *boxtest.Box, service string, papers int) {
	t.Helper()
	b.Up(t)
	defer b.Down()
	v := at(t, b)
	v.await(b, v.ask(service), desk.SlipInHand)
	if got := len(b.Slips()); got != papers {
		t.Errorf("%d papers, want %d", got, papers)
	}
	b.Await(t, "headquarters to hold what the time was told in", func() bool {
		chains := s.standing(t).Chains
		return len(chains) == 1 && chains[0].Records >= uint64(papers)*6 // a start, a day or a time, a number, four of its paper
	})
}

// placed looks whether every record of a box was made when its place says.
func placed(t *testing.T, c box.Config, began time.Time) {
	t.Helper()
	l, err := ledger.OpenReadOnly(filepath.Join(c.Data, "ledger.db"), box.Books())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	raw, err := l.Read(0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	err = l.View(t.Context(), func(snap ledger.Snapshot) error {
		for _, b := range raw {
			r, err := chain.Decode(b)
			if err != nil {
				return err
			}
			wall, exact := ledger.Place(snap, r.Stamp)
			if at := time.UnixMilli(wall); !exact || at.Before(began.Add(-time.Second)) || at.After(time.Now().Add(time.Second)) {
				t.Errorf("record %d of boot %d is placed at %s, exact %v", r.Seq, r.Stamp.Boot, at, exact)
			}
			if r.Stamp.Grade < clock.Network && r.Stamp.Time().Before(began.AddDate(0, 0, -1)) {
				wrong++
			}
		}
		return nil
	})
	if err != nil || wrong == 0 {
		t.Errorf("%v; %d records of %d bear a wrong time: there was nothing to repair", err, wrong, len(raw))
	}
}

// Headquarters has another certificate since a box last knew the time: a floor of its own records is not enough, and the
// ordinary verification fails on it.
func TestHeadquartersRenewedMeanwhile(t *testing.T) {
	t.Parallel()
	s := newSeat(t)
	b := boxtest.New(t, atOnce)
	s.place(&b.Config, t.TempDir())
	s.enrol(t, b.Config, false)
	s.down()
	past := time.Now().AddDate(0, 0, -60)
	b.Source = fixed{past, time.Now()}
	b.Up(t)
	v := at(t, b)
	v.await(b, v.ask("kafaalat"), desk.SlipInHand)
	b.Down()

	s.up(t)
	if _, err := shake(t, s, b.Config, func() (time.Time, bool) { return past, true }); !isExpired(err) {
		t.Errorf("the control: the ordinary verification at the floor gives %v", err)
	}
	b.Source = fixed{time.Unix(0, 0), time.Now()}
	s.serves(t, b, "nashonuma", 2)
}

// shake shakes hands with headquarters as a box that knows the time as the clock says.
func shake(t *testing.T, s *seat, c box.Config, now roster.Clock) (*tls.Conn, error) {
	t.Helper()
	secret, err := identityOf(t, c).ClientTLS("hq.test", now)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := tls.Dial("tcp", s.config.Road, secret)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err = conn.Write([]byte("GET / HTTP/1.0\r\n\r\n")); err == nil {
		_, err = conn.Read(make([]byte, 1)) // whether the certificate was taken is told behind the handshake
	}
	return conn, err
}

func isExpired(err error) bool {
	invalid, ok := errors.AsType[x509.CertificateInvalidError](err)
	return ok && invalid.Reason == x509.Expired // x509's word for what is not valid yet, too
}

// A box comes back after an outage with the certificate that it left with. After 90 days it is let in and renews at
// leisure; after 400 it is not, and renews with proof of its keys and its ledger. Whoever has its certificate and key, and
// a ledger of their own, is refused after either.
func TestBackAfterALongOutage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		age   int // of the certificate, in days
		letIn bool
	}{
		// It was renewed or made at most half of its life before the box went off.
		"off for 90 days":  {100 + 90, true},
		"off for 400 days": {100 + 400, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSeat(t)
			s.age(t, c.age)
			b := boxtest.New(t, atOnce)
			s.place(&b.Config, t.TempDir())
			dir := b.Config.Headquarters.Identity
			if err := s.authority.SaveBox(dir, s.made(t, time.Now())); err != nil {
				t.Fatal(err)
			}
			s.serves(t, b, "kafaalat", 1)
			old := s.aged(t, dir, c.age)
			unset := func() (time.Time, bool) { return time.Unix(0, 0), false }
			if _, err := shake(t, s, b.Config, unset); (err == nil) != c.letIn {
				t.Errorf("with the certificate it left with: %v, want let in %v", err, c.letIn)
			}
			thief := boxtest.New(t, atOnce)
			s.place(&thief.Config, t.TempDir())
			thief.Config.Headquarters.Identity, thief.Config.Centre = dir, b.Config.Centre
			alone := *thief.Config.Headquarters
			thief.Config.Headquarters = nil // it begins a ledger
			thief.Up(t)
			thief.Down()
			thief.Config.Headquarters = &alone
			if err := renew(t, s, b.Config, thief.Config, unset); !errors.Is(err, enrol.ErrRefused) {
				t.Errorf("a thief without the ledger: %v", err)
			}
			if err := renew(t, s, b.Config, b.Config, unset); err != nil {
				t.Fatalf("the box: %v", err)
			}
			fresh, err := identityOf(t, b.Config).Open("hq.test", unset)
			if err != nil || fresh.Pair().Cert.Equal(old.Cert) || time.Until(fresh.Pair().Cert.NotAfter) < 190*24*time.Hour {
				t.Errorf("the certificate ends on %s, %v", fresh.Pair().Cert.NotAfter, err)
			}
			b.Source = fixed{time.Unix(0, 0), time.Now()}
			s.serves(t, b, "nashonuma", 2)
		})
	}
}

// age gives headquarters an authority and an issuer that are old enough to have made old certificates.
func (s *seat) age(t *testing.T, days int) {
	t.Helper()
	s.down()
	s.found(t, time.Now().AddDate(0, 0, -days))
	s.up(t)
}

// made is a certificate that the authority made itself.
func (s *seat) made(t *testing.T, when time.Time) roster.Pair {
	t.Helper()
	p, err := s.authority.IssueBox("ISB-01", when)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// aged puts a certificate of headquarters' issuer in the box's place that was made so many days ago.
func (s *seat) aged(t *testing.T, dir string, days int) roster.Pair {
	t.Helper()
	issuer, err := roster.LoadIssuer(s.config.Enrolment.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	key, err := roster.NextKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	csr, err := roster.Request(key)
	if err != nil {
		t.Fatal(err)
	}
	p, err := issuer.Sign(csr, "ISB-01", time.Now().AddDate(0, 0, -days))
	if err != nil {
		t.Fatal(err)
	}
	if err := roster.SaveNext(dir, p, nil, nil); err != nil {
		t.Fatal(err)
	}
	return p
}

// renew asks for the next certificate of a box, with a ledger and its key, as the box does within a minute of its start.
func renew(t *testing.T, s *seat, of, with box.Config, now roster.Clock) error {
	t.Helper()
	l, err := ledger.OpenReadOnly(filepath.Join(with.Data, "ledger.db"), box.Books())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	id, err := identityOf(t, of).Open("hq.test", now)
	if err != nil {
		t.Fatal(err)
	}
	r := &enrol.Renewer{
		Identity: id, Ledger: l, Key: checkpointKey(t, with), Wall: time.Now,
		Random: rand.New(rand.NewPCG(1, 1)), Log: quietly(t).Log,
		Door: enrol.Door{Addresses: []string{s.config.Road}, Name: "hq.test", Clock: now},
	}
	return r.Look(t.Context())
}

// fixed is a clock that was set wrong when the machine started.
type fixed struct{ began, started time.Time }

func (f fixed) Wall() time.Time     { return f.began.Add(time.Since(f.started)) }
func (f fixed) Mono() time.Duration { return time.Since(f.started) }

// A box that comes back in 1970 and has no line is told the time by the manager, and no word of his counts any more once
// headquarters has spoken.
func TestManagerTypesTheTime(t *testing.T) {
	t.Parallel()
	s := newSeat(t)
	b := boxtest.New(t, atOnce)
	s.place(&b.Config, t.TempDir())
	s.enrol(t, b.Config, false)
	s.down()
	b.Up(t)
	v := at(t, b)
	v.await(b, v.ask("kafaalat"), desk.SlipInHand)
	b.Down()
	b.Source = fixed{time.Unix(0, 0), time.Now()}
	b.Up(t)
	defer b.Down()
	if !unset(t, b) {
		t.Fatal("the box does not say that it does not know the time")
	}
	press := func(at time.Time) string { return pressed(t, b, at) }
	if got := press(time.Now().AddDate(-3, 0, 0)); !strings.Contains(got, "this time is past") {
		t.Errorf("three years too early: %.300s", got)
	}
	if got := press(time.Now()); strings.Contains(got, "refusal") {
		t.Errorf("the right time: %.300s", got)
	}
	if unset(t, b) {
		t.Error("the box still says that it does not know the time")
	}
	s.up(t)
	b.Await(t, "headquarters to tell the time", func() bool { return livesAs(t, b).Grade == clock.Network.String() })
	if got := press(time.Now().Add(time.Hour)); !strings.Contains(got, "has told the box the time") {
		t.Errorf("against headquarters' word: %.300s", got)
	}
}

// pressed types a time at the floor page, and gives the page that came of it.
func pressed(t *testing.T, b *boxtest.Box, at time.Time) string {
	t.Helper()
	r, err := b.Browser().PostForm(b.URL("/floor/act"), url.Values{
		"lang": {"en"}, "act": {"clock"}, "time": {at.In(time.FixedZone("PKT", 5*60*60)).Format("2006-01-02T15:04")},
	})
	return pageOf(t, r, err)
}

func livesAs(t *testing.T, b *boxtest.Box) (live doctor.Live) {
	t.Helper()
	if err := box.NewDoorClient(b.Config).Call(t.Context(), "GET", "/state", nil, &live); err != nil {
		t.Fatal(err)
	}
	return live
}

func unset(t *testing.T, b *boxtest.Box) bool {
	t.Helper()
	return slices.ContainsFunc(livesAs(t, b).Conditions, func(c doctor.Condition) bool { return c.Code == "clock.unset" })
}
