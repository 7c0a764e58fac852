package ingest_test

import (
	"fmt"
	"slices"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/faultnet"
	"markaz.example/sync/ingest"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
)

// world is a centre's boxes and headquarters' nodes made of the product's own decisions (uplink.Sender, ingest.Session,
// archive.Place, archive.Speaks), around ledgers, a raft log, an archive and lines that exist only as numbers. One seed
// decides everything that goes wrong.
type world struct {
	*faultnet.Agenda
	flaw flaw

	in      chain.Incarnation
	version uint // of the boxes' protocol
	boxes   []*simBox
	hq      simHQ
	tapes   [][]wire.Message
	latest  [simNodes]*simLink
	fates   map[chain.Position]fate // of every record that some caller was answered for or headquarters had
	meddled bool                    // somebody copied a disk or put a copy back
	calm    time.Time               // when faults end
	end     time.Time
	outage  time.Time     // nobody is reached before
	pause   time.Duration // between records
	ceiling time.Duration // of dialling; 0 for the usual
	words   int
	lastKey byte
	err     error // the first broken promise
}

// fate is what became of a record: one map of bits, since worlds spend their time in it.
type fate uint8

const (
	answered fate = 1 << iota // some caller was answered for it, on any box
	given                     // a person threw away a disk that it was on
	kept                      // it was in a strand of headquarters once
	chained                   // it was in headquarters' chain once
)

// simRecords is what most worlds come to, to make the map only once: 1,700 on average.
const simRecords = 3000

// flaw is a planted bug: what is set replaces or alters a decision on its way. None in the unplanted world.
type flaw struct {
	admit          func(chain.Position, func(uint64) chain.Hash, wire.Span) (archive.Verdict, bool)
	verdict        func(archive.Verdict) archive.Verdict
	event          func(*simBox, uplink.Event) uplink.Event
	acts           func(*simBox, []uplink.Act) []uplink.Act
	say            func(*world, []ingest.Act) []ingest.Act
	look           func(*world, ingest.Look) ingest.Look
	ackEarly       bool // Committed comes before the commit
	unacked        bool // the ledger shows records that no caller was answered for
	lossy          bool // the box's disk loses acknowledged records in a crash
	deafLinks      bool // a link that ended is not noticed
	deposedAnswers bool // a leader that was deposed says that it committed
	anyKey         bool // whoever has a certificate may go on with the chain
	losesSide      bool // a settlement throws the other history away
	wordsTwice     bool // a settlement that comes twice is done twice
	poison         bool // a batch with an odd record is refused
}

// kind is what befalls a world besides cuts, crashes and replays.
type kind struct{ forks, long bool }

func kindOf(seed uint64) kind { return kind{forks: seed%4 == 0 || seed%8 == 3, long: seed%32 == 1} }

const (
	simCalm = 20 * time.Minute // of faults
	simSpan = 75 * time.Minute // after the last fault there is room for a fork's slow greetings
	simLong = 40 * 24 * time.Hour
)

func newWorld(seed uint64, f flaw) *world {
	w := &world{Agenda: faultnet.NewAgenda(seed), flaw: f, version: wire.Version, pause: 20 * time.Second}
	w.calm, w.end = w.Now().Add(simCalm), w.Now().Add(simSpan)
	w.in.Centre = "ISB-01"
	start := w.in.Start()
	w.fates = make(map[chain.Position]fate, simRecords)
	w.fates[start] = kept | chained
	w.hq.strands = []simStrand{{hashes: []chain.Hash{start.Hash}, ends: []uint64{0}}}
	w.hq.keys, w.hq.words = map[byte]bool{}, map[int]bool{}
	w.hq.known = map[chain.Position]int{start: 0}
	w.boxes = []*simBox{{world: w, hashes: []chain.Hash{start.Hash}}}
	return w
}

// run plays to the end and gives the first broken promise.
func (w *world) run(k kind) error {
	if k.long {
		w.beLong()
	}
	w.boxes[0].start()
	w.boxes[0].produce()
	w.trouble(k)
	w.After(w.calm.Sub(w.Now())+w.Within(10*time.Minute), w.settleAll)
	for w.err == nil && w.Next(w.end) {
	}
	if w.err == nil {
		w.checkEnd()
	}
	return w.err
}

// beLong is for a centre that is cut off for weeks, in which it works on.
func (w *world) beLong() {
	weeks := 5*24*time.Hour + w.Within(simLong-6*24*time.Hour)
	w.calm, w.end = w.calm.Add(weeks), w.end.Add(weeks)
	w.ceiling, w.pause = time.Hour, weeks/100
	w.After(w.Within(simCalm/2), func() {
		w.outage = w.Now().Add(weeks)
		for _, b := range w.boxes {
			b.cutLink()
		}
	})
	w.end = w.end.Add(w.ceiling)
}

func (w *world) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf("at %s: %s", w.Now().UTC().Format("15:04:05.000"), fmt.Sprintf(format, args...))
	}
}

// ---- trouble

func (w *world) trouble(k kind) {
	if w.Now().After(w.calm) {
		return
	}
	b := w.boxes[w.Random.IntN(len(w.boxes))]
	switch w.Random.IntN(10) {
	case 0, 1, 2:
		b.cutLink()
	case 3:
		b.crash()
	case 4:
		w.crashNode(w.Random.IntN(simNodes))
	case 5:
		w.elect()
	case 6, 7:
		w.replay()
	case 8:
		w.steal(b)
	case 9:
		if k.forks {
			w.mistake(b)
		}
	}
	pause := 40 * time.Second
	if k.long {
		pause = w.pause
	}
	w.After(w.Within(pause), func() { w.trouble(k) })
}

// mistake is what people do to disks.
func (w *world) mistake(b *simBox) {
	switch n := w.Random.IntN(10); {
	case len(b.backup) == 0 || n < 2:
		b.backup, b.backedUp = slices.Clone(b.hashes[:b.answered+1]), b.forgot
	case n < 5:
		b.restore()
	case n < 6 && len(w.boxes) < 3:
		b.clone(b.key, slices.Clone(b.hashes[:b.answered+1]), b.forgot)
	case n < 7 && len(w.boxes) < 3:
		w.remake(b)
	default:
		w.settleOne()
	}
}

// remake enrols a new box with a key of its own, which fetches the centre's chain. The old one may live on.
func (w *world) remake(old *simBox) {
	w.lastKey++
	w.hq.keys[w.lastKey] = true
	w.entered()
	if w.Chance(0.5) {
		old.retire()
	}
	trunk := w.hq.strands[0]
	old.clone(w.lastKey, slices.Clone(trunk.hashes), 0)
}

// steal is a link with a centre's certificate and without its key, that goes on with the chain.
func (w *world) steal(b *simBox) {
	node, held := w.Random.IntN(simNodes), w.hq.held()
	l := &simLink{session: ingest.NewSession(w.Now(), w.in.Centre), node: node, boot: w.hq.nodes[node].boot}
	var m wire.Batch
	h := chain.Link(held.Hash, []byte("a lie"))
	m.Prev, m.Checkpoint = held, chain.Checkpoint{Incarnation: w.in, Position: chain.Position{Seq: held.Seq + 1, Hash: h}}
	m.Block = h[:]
	w.arrive(l, wire.Hello{Version: 2, Incarnation: w.in, Head: m.Last(), Key: simKey(99), Software: "thief"})
	if b.hq.held().Seq > 0 {
		w.After(w.Within(time.Second), func() { w.arrive(l, m) })
	}
}

// replay plays an old link's frames to headquarters again, as a link of its own: all of them, or some, or in another
// order.
func (w *world) replay() {
	if len(w.tapes) == 0 {
		return
	}
	tape := slices.Clone(w.tapes[w.Random.IntN(len(w.tapes))])
	if len(tape) == 0 {
		return
	}
	rest := tape[1:]
	if w.Chance(0.5) {
		rest = slices.DeleteFunc(rest, func(wire.Message) bool { return w.Chance(0.3) })
	}
	if w.Chance(0.3) {
		w.Random.Shuffle(len(rest), func(i, k int) { rest[i], rest[k] = rest[k], rest[i] })
	}
	w.Note("replay", uint64(len(rest)))
	node := w.Random.IntN(simNodes)
	l := &simLink{session: ingest.NewSession(w.Now(), w.in.Centre), node: node, boot: w.hq.nodes[node].boot}
	w.arrive(l, tape[0])
	l.up = w.Now().Add(100 * time.Millisecond) // past Welcome, or the rest would be refused unread
	for _, m := range rest {
		w.carry(&l.up, func() { w.arrive(l, m) })
	}
}

// settleOne is a person's word on a branch; it may reach the log twice.
func (w *world) settleOne() {
	var open []simStrand
	for _, s := range w.hq.strands[1:] {
		if !s.settled || w.Chance(0.2) { // people change their minds
			open = append(open, s)
		}
	}
	if len(open) == 0 {
		return
	}
	name, keep := open[w.Random.IntN(len(open))].name, archive.Keep(w.Random.IntN(2))
	w.words++
	word := w.words
	w.settle(name, keep, word)
	if w.Chance(0.5) {
		w.After(w.Within(10*time.Minute), func() { w.settle(name, keep, word) })
	}
}

// settleAll leaves some seeds with their forks.
func (w *world) settleAll() {
	if w.Chance(0.3) {
		return
	}
	for range 8 {
		w.settleOne()
	}
}

// ---- what must hold at the end

// checkEnd: after the last fault every box's records are at headquarters, in the chain or on a branch, and each box knows
// which; and nothing is gone that headquarters ever had, or that a caller was answered for.
func (w *world) checkEnd() {
	for p, f := range w.fates {
		switch {
		case w.hq.strandOf(p) >= 0:
		case f&kept != 0:
			w.fail("headquarters had %s and lost it", p)
			return
		case f&given == 0 && !w.onDisk(p):
			w.fail("a caller was answered for %s, and it is nowhere", p)
			return
		}
	}
	for i, b := range w.boxes {
		if !b.retired {
			w.checkBox(i, b)
		}
	}
}

func (w *world) checkBox(i int, b *simBox) {
	held, head, state := w.hq.held(), b.head(), b.sender.State()
	on := w.hq.strandOf(head)
	common := b.common(w.hq.strands[0])
	switch {
	case held == head:
		if state.Forked && len(w.boxes) == 1 {
			w.fail("box %d is the chain and says that it is forked: %+v", i, state)
		}
	case state.Code == wire.CodeSettled && w.hq.settled > 0:
		// a person has decided against it
	case state.Code == wire.CodeKey && b.key != w.lastKey:
		// shut out by a box that was enrolled after it
	case common == held.Seq:
		w.fail("headquarters holds %s, box %d has %s, with no fault left: %+v", held, i, head, state)
	case !state.Forked && state.Code != wire.CodeReplaced:
		w.fail("histories differ after %d and box %d, at %s, does not say so: %+v", common, i, head, state)
	case common < head.Seq && on < 0:
		w.fail("histories differ after %d and box %d at %s is not kept whole: strands %v, %+v", common, i, head, w.hq.strands, state)
	case on > 0 && w.hq.strands[on].settled && state.Code != wire.CodeReplaced && len(w.boxes) == 1:
		w.fail("box %d lives on a settled branch and was not told: %+v", i, state)
	}
}

// onDisk is whether a box that lives has a record.
func (w *world) onDisk(p chain.Position) bool {
	return slices.ContainsFunc(w.boxes, func(b *simBox) bool { return !b.retired && p.Seq <= b.answered && b.at(p.Seq) == p })
}

// common is the last record that a box and a strand from the start share.
func (b *simBox) common(s simStrand) uint64 {
	n := min(uint64(len(s.hashes)), b.answered+1)
	for n > 0 && s.hashes[n-1] != b.hashes[n-1] {
		n--
	}
	return n - 1
}
