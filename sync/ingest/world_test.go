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

// world is a box and headquarters made of the product's own decisions (uplink.Sender, ingest.Session, archive.Admit),
// around a ledger, an archive and a line that exist only as numbers. One seed decides everything that goes wrong.
type world struct {
	*faultnet.Agenda
	flaw flaw

	box   simBox
	hq    simHQ
	link  *simLink // the box's present one; nil without
	tapes [][]wire.Message
	calm  time.Time // when faults end
	err   error     // the first broken promise
}

// flaw is a planted bug: what is set replaces or alters a decision on its way. None in the unplanted world.
type flaw struct {
	admit     func(chain.Position, func(uint64) chain.Hash, wire.Span) archive.Verdict
	event     func(*world, uplink.Event) uplink.Event
	acts      func(*world, []uplink.Act) []uplink.Act
	say       func(*world, []ingest.Act) []ingest.Act
	ackEarly  bool // Committed comes before the commit
	unacked   bool // the ledger shows records that no caller was answered for
	lossy     bool // the box's disk loses acknowledged records in a crash
	deafLinks bool // a link that ended is not noticed
}

// simBox is a ledger as a list of hashes; hashes[0] is the genesis.
type simBox struct {
	in       chain.Incarnation
	hashes   []chain.Hash
	answered uint64 // callers were answered up to here
	forgot   uint64 // records up to here are gone
	branches [][]chain.Hash
	backup   []chain.Hash
	sender   *uplink.Sender
	running  bool
	boot     int
	waking   int // of the newest planned tick; older ones come to nothing
}

// simHQ is an archive as a list of hashes, and what was set aside.
type simHQ struct {
	hashes   []chain.Hash
	aside    map[chain.Hash]bool // hashes of set-aside records
	verdicts [archive.Fork + 1]int
	boot     int
}

// simLink is one connection. Each direction keeps its order; a cut loses what is under way, and each end learns of
// it in its own time.
type simLink struct {
	session *ingest.Session
	boot    int // of headquarters
	up      time.Time
	down    time.Time
	cut     bool // nothing is sent any more
	dead    bool // open, and nothing moves
	boxGone bool // the box listens no more
	tape    []wire.Message
	queue   []wire.Batch // submitted by the session, not yet committed
	busy    bool
	replay  bool // nobody hears the answers
}

const (
	simCalm = 20 * time.Minute // of faults
	simSpan = 90 * time.Minute // in all: room for a fork's slow greetings
)

func newWorld(seed uint64, f flaw) *world {
	w := &world{Agenda: faultnet.NewAgenda(seed), flaw: f}
	w.calm = w.Now().Add(simCalm)
	w.box.in.Centre = "ISB-01"
	w.box.hashes = []chain.Hash{w.box.in.Genesis()}
	w.hq.hashes = []chain.Hash{w.box.in.Genesis()}
	w.hq.aside = map[chain.Hash]bool{}
	if w.flaw.admit == nil {
		w.flaw.admit = archive.Admit
	}
	return w
}

// run plays to the end and gives the first broken promise.
func (w *world) run(forks bool) error {
	end := w.Now().Add(simSpan)
	w.startBox()
	w.produce()
	w.trouble(forks)
	for w.err == nil && w.Next(end) {
		w.check()
	}
	if w.err == nil {
		w.checkEnd()
	}
	return w.err
}

func (w *world) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf("at %s: %s", w.Now().UTC().Format("15:04:05.000"), fmt.Sprintf(format, args...))
	}
}

// ---- the box

func (w *world) startBox() {
	b := &w.box
	b.boot++
	b.running = true
	b.answered = uint64(len(b.hashes) - 1)
	b.sender = uplink.NewSender(b.in, w.Random)
	w.tellBox(uplink.Advanced{Head: b.at(b.answered)})
}

func (b *simBox) at(seq uint64) chain.Position { return chain.Position{Seq: seq, Hash: b.hashes[seq]} }

// produce commits a few records, then answers their callers a moment later.
func (w *world) produce() {
	if w.Now().After(w.calm) {
		return
	}
	if b := &w.box; b.running {
		for range 1 + w.Random.IntN(30) {
			b.hashes = append(b.hashes, chain.Link(b.hashes[len(b.hashes)-1], fmt.Append(nil, w.Random.Uint64())))
		}
		boot, head := b.boot, uint64(len(b.hashes)-1)
		if w.flaw.unacked {
			w.tellBox(uplink.Advanced{Head: b.at(head)})
		}
		w.After(w.Within(2*time.Second), func() { w.answer(boot, head) })
	}
	w.After(w.Within(20*time.Second), w.produce)
}

func (w *world) answer(boot int, head uint64) {
	b := &w.box
	if b.boot != boot || !b.running || head <= b.answered {
		return
	}
	b.answered = head
	w.Note("answered", head)
	w.tellBox(uplink.Advanced{Head: b.at(head)})
}

// crash loses some of what no caller was answered for.
func (w *world) crash() {
	b := &w.box
	if !b.running {
		return
	}
	b.running = false
	w.hangUp()
	keep := b.answered + w.Random.Uint64N(uint64(len(b.hashes))-b.answered)
	if w.flaw.lossy && b.answered > b.forgot+3 {
		keep = b.answered - 3
	}
	b.hashes = b.hashes[: keep+1 : keep+1]
	b.answered = min(b.answered, keep)
	w.Note("crash", keep)
	w.After(w.Within(10*time.Second), w.startBox)
}

// restore puts an older copy of the disk in place of the present one; the future differs from then on.
func (w *world) restore() {
	b := &w.box
	if !b.running || len(b.backup) == 0 {
		return
	}
	w.hangUp()
	b.running = false
	b.branches = append(b.branches, b.hashes[:b.answered+1:b.answered+1])
	b.hashes = b.backup[:len(b.backup):len(b.backup)]
	b.answered = uint64(len(b.hashes) - 1)
	b.forgot = min(b.forgot, b.answered)
	w.Note("restore", uint64(len(b.hashes)-1))
	w.After(w.Within(10*time.Second), w.startBox)
}

func (w *world) tellBox(e uplink.Event) {
	b := &w.box
	if !b.running {
		return
	}
	if w.flaw.event != nil {
		if e = w.flaw.event(w, e); e == nil {
			return
		}
	}
	acts := b.sender.Step(w.Now(), e)
	if w.flaw.acts != nil {
		acts = w.flaw.acts(w, acts)
	}
	for _, a := range acts {
		w.doBox(a)
	}
	w.planTick()
}

func (w *world) planTick() {
	b := &w.box
	wake, ok := b.sender.Wake()
	b.waking++
	boot, waking := b.boot, b.waking
	if ok {
		w.At(wake, func() {
			if b.boot == boot && b.waking == waking {
				w.tellBox(uplink.Tick{})
			}
		})
	}
}

func (w *world) doBox(a uplink.Act) {
	b := &w.box
	switch a := a.(type) {
	case uplink.Dial:
		w.dial()
	case uplink.Greet:
		w.toHQ(wire.Hello{Version: 1, Incarnation: b.in, Head: a.Head, Key: make([]byte, 32), Software: "sim"})
	case uplink.Ask:
		w.toHQ(wire.Probe{Seq: a.Seq})
	case uplink.Beat:
		w.toHQ(wire.Beat{Head: a.Head})
	case uplink.Send:
		w.pack(a)
	case uplink.Confirm:
		w.confirm(a.Held)
	case uplink.Hang:
		w.hangUp()
	}
}

// confirm forgets, and holds the box to promise 4.
func (w *world) confirm(held chain.Position) {
	b := &w.box
	w.Note("confirm", held.Seq)
	switch {
	case held.Seq >= uint64(len(w.hq.hashes)) || w.hq.hashes[held.Seq] != held.Hash:
		w.fail("the box forgets up to %s, headquarters does not hold that", held)
	case held.Seq > b.answered || b.hashes[held.Seq] != held.Hash:
		w.fail("the box confirms %s, its own chain does not have that", held)
	}
	if held.Seq > b.forgot && w.Chance(0.3) {
		b.forgot = held.Seq // pruning is lazy
	}
}

func (w *world) pack(a uplink.Send) {
	b, from := &w.box, a.After.Seq
	if from < b.forgot || from >= uint64(len(b.hashes))-1 {
		w.tellBox(uplink.Unreadable{Detail: "forgotten"})
		return
	}
	to := min(from+uint64(a.LimitBytes/4096), a.UpTo, uint64(len(b.hashes)-1))
	var m wire.Batch
	m.Prev, m.Checkpoint = a.After, chain.Checkpoint{Incarnation: b.in, Position: b.at(to)}
	for _, h := range b.hashes[from+1 : to+1] {
		m.Block = append(m.Block, h[:]...)
	}
	w.toHQ(m)
	w.tellBox(uplink.Packed{Last: m.Last(), Raw: 4096 * int(to-from), Bytes: 512 * int(to-from)})
}

func (b *simBox) ours(seq uint64) uplink.Ours {
	if seq < b.forgot || seq > b.answered {
		return uplink.Ours{}
	}
	return uplink.Ours{Hash: b.hashes[seq], Known: true}
}

func (w *world) hear(m wire.Message) {
	switch m := m.(type) {
	case wire.Welcome:
		w.tellBox(uplink.Welcomed{Welcome: m, Ours: w.box.ours(m.Held.Seq)})
	case wire.Ack:
		w.tellBox(uplink.Acked{Held: m.Held, Ours: w.box.ours(m.Held.Seq)})
	case wire.Landmark:
		w.tellBox(uplink.Landmarked{At: m.At, Ours: w.box.ours(m.At.Seq)})
	case wire.Refusal:
		w.tellBox(uplink.Refused{Refusal: m})
	}
}

// ---- the line

func (w *world) dial() {
	boot := w.box.boot
	w.After(w.Within(2*time.Second), func() {
		switch {
		case w.box.boot != boot || !w.box.running:
		case w.Now().Before(w.calm) && w.Chance(0.2):
			w.tellBox(uplink.Dropped{})
		default:
			w.link = &simLink{session: ingest.NewSession(w.Now(), w.box.in.Centre), boot: w.hq.boot}
			w.tellBox(uplink.Connected{})
		}
	})
}

// hangUp is the box's end of it: what was sent before may still arrive.
func (w *world) hangUp() {
	if l := w.link; l != nil {
		w.link, l.cut, l.boxGone = nil, true, true
		w.tapes = append(w.tapes, l.tape)
	}
}

func (w *world) toHQ(m wire.Message) {
	l := w.link
	if l == nil || l.cut {
		return
	}
	l.tape = append(l.tape, m)
	w.carry(&l.up, func() { w.arrive(l, m) })
}

// carry keeps the order of one direction. While there is trouble a frame in a hundred goes missing, which TCP would not
// do and a careless middle box, or end, does.
func (w *world) carry(last *time.Time, deliver func()) {
	if w.Now().Before(w.calm) && w.Chance(0.01) {
		return
	}
	at := w.Now().Add(w.Within(400 * time.Millisecond))
	if at.Before(*last) {
		at = last.Add(time.Nanosecond)
	}
	*last = at
	w.At(at, deliver)
}

func (w *world) toBox(l *simLink, m wire.Message) {
	if l.cut || l.replay {
		return
	}
	w.carry(&l.down, func() {
		if !l.boxGone && !l.dead && w.link == l {
			w.hear(m)
		}
	})
}

// cutLink ends it for both, who learn of it in their own time.
func (w *world) cutLink() {
	l := w.link
	if l == nil {
		return
	}
	w.Note("cut", 0)
	l.cut = true
	if w.Chance(0.3) {
		l.dead = true // and nothing of what was sent arrives
	}
	if w.flaw.deafLinks {
		return
	}
	notice := time.Second // the socket is reset, or only falls silent
	if w.Chance(0.5) {
		notice = time.Minute
	}
	w.After(w.Within(notice), func() {
		if w.link == l {
			w.hangUp()
			w.tellBox(uplink.Dropped{})
		}
	})
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
	l := &simLink{session: ingest.NewSession(w.Now(), w.box.in.Centre), boot: w.hq.boot, replay: true}
	w.arrive(l, tape[0])
	l.up = w.Now().Add(100 * time.Millisecond) // past Welcome, or the rest would be refused unread
	for _, m := range rest {
		w.carry(&l.up, func() { w.arrive(l, m) })
	}
}

// ---- headquarters

func (w *world) arrive(l *simLink, m wire.Message) {
	if !l.dead {
		w.tellHQ(l, ingest.Heard{Message: m})
	}
}

func (w *world) tellHQ(l *simLink, e ingest.Event) {
	if l.boot != w.hq.boot {
		return // it died with the node
	}
	acts := l.session.Step(w.Now(), e)
	if w.flaw.say != nil {
		acts = w.flaw.say(w, acts)
	}
	for _, a := range acts {
		w.doHQ(l, a)
	}
}

func (w *world) doHQ(l *simLink, a ingest.Act) {
	switch a := a.(type) {
	case ingest.Find:
		w.After(w.Within(50*time.Millisecond), func() { w.tellHQ(l, ingest.Found{Held: w.hq.held()}) })
	case ingest.Look:
		w.After(w.Within(50*time.Millisecond), func() { w.tellHQ(l, ingest.Looked{Hash: w.hq.hashes[a.Seq]}) })
	case ingest.Greet:
		w.toBox(l, a.Welcome)
	case ingest.Say:
		w.acknowledges(a.Message)
		w.toBox(l, a.Message)
	case ingest.Refuse:
		w.toBox(l, a.Refusal)
	case ingest.Submit:
		l.queue = append(l.queue, a.Batch)
		w.commit(l)
	}
}

// acknowledges holds headquarters to promise 2: what it says it holds, it holds.
func (w *world) acknowledges(m wire.Message) {
	if a, ok := m.(wire.Ack); ok {
		w.Note("ack", a.Held.Seq)
		if a.Held.Seq >= uint64(len(w.hq.hashes)) || w.hq.hashes[a.Held.Seq] != a.Held.Hash {
			w.fail("headquarters acknowledges %s, it does not hold that", a.Held)
		}
	}
}

func (h *simHQ) held() chain.Position {
	last := uint64(len(h.hashes) - 1)
	return chain.Position{Seq: last, Hash: h.hashes[last]}
}

// commit proposes a link's batches one after the other. A proposal outlives the link, and may outlive the node.
func (w *world) commit(l *simLink) {
	if l.busy || len(l.queue) == 0 || l.boot != w.hq.boot {
		return
	}
	b := l.queue[0]
	l.queue, l.busy = l.queue[1:], true
	if w.flaw.ackEarly {
		w.tellHQ(l, ingest.Committed{Verdict: archive.Append, Held: b.Last()})
	}
	quorum := 300 * time.Millisecond
	if w.Chance(0.05) {
		quorum = 10 * time.Second // a leader is being elected
	}
	w.After(w.Within(quorum), func() {
		if l.boot != w.hq.boot && w.Chance(0.5) {
			return // the proposal died with the node
		}
		verdict := w.apply(b)
		w.After(w.Within(50*time.Millisecond), func() {
			l.busy = false
			if !w.flaw.ackEarly {
				w.tellHQ(l, ingest.Committed{Verdict: verdict, Held: w.hq.held()})
			}
			w.commit(l)
		})
	})
}

func (w *world) apply(b wire.Batch) archive.Verdict {
	held := w.hq.held()
	verdict := w.flaw.admit(held, func(seq uint64) chain.Hash { return w.hq.hashes[seq] }, b.Span)
	w.Note(verdict.String(), b.Last().Seq)
	w.hq.verdicts[verdict]++
	for block := b.Block; len(block) > 0; block = block[len(chain.Hash{}):] {
		h := chain.Hash(block[:len(chain.Hash{})])
		switch verdict {
		case archive.Append:
			w.hq.hashes = append(w.hq.hashes, h)
			w.appended(uint64(len(w.hq.hashes)-1), h)
		case archive.Fork:
			w.hq.aside[h] = true
		}
	}
	return verdict
}

// appended holds headquarters to promise 2: every record in its place, and only what some caller was answered for.
func (w *world) appended(seq uint64, h chain.Hash) {
	b := &w.box
	if seq <= b.answered && b.hashes[seq] == h {
		return
	}
	for _, branch := range b.branches {
		if seq < uint64(len(branch)) && branch[seq] == h {
			return
		}
	}
	w.fail("headquarters appends as %d a record that no caller was answered for there", seq)
}

// ---- trouble, and what must hold

func (w *world) trouble(forks bool) {
	if w.Now().After(w.calm) {
		return
	}
	switch w.Random.IntN(8) {
	case 0, 1, 2:
		w.cutLink()
	case 3:
		w.crash()
	case 4:
		w.hq.boot++ // every link is gone; proposals may still be applied
		w.Note("hq", uint64(w.hq.boot))
		w.cutLink()
	case 5, 6:
		w.replay()
	case 7:
		if !forks {
			break
		}
		if len(w.box.backup) == 0 {
			w.box.backup = append([]chain.Hash(nil), w.box.hashes[:w.box.answered+1]...)
		} else if w.Chance(0.3) {
			w.restore()
		}
	}
	w.After(w.Within(40*time.Second), func() { w.trouble(forks) })
}

func (w *world) check() {
	b := &w.box
	if b.forgot >= uint64(len(w.hq.hashes)) {
		w.fail("the box forgot up to %d, headquarters holds %d", b.forgot, len(w.hq.hashes)-1)
	}
}

// checkEnd: after the last fault everything arrives, or the fork is known on both sides.
func (w *world) checkEnd() {
	b, held := &w.box, w.hq.held()
	common := b.commonWith(w.hq.hashes)
	switch {
	case held == b.at(b.answered):
		return
	case common == held.Seq:
		w.fail("headquarters holds %d of %d, with no fault left", held.Seq, b.answered)
	case len(b.branches) == 0:
		w.fail("headquarters and the box differ after %d, and no backup was restored", common)
	case !b.sender.State().Forked:
		w.fail("histories differ after %d and the box does not say so: %+v", common, b.sender.State())
	case common < b.answered && !w.hq.aside[b.hashes[common+1]]:
		w.fail("histories differ after %d and headquarters has no evidence of it", common)
	}
}

func (b *simBox) commonWith(hashes []chain.Hash) uint64 {
	n := min(uint64(len(hashes)), b.answered+1)
	for n > 0 && hashes[n-1] != b.hashes[n-1] {
		n--
	}
	return n - 1
}
