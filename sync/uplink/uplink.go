package uplink

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"markaz.example/edge/block"
	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// Ledger is the uplink's view of the box's ledger. Any goroutine may call it.
type Ledger interface {
	Incarnation() chain.Incarnation
	// Acknowledged is the newest position that callers were answered for. Nothing beyond it is ever sent.
	Acknowledged() chain.Position
	// HashAt gives the hash of a record, the genesis hash for 0, and an error for what is forgotten or was never there.
	HashAt(seq uint64) (chain.Hash, error)
	// Read gives consecutive stored records after a sequence, at most limitBytes but at least one record, never beyond
	// Acknowledged, nor past the end of a sealed block.
	Read(after uint64, limitBytes int) ([][]byte, error)
	// Changed is closed at the next acknowledged commit, or when the ledger stops.
	Changed() <-chan struct{}
	// Confirm says that headquarters holds the chain up to here. It is remembered durably, perhaps later.
	Confirm(held chain.Position) error
}

// Link is one connection to headquarters. Run moves it and reports why it ended; one goroutine receives.
type Link interface {
	Run(ctx context.Context) error
	Send(ctx context.Context, m wire.Message) error
	Receive() (wire.Message, error)
	Close(reason string) // after what was sent before; does not wait
}

// Uplink is the box's end of the road. All fields are needed but those that say otherwise.
type Uplink struct {
	Ledger   Ledger
	Key      ed25519.PrivateKey                      // signs checkpoints; headquarters pins it to the incarnation
	Dial     func(ctx context.Context) (Link, error) // must give up by itself
	Software string                                  // for the fleet page: "markaz 0.1.0"
	Wall     func() time.Time                        // the box's belief, for checkpoints; never for a delay
	Random   *rand.Rand                              // for the jitter of delays; Run alone uses it
	Log      *slog.Logger

	// Sealed gives the ledger's sealed block that begins right behind a record, false when there is none. Nil means that
	// nothing is sealed. Any goroutine may call it.
	Sealed func(after uint64) (block.Sealed, bool, error)

	// Held is what the ledger remembers that headquarters holds. It is only shown, until the first greeting of this run
	// says better; without it State counts the whole chain as behind. May be zero.
	Held chain.Position

	Ceiling time.Duration // of the pauses between dials; 0 means two minutes, which a nation of boxes can bear

	Letterbox Letterbox // for what comes down; may be nil: nothing is taken then

	Told   func(time.Time) // hears headquarters' time at each greeting; may be nil
	Report func(State)     // hears of every change; must not block; may be nil

	// PostKey is headquarters' key for what it sends down. With it, Told hears only what it signed for this greeting.
	PostKey ed25519.PublicKey // may be nil
	Entropy io.Reader         // of the greeting's nonce; nil means crypto/rand

	// What a beat tells of the box. Run's goroutine calls them; they must not block. Each may be nil.
	Condition func() []string                    // on the board now; looked at every lookEvery
	Packs     func() []wire.ActivePack           // active now
	Clock     func() (wallMs int64, grade uint8) // what the box believes, and how far
	Oldest    func() int64                       // wall time of the oldest record not held by headquarters, ms; 0: none
}

// Run works until the context ends. It never fails: whatever is wrong is reported, logged, and tried again.
func (u *Uplink) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	p := &play{
		Uplink: u, ctx: ctx, sender: NewSender(u.Ledger.Incarnation(), u.Random),
		inbox: make(chan happening, inboxEvents),
	}
	if u.Ceiling > 0 {
		p.sender.Ceiling(u.Ceiling)
	}
	if u.Letterbox != nil {
		p.post = newPostman(u.Letterbox, u.Log)
		p.parts.Go(func() { p.post.run(ctx) })
	}
	defer p.parts.Wait()
	defer stop()
	if u.Held.Seq > 0 {
		p.step(Remembered{u.Held})
	}
	for ctx.Err() == nil {
		p.next()
	}
	return nil
}

// play is one Run. Its own goroutine owns every field; the others reach it through inbox.
type play struct {
	*Uplink
	ctx    context.Context
	sender *Sender
	last   State
	inbox  chan happening
	parts  sync.WaitGroup
	idle   <-chan time.Time // while set, the ledger's word that it changed is not asked for

	post *postman // nil without a letterbox

	link Link // nil without one
	turn int  // of the present link; happenings of others are passed over

	nonce      wire.Nonce // of the present greeting
	version    uint       // that both speak on this link
	dictionary uint32     // for small batches on this link; 0: none
	said       []string   // the conditions of the newest beat
	look       <-chan time.Time
}

// happening is what a goroutine of play has to tell.
type happening struct {
	turn    int
	link    Link         // a dial's yield
	message wire.Message // a link's
	err     error        // of either
}

// next waits for one thing and takes it to the sender.
func (p *play) next() {
	changed := p.Ledger.Changed() // before Acknowledged, so that no change falls between the two
	if head := p.Ledger.Acknowledged(); head.Seq > p.sender.State().Head.Seq {
		p.step(Advanced{head})
	}
	if p.idle != nil {
		changed = nil
	}
	timer, stop := p.timer()
	defer stop()
	select {
	case <-p.ctx.Done():
	case <-changed:
		p.lookAgain()
	case <-p.idle:
		p.idle = nil
	case <-timer:
		p.step(Tick{})
	case <-p.look:
		p.lookAround()
	case h := <-p.inbox:
		p.take(h)
	}
}

// lookAgain keeps a ledger that has stopped, and says for ever that it changed, from spinning this loop.
func (p *play) lookAgain() {
	select {
	case <-p.Ledger.Changed():
		if p.Ledger.Acknowledged().Seq == p.sender.State().Head.Seq {
			p.idle = time.After(idleLook)
		}
	default:
	}
}

func (p *play) timer() (<-chan time.Time, func() bool) {
	wake, ok := p.sender.Wake()
	if !ok {
		return nil, func() bool { return true }
	}
	t := time.NewTimer(time.Until(wake))
	return t.C, t.Stop
}

func (p *play) take(h happening) {
	switch {
	case h.turn != p.turn:
		return
	case h.err != nil:
		p.Log.Info("no link to headquarters", "err", h.err)
		p.drop()
		p.step(Dropped{})
	case h.link != nil:
		p.listen(h.link)
		p.step(Connected{})
	default:
		p.hear(h.message)
	}
}

func (p *play) hear(m wire.Message) {
	switch m := m.(type) {
	case wire.Welcome:
		p.welcome(m)
	case wire.Ack:
		p.step(Acked{m.Held, p.ours(m.Held.Seq)})
	case wire.Landmark:
		p.step(Landmarked{m.At, p.ours(m.At.Seq)})
	case wire.Refusal:
		p.Log.Warn("headquarters refused", "code", m.Code, "detail", m.Detail, "seq", m.Held.Seq)
		p.step(Refused{m})
	case wire.Letter, wire.Piece:
		p.post.tell(p.ctx, m)
	default:
		p.Log.Warn("headquarters sent what only boxes send", "kind", fmt.Sprintf("%T", m))
	}
}

func (p *play) ours(seq uint64) Ours {
	if seq > p.Ledger.Acknowledged().Seq {
		return Ours{}
	}
	h, err := p.Ledger.HashAt(seq)
	return Ours{Hash: h, Known: err == nil}
}

// step takes an event to the sender and does what it wants; what comes of that is taken to it in turn.
func (p *play) step(e Event) {
	for e != nil {
		acts := p.sender.Step(time.Now(), e)
		e = nil
		for _, a := range acts {
			if came := p.do(a); came != nil {
				e = came // a Send is always the last act
			}
		}
	}
	if s := p.sender.State(); s != p.last {
		p.last = s
		if p.Report != nil {
			p.Report(s)
		}
	}
}

func (p *play) do(a Act) Event {
	switch a := a.(type) {
	case Dial:
		p.dial()
	case Greet:
		p.send(p.hello(a.Head))
	case Send:
		return p.pack(a)
	case Ask:
		p.send(wire.Probe{Seq: a.Seq})
	case Beat:
		p.send(p.beat(a.Head))
	case Confirm:
		if err := p.Ledger.Confirm(a.Held); err != nil {
			p.Log.Error("remember what headquarters holds", "seq", a.Held.Seq, "err", err)
		}
	case Tell:
		if p.Told != nil {
			p.Told(a.Wall)
		}
	case Hang:
		p.Log.Info("hang up", "reason", a.Reason)
		p.link.Close(a.Reason)
		p.drop()
	}
	return nil
}

// pack reads, signs and sends one batch.
func (p *play) pack(a Send) Event {
	b, err := p.batch(a)
	if err != nil {
		p.Log.Error("read records to send", "seq", a.After.Seq+1, "err", err)
		return Unreadable{fmt.Sprintf("records after %d cannot be sent: %v; run the ledger's verification", a.After.Seq, err)}
	}
	p.send(b)
	return Packed{Last: b.Last(), Raw: int(b.RawBytes), Bytes: len(b.Block)}
}

// send fails only when the link does, and then the link says so itself.
func (p *play) send(m wire.Message) {
	if err := p.link.Send(p.ctx, m); err != nil {
		p.Log.Debug("send", "err", err)
	}
}

// dial makes a link and moves it until it ends.
func (p *play) dial() {
	p.turn++
	turn := p.turn
	p.parts.Go(func() {
		l, err := p.Dial(p.ctx)
		p.tell(happening{turn: turn, link: l, err: err})
		if err == nil {
			_ = l.Run(p.ctx) // Receive reports the same end
		}
	})
}

// tell waits for the loop to listen, or to have ended.
func (p *play) tell(h happening) {
	select {
	case p.inbox <- h:
	case <-p.ctx.Done():
	}
}

// listen passes on what headquarters says, and at last why it says no more.
func (p *play) listen(l Link) {
	p.link = l
	turn := p.turn
	p.parts.Go(func() {
		for {
			m, err := l.Receive()
			p.tell(happening{turn: turn, message: m, err: err})
			if err != nil {
				l.Close("unreadable")
				return
			}
		}
	})
}

// drop passes over whatever the link may still say.
func (p *play) drop() {
	p.link, p.look = nil, nil
	p.turn++
	p.post.tell(p.ctx, up{})
}
