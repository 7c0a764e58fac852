package ingest_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/ingest"
	"markaz.example/sync/wire"
)

// simHQ is three nodes around one log. What is committed is the truth, and each node knows a beginning of it. A leader
// may be deposed without knowing.
type simHQ struct {
	nodes  [simNodes]simNode
	leader int // -1 while there is none
	term   int
	simArchive
	log      []chain.Position       // the chain's end after each committed entry
	known    map[chain.Position]int // the entry that made this the end of a strand
	verdicts [archive.Settled + 1]int
	settled  int
}

const simNodes = 3

type simNode struct {
	boot     int
	down     bool
	applied  int // entries of the log
	learning bool
	leader   int // as it believes
	term     int // of that leader
}

// simArchive is an archive as hashes: the chain, and branches beside it.
type simArchive struct {
	strands []simStrand // the chain first
	keys    map[byte]bool
	words   map[int]bool // settlements done, by their number
}

// simStrand holds the hashes from its base on.
type simStrand struct {
	name    simName // none for the chain
	base    uint64
	hashes  []chain.Hash
	ends    []uint64 // of its batches, and its base
	keys    []wire.Signer
	settled bool
}

// simName tells a branch by its base and its first batch, as the archive does.
type simName struct {
	base uint64
	hash chain.Hash
}

func (s simStrand) at(seq uint64) chain.Position {
	return chain.Position{Seq: seq, Hash: s.hashes[seq-s.base]}
}

func (s simStrand) end() chain.Position { return s.at(s.base + uint64(len(s.hashes)) - 1) }

func (s simStrand) has(p chain.Position) bool {
	return p.Seq >= s.base && p.Seq <= s.end().Seq && s.at(p.Seq) == p
}

func (s *simStrand) append(b simBatch) {
	s.hashes = append(s.hashes, b.hashes...)
	s.ends = append(s.ends, b.Last().Seq)
	if n := len(s.keys); n == 0 || !bytes.Equal(s.keys[n-1].Key, b.key) {
		s.keys = append(s.keys[:n:n], wire.Signer{From: b.Prev.Seq + 1, Key: b.key})
	}
}

// begins is the newest end of a batch at or before a sequence.
func (s simStrand) begins(seq uint64) uint64 {
	return s.ends[sort.Search(len(s.ends), func(i int) bool { return s.ends[i] > seq })-1]
}

// simBatch is a batch as it is carried: its block is the hashes of its records.
type simBatch struct {
	wire.Span
	hashes []chain.Hash
	key    ed25519.PublicKey
	shown  bool // by a box that had just compared histories
}

func unpack(m wire.Batch, key ed25519.PublicKey) simBatch {
	b := simBatch{Span: m.Span, key: key, hashes: make([]chain.Hash, 0, len(m.Block)/len(chain.Hash{}))}
	for block := m.Block; len(block) > 0; block = block[len(chain.Hash{}):] {
		b.hashes = append(b.hashes, chain.Hash(block))
	}
	return b
}

// passes is whether the batch's own record in a place is this one.
func (b simBatch) passes(p chain.Position) bool { return b.hashes[p.Seq-b.Prev.Seq-1] == p.Hash }

func (a *simArchive) held() chain.Position { return a.strands[0].end() }

// strandOf is the strand that a position is on; a branch's base is on what it leaves.
func (a *simArchive) strandOf(p chain.Position) int {
	return slices.IndexFunc(a.strands, func(s simStrand) bool { return s.has(p) && (p.Seq > s.base || p.Seq == 0) })
}

// place asks the product's rule.
func (w *world) place(b simBatch) (archive.Verdict, int) {
	strands := make([]archive.Strand, 0, len(w.hq.strands))
	for _, s := range w.hq.strands {
		at := func(seq uint64) chain.Hash { return s.at(seq).Hash }
		strands = append(strands, archive.Strand{Base: s.at(s.base), End: s.end(), Settled: s.settled, At: at})
	}
	if w.flaw.admit != nil {
		if v, ok := w.flaw.admit(strands[0].End, strands[0].At, b.Span); ok {
			return v, 0
		}
	}
	return archive.Place(strands, b.Span, b.passes)
}

// speaks asks the product's rule for keys.
func (w *world) speaks(v archive.Verdict, i int, key ed25519.PublicKey) bool {
	if w.flaw.anyKey {
		return true
	}
	a := &w.hq.simArchive
	return archive.Speaks(v, a.strands[0].keys, a.strands[i].keys, key, func() bool { return a.keys[key[0]] })
}

// commit puts a batch into the order and applies it.
func (w *world) commit(b simBatch) ingest.Committed {
	h := &w.hq
	v, i := w.place(b)
	defer w.entered()
	switch {
	case !w.speaks(v, i, b.key):
		return ingest.Committed{Held: h.held(), Err: archive.ErrKey}
	case w.flaw.verdict != nil:
		v = w.flaw.verdict(v)
	}
	w.Note(v.String(), b.Last().Seq)
	h.verdicts[v]++
	switch v {
	case archive.Append:
		h.strands[0].append(b)
		w.appended(b)
		return ingest.Committed{Verdict: v, Held: h.held()}
	case archive.Fork:
		if !w.meddled {
			w.fail("histories differ after %s, and nobody touched a disk", b.Prev)
		}
		if s := h.strands[h.strandOf(b.Prev)]; b.shown && s.begins(b.Prev.Seq) != b.Prev.Seq {
			w.fail("the branch shown from %s does not fit the end of a batch", b.Prev)
		}
		h.strands = append(h.strands, simStrand{
			name: simName{b.Prev.Seq, b.Last().Hash}, base: b.Prev.Seq, hashes: []chain.Hash{b.Prev.Hash}, ends: []uint64{b.Prev.Seq},
		})
		i = len(h.strands) - 1
		fallthrough
	case archive.Aside:
		if s := &h.strands[i]; s.end() == b.Prev {
			s.append(b)
			defer w.absorb(s.name)
		}
	case archive.Duplicate, archive.Gap:
		return ingest.Committed{Verdict: v, Held: h.held()}
	}
	return ingest.Committed{Verdict: v, Held: h.strands[i].end()}
}

// absorb lets go of branches whose every record is on another, as the archive does.
func (w *world) absorb(name simName) {
	h := &w.hq
	by := h.strands[slices.IndexFunc(h.strands, func(s simStrand) bool { return s.name == name })]
	h.strands = slices.DeleteFunc(h.strands, func(s simStrand) bool {
		return s.name != simName{} && s.name != name && !s.settled && s.base >= by.base && by.has(s.end())
	})
}

// entered counts an entry: who knows it knows all before.
func (w *world) entered() {
	h := &w.hq
	h.log = append(h.log, h.held())
	for _, s := range h.strands {
		if _, ok := h.known[s.end()]; !ok {
			h.known[s.end()] = len(h.log)
		}
		for i := len(s.hashes) - 1; i >= 0; i-- {
			p := s.at(s.base + uint64(i))
			f := w.fates[p]
			if f&kept != 0 {
				break
			}
			w.fates[p] = f | kept
		}
	}
	for i := range h.nodes {
		if !h.nodes[i].learning {
			h.nodes[i].learning = true
			w.After(w.Within(500*time.Millisecond), func() { w.learn(i) })
		}
	}
}

func (w *world) learn(node int) {
	n := &w.hq.nodes[node]
	if n.learning = false; !n.down {
		n.applied = len(w.hq.log)
	}
}

// settle is a person's word on a branch, which may come twice.
func (w *world) settle(name simName, keep archive.Keep, word int) {
	h := &w.hq
	again, before := h.words[word], h.held()
	if again && !w.flaw.wordsTwice {
		return
	}
	defer func() {
		if again && h.held() != before {
			w.fail("a settlement that came twice had its effect twice")
		}
	}()
	i := slices.IndexFunc(h.strands, func(s simStrand) bool { return s.name == name })
	if i <= 0 {
		return
	}
	h.words[word] = true
	w.Note("settle "+keep.String(), h.strands[i].base)
	switch base := h.strands[i].at(h.strands[i].base); {
	case keep == archive.KeepHeld:
		h.strands[i].settled = true
	case !h.strands[0].has(base) || h.strands[0].begins(base.Seq) != base.Seq:
		return // refused
	default:
		w.turn(i)
	}
	h.settled++
	w.entered()
}

// turn makes a strand the chain, and what it replaces a strand.
func (w *world) turn(i int) {
	h := &w.hq
	b, trunk := h.strands[i], h.strands[0]
	cut, _ := slices.BinarySearch(trunk.ends, b.base)
	tail := simStrand{
		base: b.base, hashes: slices.Clone(trunk.hashes[b.base:]), ends: slices.Clone(trunk.ends[cut:]),
		keys: trunk.keys, settled: true,
	}
	if len(tail.ends) > 1 {
		tail.name = simName{b.base, tail.at(tail.ends[1]).Hash}
	}
	trunk.hashes = append(slices.Clone(trunk.hashes[:b.base]), b.hashes...)
	trunk.ends = append(slices.Clone(trunk.ends[:cut]), b.ends...)
	trunk.keys = append(slices.DeleteFunc(slices.Clone(trunk.keys), func(k wire.Signer) bool { return k.From > b.base }), b.keys...)
	h.strands = slices.Delete(slices.Clone(h.strands), i, i+1)
	h.strands[0] = trunk
	if len(tail.hashes) > 1 && !w.flaw.losesSide {
		h.strands = append(h.strands, tail)
	}
	for seq := range trunk.hashes {
		w.fates[trunk.at(uint64(seq))] |= chained
	}
}

// ---- the nodes

func (w *world) crashNode(i int) {
	n := &w.hq.nodes[i]
	n.boot++
	n.down = true
	w.Note("node", uint64(i))
	for _, b := range w.boxes {
		if b.link != nil && b.link.node == i {
			b.cutLink()
		}
	}
	w.After(w.Within(20*time.Second), func() {
		n.down = false
		w.After(w.Within(5*time.Second), func() { w.learn(i) })
	})
	if w.hq.leader == i {
		w.elect()
	}
}

// elect deposes the leader, who may not know for a while, and finds another.
func (w *world) elect() {
	h := &w.hq
	h.leader, h.term = -1, h.term+1
	w.After(w.Within(8*time.Second), func() {
		if h.leader >= 0 {
			return
		}
		h.leader = w.Random.IntN(simNodes)
		if h.nodes[h.leader].down {
			w.elect()
			return
		}
		w.Note("leader", uint64(h.leader))
		for i := range h.nodes {
			leader, term := h.leader, h.term
			w.After(w.Within(3*time.Second), func() { h.nodes[i].hears(leader, term) })
		}
	})
}

// hears learns of a leader, which news of an older one does not undo.
func (n *simNode) hears(leader, term int) {
	if term >= n.term {
		n.leader, n.term = leader, term
	}
}

var errNoLeader = errors.New("no leader, or it is not known what became of it")

// propose carries a batch to whom the node takes for the leader. Whatever happens on the way, done is called with an
// error or the truth.
func (w *world) propose(node int, b simBatch, done func(ingest.Committed)) {
	h := &w.hq
	open := ingest.Committed{Err: errNoLeader}
	w.After(w.Within(100*time.Millisecond), func() {
		to, term := h.nodes[node].leader, h.term
		switch {
		case h.nodes[to].down:
			done(open)
		case h.leader != to:
			w.limbo(b, done, open)
		default:
			quorum := 300 * time.Millisecond
			if w.Chance(0.02) {
				quorum = 10 * time.Second // a slow disk
			}
			w.After(w.Within(quorum), func() {
				if h.leader != to || h.term != term {
					w.limbo(b, done, open)
					return
				}
				got := w.commit(b)
				w.After(w.Within(50*time.Millisecond), func() { done(got) })
			})
		}
	})
}

// limbo is where a proposal is that a deposed leader took: it may be committed yet, and nobody is told.
func (w *world) limbo(b simBatch, done func(ingest.Committed), open ingest.Committed) {
	if w.flaw.deposedAnswers {
		done(ingest.Committed{Verdict: archive.Append, Held: b.Last()})
		return
	}
	if w.Chance(0.5) {
		w.After(w.Within(5*time.Second), func() { w.commit(b) })
	}
	w.After(w.Within(3*time.Second), func() { done(open) })
}

// heldAt is what a node would say is held: it may be behind.
func (w *world) heldAt(node int) chain.Position {
	if n := w.hq.nodes[node]; n.applied > 0 {
		return w.hq.log[n.applied-1]
	}
	return w.in.Start()
}

// find is the product's, over the model.
func (w *world) find(node int, head chain.Position) ingest.Found {
	i := w.hq.strandOf(head)
	return ingest.Found{Held: w.heldAt(node), Settled: i > 0 && w.hq.strands[i].settled && w.flaw.verdict == nil}
}

// landmark is the product's, over the model.
func (w *world) landmark(node int, a ingest.Look) ingest.Looked {
	h := &w.hq
	if h.known[a.Tip] > h.nodes[node].applied {
		return ingest.Looked{Err: archive.ErrAbsent}
	}
	i := h.strandOf(a.Tip)
	for n := 0; i > 0 && a.Seq < h.strands[i].base; n++ {
		if n == len(h.strands) {
			w.fail("%s leaves strands in a circle", a.Tip)
			return ingest.Looked{Err: archive.ErrAbsent}
		}
		i = h.strandOf(h.strands[i].at(h.strands[i].base))
	}
	if i < 0 {
		return ingest.Looked{Err: archive.ErrAbsent}
	}
	s := h.strands[i]
	seq := min(a.Seq, s.end().Seq)
	return ingest.Looked{At: s.at(seq), Begins: s.at(s.begins(seq))}
}

// ---- the links

func (w *world) arrive(l *simLink, m wire.Message) {
	if l.dead {
		return
	}
	heard := ingest.Heard{Message: m}
	if b, ok := m.(wire.Batch); ok {
		heard.Odd, heard.Fault = w.inspect(b)
	}
	w.tellHQ(l, heard)
}

// inspect finds odd records, one in 64, and forged signatures: a batch is signed with the first byte of its signature.
func (w *world) inspect(m wire.Batch) (odd []wire.Odd, err error) {
	for i := 0; i < len(m.Block); i += len(chain.Hash{}) {
		if m.Block[i]&63 == 0 {
			odd = append(odd, wire.NewOdd(m.Prev.Seq+uint64(i/len(chain.Hash{}))+1, "odd"))
		}
	}
	if len(odd) > 0 && w.flaw.poison {
		return nil, chain.ErrMalformed
	}
	return odd, nil
}

func (w *world) tellHQ(l *simLink, e ingest.Event) {
	if n := w.hq.nodes[l.node]; l.boot != n.boot || n.down {
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
		w.replaces(l)
		w.After(w.Within(50*time.Millisecond), func() { w.tellHQ(l, w.find(l.node, a.Head)) })
	case ingest.Check:
		w.After(w.Within(50*time.Millisecond), func() { w.tellHQ(l, ingest.Checked{Held: w.heldAt(l.node)}) })
	case ingest.Look:
		if w.flaw.look != nil {
			a = w.flaw.look(w, a)
		}
		w.After(w.Within(50*time.Millisecond), func() { w.tellHQ(l, w.landmark(l.node, a)) })
	case ingest.Greet:
		w.toBox(l, a.Welcome)
	case ingest.Say:
		w.acknowledges(a.Message)
		w.toBox(l, a.Message)
	case ingest.Refuse:
		w.toBox(l, a.Refusal)
		if l.box != nil && !w.flaw.deafLinks {
			w.After(time.Second+w.Within(time.Minute), func() { l.box.ended(l) })
		}
	case ingest.Submit:
		l.queue = append(l.queue, a.Batch)
		w.submit(l)
	}
}

// replaces tells an older link at the same node to go.
func (w *world) replaces(l *simLink) {
	if old := w.latest[l.node]; old != nil && old != l {
		w.tellHQ(old, ingest.Replaced{})
	}
	w.latest[l.node] = l
}

// acknowledges holds headquarters to promise 2: what it says it holds, it holds.
func (w *world) acknowledges(m wire.Message) {
	switch m := m.(type) {
	case wire.Ack:
		w.Note("ack", m.Held.Seq)
		if w.fates[m.Held]&chained == 0 {
			w.fail("headquarters acknowledges %s, its chain never had that", m.Held)
		}
	case wire.Shelved:
		w.Note("shelved", m.At.Seq)
		if w.fates[m.At]&kept == 0 {
			w.fail("headquarters says that it keeps %s, it does not", m.At)
		}
	}
}

// submit proposes a link's batches one after the other. A proposal outlives the link, and may outlive the node.
func (w *world) submit(l *simLink) {
	if l.busy || len(l.queue) == 0 {
		return
	}
	h, _ := l.session.Hello()
	b := unpack(l.queue[0], h.Key)
	b.shown = l.evidence == b.Span.Last()
	l.queue, l.busy = l.queue[1:], true
	if w.flaw.ackEarly {
		w.tellHQ(l, ingest.Committed{Verdict: archive.Append, Held: b.Last()})
	}
	w.propose(l.node, b, func(c ingest.Committed) {
		l.busy = false
		if !w.flaw.ackEarly {
			w.tellHQ(l, c)
		}
		w.submit(l)
	})
}

// appended holds headquarters to promise 2: every record in its place, and only what some caller was answered for.
func (w *world) appended(b simBatch) {
	for i, h := range b.hashes {
		p := chain.Position{Seq: b.Prev.Seq + uint64(i) + 1, Hash: h}
		f := w.fates[p]
		w.fates[p] = f | chained
		if w.hq.strands[0].at(min(p.Seq, w.hq.held().Seq)) != p {
			w.fail("headquarters has %s in another place", p)
		}
		if f&answered == 0 {
			w.fail("headquarters appends %s, that no caller was answered for", p)
		}
	}
}

func (s simStrand) String() string { return fmt.Sprintf("%s from %d", s.end(), s.base) }
