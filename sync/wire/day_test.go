package wire_test

import (
	"encoding/base32"
	"fmt"
	"math/rand/v2"
	"strings"

	"markaz.example/edge/book/identity"
	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/paypoint"
	"markaz.example/edge/book/reading"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// day writes what a centre records, every kind of every book, in the proportions of a busy day.
type day struct {
	random  *rand.Rand
	stamp   clock.Stamp
	seq     uint64
	records [][]byte
}

// newDay gives n records. The same seed gives the same ones.
func newDay(seed uint64, n int) [][]byte {
	random := rand.New(rand.NewPCG(seed, 0x646179))
	d := &day{random: random, seq: random.Uint64N(900_000), stamp: clock.Stamp{
		Boot: 1 + random.Uint64N(40), Mono: random.Uint64N(30_000_000), Wall: 1_772_400_000_000 + random.Int64N(20_000_000_000),
		Grade: clock.Network,
	}}
	d.begin()
	for len(d.records) < n {
		d.visit()
	}
	return d.records[:n]
}

func (d *day) begin() {
	d.record("box", "", ledger.Started{Software: "markaz 0.2.0"})
	d.record("box", "", ledger.TimeTold{Mono: d.stamp.Mono, Wall: d.stamp.Wall, Grade: uint8(clock.Network)})
	d.record("kiosk/1", "", visit.DayOpened{Day: d.stamp.Time().Format("2006-01-02")})
}

// visit is one person from the door to the last desk, with what goes wrong now and then.
func (d *day) visit() {
	v, job := d.name(16), id.Job(d.name(16))
	service := pick(d, id.Service("kafaalat"), "nashonuma", "loans", "taleemi-wazaif")
	kiosk := fmt.Sprint("kiosk/", 1+d.random.IntN(3))
	d.record(kiosk, v, visit.Opened{
		Token: id.NewToken(service[0]-'a'+'A', 1+d.random.IntN(400)), Code: id.Code(d.name(16)), Stops: []id.Service{service}, Lang: pick(d, "ur", "ur", "en", "sd", "ps"),
	})
	d.record(kiosk, v, paper.Queued{Job: job, Form: "token"})
	d.paper(v, job)
	d.record("spool", v, visit.Issued{})
	desk := id.Desk(rune('A' + d.random.IntN(6)))
	d.desk("desk/"+string(desk), v, desk, service)
	if d.random.IntN(12) == 0 {
		d.record("paypoint", "", paypoint.Changed{
			Terminal: fmt.Sprintf("hbl/%03d", d.random.IntN(60)), What: paypoint.WhatCanPay, Now: "yes", Source: pick(d, "push", "tap"),
		})
	}
}

func (d *day) paper(v string, job id.Job) {
	printer := pick(d, "printer/hall-1", "printer/hall-2", "printer/1")
	for try := 1; ; try++ {
		d.record("spool", v, paper.Started{Job: job, Printer: printer, Attempt: try})
		if d.random.IntN(15) > 0 || try == 3 {
			break
		}
		d.record("spool", v, paper.Failed{Job: job, Reason: pick(d, "paper-out", "cover-open", "offline"), Certain: d.random.IntN(2) == 0})
		d.record("kiosk/1", v, paper.Asked{Job: job, Reprint: true})
	}
	d.record("spool", v, paper.Printed{Job: job})
}

func (d *day) desk(actor, v string, desk id.Desk, service id.Service) {
	d.record(actor, v, visit.Called{Desk: desk})
	switch d.random.IntN(14) {
	case 0:
		d.record(actor, v, visit.Recalled{Desk: desk})
	case 1:
		d.record(actor, v, visit.NoShow{Desk: desk})
		return
	case 2:
		d.record("box", v, visit.Left{Reason: "day-end"})
		return
	}
	d.record(actor, v, visit.Confirmed{Desk: desk})
	if service == "nashonuma" {
		d.measure(actor, v, desk)
	} else {
		d.identify(actor, v, desk)
	}
	d.record(actor, v, visit.Finished{Desk: desk, Outcome: pick(d, "done", "done", "done", "papers-missing", "come-back")})
}

func (d *day) identify(actor, v string, desk id.Desk) {
	reader := fmt.Sprint("finger/desk-", strings.ToLower(string(desk)))
	for range 1 + d.random.IntN(2) {
		d.record(actor, v, identity.Tried{
			Desk: desk, Device: reader, Finger: pick(d, "right-index", "left-index", "right-thumb"), Result: pick(d, identity.Messy, identity.Taken, identity.Taken, identity.NoMatch), Quality: uint8(20 + d.random.IntN(80)),
		})
	}
	if d.random.IntN(9) == 0 {
		d.record(actor, v, identity.Excepted{Desk: desk, Reason: "worn"})
		d.record(actor, v, identity.Filed{Desk: desk, Case: id.Case(d.name(8)), Reason: "worn"})
	}
}

func (d *day) measure(actor, v string, desk id.Desk) {
	grams := int64(3000 + d.random.IntN(15000))
	d.record(actor, v, reading.Taken{
		Desk: desk, Who: reading.Child, What: reading.Weight, Value: uint32(grams), How: reading.FromScale, Raw: []int64{grams, grams, grams - 10},
		Device: pick(d, "scale/infant", "scale/adult"), Text: fmt.Sprintf("S S  %8.3f kg", float64(grams)/1000),
	})
	d.record(actor, v, reading.Taken{
		Desk: desk, Who: reading.Child, What: pick(d, reading.Height, reading.MUAC), Value: uint32(90 + d.random.IntN(1000)), How: reading.Typed, Raw: []int64{130, 130},
	})
}

// record panics on what a book would refuse: the proportions above would be wrong.
func (d *day) record(actor, subject string, e ledger.Event) {
	body, err := chain.EncodeBody(e)
	if err == nil {
		err = e.Check()
	}
	d.seq++
	d.stamp.Mono += 200 + d.random.Uint64N(9000)
	d.stamp.Wall += 200 + d.random.Int64N(9000)
	var r []byte
	if err == nil {
		r, err = chain.Encode(chain.Record{Header: chain.Header{Seq: d.seq, Stamp: d.stamp, Kind: e.Kind(), Actor: actor, Subject: subject}, Body: body})
	}
	if err != nil {
		panic(fmt.Sprintf("BUG: %T: %v", e, err))
	}
	d.records = append(d.records, r)
}

func (d *day) name(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(d.random.Uint32())
	}
	return base32.StdEncoding.EncodeToString(b)[:n]
}

func pick[T any](d *day, of ...T) T { return of[d.random.IntN(len(of))] }
