package uplink

import (
	"context"
	"log/slog"
	"time"

	"markaz.example/sync/wire"
)

// Letterbox is where what comes down goes. Its methods are called by one goroutine, and may take as long as a disk does.
type Letterbox interface {
	// Taken is the newest letter whose effect is on disk; 0 before the first.
	Taken(ctx context.Context) (uint64, error)
	// Take puts a letter's effect on disk, once, however often it is called. An error leaves it to be tried again.
	Take(ctx context.Context, l wire.Letter) error
	// Want is what is missing of the pack to be fetched next; the zero value when nothing is.
	Want() Want
	// Wanted is closed when Want may have changed.
	Wanted() <-chan struct{}
	// Keep puts a piece on disk, behind those before it.
	Keep(p wire.Piece) error
}

// postman moves letters and pieces between a link and the letterbox, beside the play that moves records: a slow disk
// under a pack holds up no acknowledgement.
type postman struct {
	box   Letterbox
	log   *slog.Logger
	inbox chan any // wire.Letter, wire.Piece or up

	// Run's own
	mail *Mail
	haul *Haul
	link Link
}

func newPostman(box Letterbox, log *slog.Logger) *postman {
	return &postman{box: box, log: log, inbox: make(chan any, lettersMax+2)}
}

// tell hands over what a link said, or a link. Messages beyond what headquarters may have under way are passed over:
// they come again. Changes of the link are always heard.
func (p *postman) tell(ctx context.Context, m any) {
	if p == nil { // there is no letterbox
		return
	}
	switch m.(type) {
	case wire.Letter, wire.Piece:
		select {
		case p.inbox <- m:
		default:
		}
	default:
		select {
		case p.inbox <- m:
		case <-ctx.Done():
		}
	}
}

// up is told after a greeting of a headquarters that may have something, with nil when that link is no more.
type up struct{ link Link }

// run works until the context ends.
func (p *postman) run(ctx context.Context) {
	if !p.begin(ctx) {
		return
	}
	for ctx.Err() == nil {
		wanted := p.box.Wanted() // before Want, so that no change falls between the two
		p.stepHaul(ctx, Wanted{p.box.Want()})
		timer := time.NewTimer(p.untilWake())
		select {
		case <-ctx.Done():
		case <-wanted:
		case <-timer.C:
			p.stepMail(ctx, MailTick{})
			p.stepHaul(ctx, HaulTick{})
		case m := <-p.inbox:
			p.hear(ctx, m)
		}
		timer.Stop()
	}
}

// begin reads how far letters have come; a ledger that cannot say so yet is asked again.
func (p *postman) begin(ctx context.Context) bool {
	for {
		taken, err := p.box.Taken(ctx)
		if err == nil {
			p.mail, p.haul = NewMail(taken), NewHaul()
			return true
		}
		p.log.Warn("it is not known which letters of headquarters were taken", "err", err)
		select {
		case <-ctx.Done():
			return false
		case <-time.After(takeAgain):
		}
	}
}

func (p *postman) hear(ctx context.Context, m any) {
	switch m := m.(type) {
	case up:
		if p.link = m.link; p.link == nil {
			p.stepMail(ctx, MailDown{})
			p.stepHaul(ctx, HaulDown{})
			return
		}
		p.stepMail(ctx, MailUp{})
		p.stepHaul(ctx, HaulUp{})
	case wire.Letter:
		p.stepMail(ctx, Delivered{m})
	case wire.Piece:
		p.stepHaul(ctx, Arrived{m})
	}
}

func (p *postman) untilWake() time.Duration {
	least := time.Duration(idleWake)
	for _, wake := range []func() (time.Time, bool){p.mail.Wake, p.haul.Wake} {
		if at, ok := wake(); ok {
			least = min(least, time.Until(at))
		}
	}
	return least
}

func (p *postman) stepMail(ctx context.Context, e MailEvent) {
	for e != nil {
		acts := p.mail.Step(time.Now(), e)
		e = nil
		for _, a := range acts {
			switch a := a.(type) {
			case SayReceived:
				p.send(ctx, wire.Received{Number: a.Number})
			case Take: // always the last act
				err := p.box.Take(ctx, a.Letter)
				if err != nil {
					p.log.Warn("a letter of headquarters was not taken", "seq", a.Letter.Number, "kind", a.Letter.Kind, "err", err)
				}
				e = Taken{a.Letter.Number, err}
			}
		}
	}
}

func (p *postman) stepHaul(ctx context.Context, e HaulEvent) {
	for e != nil {
		acts := p.haul.Step(time.Now(), e)
		e = nil
		for _, a := range acts {
			switch a := a.(type) {
			case Fetch:
				p.send(ctx, a.Fetch)
			case Keep: // always the last act
				err := p.box.Keep(a.Piece)
				if err != nil {
					p.log.Warn("a piece of a pack was not kept", "err", err)
				}
				e = Kept{p.box.Want(), err}
			}
		}
	}
}

// send fails only when the link does, and then the link says so itself.
func (p *postman) send(ctx context.Context, m wire.Message) {
	if p.link == nil {
		return
	}
	if err := p.link.Send(ctx, m); err != nil {
		p.log.Debug("send", "err", err)
	}
}
