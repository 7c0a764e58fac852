package main

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/ledger"
	"markaz.example/sync/wire/wiretest"
)

// TestTrueTime: PostgreSQL places every record to the millisecond where edge/clock does, and nowhere else.
func TestTrueTime(t *testing.T) {
	c, random := wiretest.New("ISB-01", 1), rand.New(rand.NewPCG(1, 1))
	var want clock.Placer
	var stamps []clock.Stamp
	for i := range 400 {
		s := clock.Stamp{Boot: 1 + uint64(i/40), Mono: uint64(i%40) * 60_000, Wall: random.Int64N(1e13) - 1e12}
		h := chain.Header{Kind: "visit.issued/1", Actor: "desk/A", Subject: "K5QXG43UOVZGKZDT", Stamp: s}
		var event any = map[int]int{}
		if s.Boot%3 != 0 && random.IntN(10) == 0 { // nobody tells every third boot
			told := ledger.TimeTold{Mono: s.Mono, Wall: 1_795_000_000_000 + random.Int64N(1e9), Grade: uint8(clock.Human) + uint8(random.IntN(2))}
			want.Add(clock.Told{Boot: s.Boot, Mono: told.Mono, Wall: told.Wall, Grade: clock.Grade(told.Grade)})
			h.Kind, event = told.Kind(), told
		}
		stamps = append(stamps, s)
		c.AppendRecord(h, body(t, event))
	}
	bad := map[int]any{1: 5, 2: 1.5, 3: 3} // no time at all
	c.AppendRecord(chain.Header{Kind: "ledger.time-told/1", Actor: "box", Stamp: clock.Stamp{Boot: 3}}, body(t, bad))
	got := trueTimes(t, c)
	placed := 0
	for i, s := range stamps {
		wall, exact := want.Place(s)
		if exact != (got[i] != nil) || exact && !got[i].Equal(time.UnixMilli(wall)) {
			t.Errorf("record %d: true_at is %v, want %s, exact %v", i+1, got[i], time.UnixMilli(wall).UTC(), exact)
		}
		if exact {
			placed++
		}
	}
	if placed < 150 || placed > 350 {
		t.Errorf("%d of %d records are placed: the test has lost its point", placed, len(stamps))
	}
}

func trueTimes(t *testing.T, c *wiretest.Chain) (all []*time.Time) {
	t.Helper()
	rows, err := loaded(t, c).Query(context.Background(), "SELECT true_at FROM fact.record ORDER BY seq")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var at *time.Time
		if err := rows.Scan(&at); err != nil {
			t.Fatal(err)
		}
		all = append(all, at)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
