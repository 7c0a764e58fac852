package ingest_test

import (
	"crypto/ed25519"
	"slices"
	"strconv"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/ingest"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
)

// simBox is a disk with a chain on it, and the machine it is in. Several may be of one incarnation.
type simBox struct {
	*world
	key       byte
	hashes    []chain.Hash // hashes[0] is the genesis
	answered  uint64       // callers were answered up to here
	forgot    uint64       // records up to here are gone
	confirmed uint64       // headquarters was said to hold it up to here
	backup    []chain.Hash
	backedUp  uint64 // what the disk had forgotten when it was copied
	sender    *uplink.Sender
	link      *simLink // nil without
	running   bool
	retired   bool // taken away for good
	boot      int
	waking    int // of the newest planned tick; older ones come to nothing
}

func (b *simBox) start() {
	b.boot++
	b.running = true
	b.answerUpTo(uint64(len(b.hashes) - 1))
	b.sender = uplink.NewSender(b.in, b.Random)
	if b.ceiling > 0 {
		b.sender.Ceiling(b.ceiling)
	}
	b.tell(uplink.Remembered{Held: b.at(min(b.confirmed, b.answered))})
	b.tell(uplink.Advanced{Head: b.at(b.answered)})
}

func (b *simBox) at(seq uint64) chain.Position { return chain.Position{Seq: seq, Hash: b.hashes[seq]} }

func (b *simBox) head() chain.Position { return b.at(b.answered) }

func (b *simBox) answerUpTo(seq uint64) {
	for ; b.answered < seq; b.answered++ {
		b.fates[b.at(b.answered+1)] |= answered
	}
}

// produce commits a few records, then answers their callers a moment later.
func (b *simBox) produce() {
	if b.retired || b.Now().After(b.calm) {
		return
	}
	if b.running {
		n := 1 + b.Random.IntN(30)
		b.hashes = slices.Grow(b.hashes, n)
		for range n {
			b.hashes = append(b.hashes, chain.Link(b.hashes[len(b.hashes)-1], strconv.AppendUint(nil, b.Random.Uint64(), 10)))
		}
		boot, head := b.boot, uint64(len(b.hashes)-1)
		if b.flaw.unacked {
			b.tell(uplink.Advanced{Head: b.at(head)})
		}
		b.After(b.Within(2*time.Second), func() { b.answer(boot, head) })
	}
	b.After(b.Within(b.pause), b.produce)
}

func (b *simBox) answer(boot int, head uint64) {
	if b.boot != boot || !b.running || head <= b.answered {
		return
	}
	b.answerUpTo(head)
	b.Note("answered", head)
	b.tell(uplink.Advanced{Head: b.at(head)})
}

// crash loses some of what no caller was answered for.
func (b *simBox) crash() {
	if !b.running {
		return
	}
	b.running = false
	b.hangUp()
	keep := b.answered + b.Random.Uint64N(uint64(len(b.hashes))-b.answered)
	if b.flaw.lossy && b.answered > b.forgot+3 {
		keep = b.answered - 3
	}
	b.hashes = b.hashes[: keep+1 : keep+1]
	b.answered = min(b.answered, keep)
	b.Note("crash", keep)
	b.After(b.Within(10*time.Second), b.startUnlessRetired)
}

func (b *simBox) startUnlessRetired() {
	if !b.retired && !b.running {
		b.start()
	}
}

func (b *simBox) retire() {
	b.hangUp()
	b.running, b.retired = false, true
	b.give()
}

// give is a disk thrown away, with what headquarters was not yet said to hold.
func (b *simBox) give() {
	for seq := b.confirmed + 1; seq <= b.answered; seq++ {
		b.fates[b.at(seq)] |= given
	}
}

// restore puts an older copy of the disk in place of the present one; the future differs from then on.
func (b *simBox) restore() {
	if !b.running || len(b.backup) == 0 {
		return
	}
	b.hangUp()
	b.running, b.meddled = false, true
	b.give()
	b.hashes = slices.Clip(b.backup)
	b.answered = uint64(len(b.hashes) - 1)
	b.forgot, b.confirmed = b.backedUp, b.backedUp
	b.Note("restore", b.answered)
	b.After(b.Within(10*time.Second), b.startUnlessRetired)
}

// clone is another machine with a copy of the disk, which lives on beside this one.
func (b *simBox) clone(key byte, hashes []chain.Hash, forgot uint64) {
	c := &simBox{world: b.world, key: key, hashes: slices.Clip(hashes), forgot: forgot, confirmed: forgot}
	c.answered = uint64(len(hashes) - 1)
	b.boxes, b.meddled = append(b.boxes, c), true
	b.Note("another box", c.answered)
	c.start()
	c.produce()
}

func (b *simBox) tell(e uplink.Event) {
	if !b.running {
		return
	}
	if b.flaw.event != nil {
		if e = b.flaw.event(b, e); e == nil {
			return
		}
	}
	acts := b.sender.Step(b.Now(), e)
	if b.flaw.acts != nil {
		acts = b.flaw.acts(b, acts)
	}
	for _, a := range acts {
		b.do(a)
	}
	b.planTick()
}

func (b *simBox) planTick() {
	wake, ok := b.sender.Wake()
	b.waking++
	boot, waking := b.boot, b.waking
	if ok {
		b.At(wake, func() {
			if b.boot == boot && b.waking == waking {
				b.tell(uplink.Tick{})
			}
		})
	}
}

func (b *simBox) do(a uplink.Act) {
	switch a := a.(type) {
	case uplink.Dial:
		b.dial()
	case uplink.Greet:
		b.say(wire.Hello{Version: b.version, Incarnation: b.in, Head: a.Head, Key: simKey(b.key), Software: "sim"})
	case uplink.Ask:
		b.say(wire.Probe{Seq: a.Seq})
	case uplink.Beat:
		b.say(wire.Beat{Head: a.Head})
	case uplink.Send:
		b.pack(a)
	case uplink.Confirm:
		b.confirm(a.Held)
	case uplink.Hang:
		b.hangUp()
	}
}

func simKey(k byte) ed25519.PublicKey {
	key := make(ed25519.PublicKey, ed25519.PublicKeySize)
	key[0] = k
	return key
}

// confirm forgets, and holds the box to promise 4.
func (b *simBox) confirm(held chain.Position) {
	b.Note("confirm", held.Seq)
	switch {
	case b.fates[held]&chained == 0:
		b.fail("the box forgets up to %s, headquarters' chain never had that", held)
	case held.Seq > b.answered || b.hashes[held.Seq] != held.Hash:
		b.fail("the box confirms %s, its own chain does not have that", held)
	}
	b.confirmed = held.Seq
	if held.Seq > b.forgot && b.Chance(0.3) {
		b.forgot = held.Seq // pruning is lazy
	}
}

// pack takes some of what it may: rows in small batches, or a sealed block.
func (b *simBox) pack(a uplink.Send) {
	from := a.After.Seq
	if from < b.forgot || from >= uint64(len(b.hashes))-1 {
		b.tell(uplink.Unreadable{Detail: "forgotten"})
		return
	}
	size := uint64(a.LimitBytes / 4096)
	if b.Chance(0.1) {
		size = 1 + b.Random.Uint64N(100)
	}
	if a.LimitBytes == wire.RawBytesMax {
		size = 300 // evidence holds what it must
	}
	to := min(from+size, a.UpTo, uint64(len(b.hashes)-1))
	var m wire.Batch
	m.Prev, m.Checkpoint = a.After, chain.Checkpoint{Incarnation: b.in, Position: b.at(to)}
	m.Block = make([]byte, 0, len(chain.Hash{})*int(to-from))
	for _, h := range b.hashes[from+1 : to+1] {
		m.Block = append(m.Block, h[:]...)
	}
	b.say(m)
	b.tell(uplink.Packed{Last: m.Last(), Raw: 4096 * int(to-from), Bytes: 512 * int(to-from)})
}

func (b *simBox) ours(seq uint64) uplink.Ours {
	if seq < b.forgot || seq > b.answered {
		return uplink.Ours{}
	}
	return uplink.Ours{Hash: b.hashes[seq], Known: true}
}

func (b *simBox) hear(m wire.Message) {
	switch m := m.(type) {
	case wire.Welcome:
		b.tell(uplink.Welcomed{Welcome: m, Ours: b.ours(m.Held.Seq)})
	case wire.Ack:
		b.tell(uplink.Acked{Held: m.Held, Ours: b.ours(m.Held.Seq)})
	case wire.Shelved:
		b.tell(uplink.Shelved{At: m.At, Ours: b.ours(m.At.Seq)})
	case wire.Landmark:
		b.tell(uplink.Landmarked{Landmark: m, Ours: b.ours(m.At.Seq), Base: b.ours(m.Begins.Seq)})
	case wire.Refusal:
		b.tell(uplink.Refused{Refusal: m})
	}
}

// ---- the line

// simLink is one connection. Each direction keeps its order; a cut loses what is under way, and each end learns of
// it in its own time.
type simLink struct {
	session  *ingest.Session
	box      *simBox // nil for a replay
	node     int
	boot     int // of the node
	up       time.Time
	down     time.Time
	cut      bool // nothing is sent any more
	dead     bool // open, and nothing moves
	boxGone  bool // the box listens no more
	tape     []wire.Message
	probed   bool           // the box has just compared histories
	evidence chain.Position // the end of the batch it then sent
	queue    []wire.Batch   // submitted by the session, not yet committed
	busy     bool
}

func (b *simBox) dial() {
	boot := b.boot
	b.After(b.Within(2*time.Second), func() {
		node := b.Random.IntN(simNodes)
		switch {
		case b.boot != boot || !b.running:
		case b.hq.nodes[node].down, b.Now().Before(b.outage), b.Now().Before(b.calm) && b.Chance(0.2):
			b.tell(uplink.Dropped{})
		default:
			b.link = &simLink{box: b, session: ingest.NewSession(b.Now(), b.in.Centre), node: node, boot: b.hq.nodes[node].boot}
			b.tell(uplink.Connected{})
		}
	})
}

// hangUp is the box's end of it: what was sent before may still arrive.
func (b *simBox) hangUp() {
	if l := b.link; l != nil {
		b.link, l.cut, l.boxGone = nil, true, true
		b.tapes = append(b.tapes, l.tape)
	}
}

func (b *simBox) say(m wire.Message) {
	l := b.link
	if l == nil || l.cut {
		return
	}
	switch m := m.(type) {
	case wire.Probe:
		l.probed = true
	case wire.Batch:
		if l.probed {
			l.evidence, l.probed = m.Last(), false
		}
	}
	l.tape = append(l.tape, m)
	b.carry(&l.up, func() { b.arrive(l, m) })
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
	if l.cut || l.box == nil {
		return
	}
	w.carry(&l.down, func() {
		if !l.boxGone && !l.dead && l.box.link == l {
			l.box.hear(m)
		}
	})
}

// cutLink ends it for both, who learn of it in their own time.
func (b *simBox) cutLink() {
	l := b.link
	if l == nil {
		return
	}
	b.Note("cut", 0)
	l.cut = true
	if b.Chance(0.3) {
		l.dead = true // and nothing of what was sent arrives
	}
	if b.flaw.deafLinks {
		return
	}
	notice := time.Second // the socket is reset, or only falls silent
	if b.Chance(0.5) {
		notice = time.Minute
	}
	b.After(b.Within(notice), func() { b.ended(l) })
}

// ended is a box that notices the end of a link.
func (b *simBox) ended(l *simLink) {
	if b.link == l {
		b.hangUp()
		b.tell(uplink.Dropped{})
	}
}
