package hq_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"markaz.example/edge/id"
	"markaz.example/sync/hq"
	"markaz.example/sync/link"
	"markaz.example/sync/registrar"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// order asks for a verb at the admin door.
func (p *place) order(t testing.TB, verb string, in, out any) {
	t.Helper()
	if err := hq.NewAdminClient(p.config).Call(t.Context(), "POST", verb, in, out); err != nil {
		t.Fatal(err)
	}
}

// A revocation ends the box's living link, and no other's; the box is not let in again.
func TestRevocationEndsLivingLinks(t *testing.T) {
	p := newPlace(t)
	r := p.start(t)
	defer r.close(t)
	links := map[id.Centre]*link.Conn{}
	for i, centre := range []id.Centre{"ISB-01", "LHE-01"} {
		d := link.Dialer{URL: "wss://" + p.config.Road + link.Path, TLS: p.box(t, centre)}
		l, err := d.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		go l.Run(t.Context())
		defer drain(l)
		c := wiretest.New(centre, uint64(i))
		hello := wire.Hello{Version: wire.Version, Incarnation: c.In, Head: c.In.Start(), Key: c.Public(), Software: "test"}
		if err := l.Send(t.Context(), hello); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Receive(); err != nil {
			t.Fatal(err)
		}
		links[centre] = l
	}
	p.order(t, hq.VerbRevoke, registrar.Revocation{Centre: "ISB-01", Why: "stolen on the road", By: "test"}, nil)
	if m, err := links["ISB-01"].Receive(); !errors.Is(err, link.ErrClosed) {
		t.Errorf("the living link: got %v, %v; want it closed", m, err)
	}
	links["LHE-01"].Send(t.Context(), wire.Probe{Seq: 0})
	if m, err := links["LHE-01"].Receive(); err != nil {
		t.Errorf("another centre's link: got %v, %v", m, err)
	}
	d := link.Dialer{URL: "wss://" + p.config.Road + link.Path, TLS: p.box(t, "ISB-01")}
	if _, err := d.Dial(t.Context()); !errors.Is(err, link.ErrRefused) || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("dialled again: got %v", err)
	}
}

func drain(l *link.Conn) {
	l.Close("the test ends")
	for {
		if _, err := l.Receive(); err != nil {
			return
		}
	}
}

// A thief has a box's certificate with its key, and not the key of its checkpoints: nothing that he sends is taken.
func TestStolenCertificateCannotGoOn(t *testing.T) {
	p := newPlace(t)
	r := p.start(t)
	defer r.close(t)
	c := wiretest.New("ISB-01", 1)
	c.Grow(50)
	l := wiretest.NewLedger(c)
	stop := p.send(t, l)
	wait(t, "the box's records", func() bool { return l.Confirmed() == l.Acknowledged() })
	stop()

	forged := c.Clone(9)
	forged.Key = wiretest.New("ISB-01", 9).Key
	forged.Grow(10)
	b, err := wire.Pack(forged.Key, c.In, c.Head(), 0, forged.Records(51, 60))
	if err != nil {
		t.Fatal(err)
	}
	if refusal := p.talk(t, forged, b); refusal.Code != wire.CodeKey || !refusal.Fatal {
		t.Errorf("got %+v, want a fatal %q", refusal, wire.CodeKey)
	}
	l.Grow(5)
	stop = p.send(t, l) // the control: the box itself
	wait(t, "the box to go on", func() bool { return l.Confirmed() == l.Acknowledged() })
	stop()
}

// The list of centres counts from when its file changes, also for links that live.
func TestListCountsWithoutARestart(t *testing.T) {
	p := newPlace(t)
	r := p.start(t)
	defer r.close(t)
	d := link.Dialer{URL: "wss://" + p.config.Road + link.Path, TLS: p.box(t, "LHE-01")}
	l, err := d.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	go l.Run(t.Context())
	defer drain(l)
	without := rosterText[:strings.LastIndex(rosterText, "[[centre]]")]
	if err := os.WriteFile(p.config.Roster, []byte(without), 0o600); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if m, err := l.Receive(); !errors.Is(err, link.ErrClosed) {
		t.Errorf("the living link: got %v, %v; want it closed", m, err)
	}
	t.Logf("ended after %s", time.Since(began))
}

// The page follows the list: a centre that was added is on it without a restart, and a mistake stands on its head while
// the list before it goes on.
func TestPageFollowsTheList(t *testing.T) {
	p := newPlace(t)
	r := p.start(t)
	defer r.close(t)
	rewrite := func(text string) {
		if err := os.WriteFile(p.config.Roster, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	more := rosterText + strings.NewReplacer("ISB-01", "KHI-01", "Islamabad", "Karachi").Replace(rosterText[:strings.LastIndex(rosterText, "[[centre]]")])
	rewrite(more)
	wait(t, "the page with a centre more", func() bool { return len(r.Fleet().Report().Centres) == 3 })
	rewrite(more + "[[centre]]\ncode = \"QTA-01\"\n")
	wait(t, "the mistake", func() bool { return strings.Contains(r.Fleet().Report().Fault, "QTA-01 needs name") })
	if n := len(r.Fleet().Report().Centres); n != 3 {
		t.Errorf("with a mistake in the file there are %d centres", n)
	}
	rewrite(rosterText)
	wait(t, "the page without it", func() bool { return r.Fleet().Report().Fault == "" && len(r.Fleet().Report().Centres) == 2 })
}

// Only a box that was enrolled to replace another reads a chain back: it is the centre's data.
func TestChainIsNotReadByAnybody(t *testing.T) {
	p := newPlace(t)
	r := p.start(t)
	defer r.close(t)
	d := link.Dialer{URL: "wss://" + p.config.Road + link.Path, TLS: p.box(t, "ISB-01")}
	l, err := d.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	go l.Run(t.Context())
	defer drain(l)
	if err := l.Send(t.Context(), wire.Recall{Version: wire.Version}); err != nil {
		t.Fatal(err)
	}
	m, err := l.Receive()
	if refusal, ok := m.(wire.Refusal); !ok || refusal.Code != wire.CodeCentre || !refusal.Fatal {
		t.Errorf("got %+v, %v; want a fatal %q", m, err, wire.CodeCentre)
	}
}
