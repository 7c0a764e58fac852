// Package blocktest makes the records of a centre's days for tests, as its desks, kiosks and printers would.
package blocktest

import (
	"encoding/base32"
	"fmt"
	"math/rand/v2"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
)

// Days is a centre's history in memory: numbers given at two kiosks, slips printed, people called and served at four
// desks. Names and times are drawn, not repeated. The same seed gives the same history. It is not for several goroutines.
type Days struct {
	In      chain.Incarnation
	Records [][]byte
	At      []chain.Position // At[i] is that of record i; At[0] the start

	random *rand.Rand
	stamp  clock.Stamp
	people int
	inside []*guest
	desks  [4]*guest
}

// guest is a visit on its way.
type guest struct {
	visit, job string
	step, stop int
	stops      []string
}

const hallMax = 40 // people inside at once

var services = []string{"kafaalat", "nashonuma", "loans", "taleemi-wazaif"}

// New begins a history with the box's start.
func New(seed uint64) *Days {
	d := &Days{
		In: chain.Incarnation{Centre: "ISB-01", Nonce: [16]byte{1, 2, 3}}, random: rand.New(rand.NewPCG(seed, seed)),
		stamp: clock.Stamp{Boot: 1, Mono: 21_000, Wall: 1_772_423_700_000, Grade: clock.Network},
	}
	d.At = []chain.Position{d.In.Start()}
	d.Add("ledger.started/1", "box", "", map[int]any{1: "markaz test"})
	return d
}

// Trust is how far the clock is to be trusted from here on.
func (d *Days) Trust(g clock.Grade) { d.stamp.Grade = g }

// Grow appends at least n records.
func (d *Days) Grow(n int) {
	for end := len(d.Records) + n; len(d.Records) < end; {
		d.next()
	}
}

// Head is the newest position.
func (d *Days) Head() chain.Position { return d.At[len(d.At)-1] }

// Range is the records from..to, both included.
func (d *Days) Range(from, to uint64) [][]byte { return d.Records[from-1 : to] }

func (d *Days) next() {
	d.pass(200 + d.random.IntN(9000))
	if len(d.inside) == 0 || len(d.inside) < hallMax && d.random.IntN(4) == 0 {
		d.arrive()
		return
	}
	d.move(d.inside[d.random.IntN(len(d.inside))])
}

func (d *Days) pass(ms int) {
	d.stamp.Mono += uint64(ms)
	d.stamp.Wall += int64(ms)
	if d.random.IntN(5000) == 0 { // the power was gone for a while
		d.stamp.Boot, d.stamp.Mono = d.stamp.Boot+1, 20_000
		d.stamp.Wall += 600_000
	}
}

func (d *Days) arrive() {
	first := d.random.IntN(len(services))
	g := &guest{visit: d.name(), job: d.name(), stops: services[first : first+1]}
	if d.random.IntN(5) == 0 {
		g.stops = []string{services[first], services[(first+1)%len(services)]}
	}
	d.people++
	d.inside = append(d.inside, g)
	kiosk, token := fmt.Sprint("kiosk/", 1+d.random.IntN(2)), fmt.Sprintf("%c%03d", g.stops[0][0]-'a'+'A', d.people%999+1)
	d.Add("visit.opened/1", kiosk, g.visit, map[int]any{1: token, 2: d.name(), 3: g.stops, 4: "ur"})
	d.Add("paper.queued/1", kiosk, g.visit, map[int]any{1: g.job, 2: "token"})
}

func (d *Days) move(g *guest) {
	switch g.step {
	case 0:
		g.step++
		d.Add("paper.started/1", "spool", g.visit, map[int]any{1: g.job, 2: "printer/hall-1", 3: 1})
		return
	case 1:
		g.step++
		d.Add("paper.printed/1", "spool", g.visit, map[int]any{1: g.job})
		d.Add("visit.issued/1", "spool", g.visit, map[int]any{})
		return
	}
	if at := slices.Index(d.desks[:], g); at >= 0 {
		d.serve(g, at)
	} else if free := slices.Index(d.desks[:], nil); free >= 0 {
		d.desks[free], g.step = g, 2
		d.atDesk("visit.called/1", g, free, map[int]any{})
	}
}

func (d *Days) serve(g *guest, desk int) {
	if g.step == 2 {
		g.step++
		d.atDesk("visit.confirmed/1", g, desk, map[int]any{})
		return
	}
	d.desks[desk] = nil
	d.atDesk("visit.finished/1", g, desk, map[int]any{3: []string{"done", "done", "done", "papers-missing", "come-back"}[d.random.IntN(5)]})
	if g.stop++; g.stop == len(g.stops) {
		d.inside = slices.DeleteFunc(d.inside, func(o *guest) bool { return o == g })
	}
}

func (d *Days) atDesk(kind chain.Kind, g *guest, desk int, body map[int]any) {
	name := string(rune('A' + desk))
	body[1], body[2] = name, g.stop
	d.Add(kind, "desk/"+name, g.visit, body)
}

// Add appends one record of the present moment.
func (d *Days) Add(kind chain.Kind, actor, subject string, body any) {
	b, err := chain.EncodeBody(body)
	if err != nil {
		panic("BUG: body of a test record: " + err.Error())
	}
	seq := uint64(len(d.At))
	r, err := chain.Encode(chain.Record{
		Header: chain.Header{Seq: seq, Stamp: d.stamp, Kind: kind, Actor: actor, Subject: subject}, Body: b,
	})
	if err != nil {
		panic("BUG: test record: " + err.Error())
	}
	d.Records = append(d.Records, r)
	d.At = append(d.At, chain.Position{Seq: seq, Hash: chain.Link(d.Head().Hash, r)})
}

// name has the shape of a visit's, a code's and a job's.
func (d *Days) name() string {
	var b [10]byte
	for i := range b {
		b[i] = byte(d.random.Uint32())
	}
	return base32.StdEncoding.EncodeToString(b[:])
}
