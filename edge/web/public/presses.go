package public

import (
	"errors"
	"sync"
	"time"

	"markaz.example/edge/id"
)

// presses gives one number for one press, though a screen may send it twice: an old touch screen hits again while the
// first hit is being answered.
type presses struct {
	mu    sync.Mutex
	known map[string]*press // guarded by mu
}

type press struct {
	at    time.Time
	done  chan struct{} // closed once visit and err are set
	visit id.Visit
	err   error
}

func newPresses() *presses { return &presses{known: map[string]*press{}} }

var errUnanswered = errors.New("the same press was not answered")

// once answers a press that is known with what it was answered before. One without a name is always new, and one that
// was refused may be tried again.
func (p *presses) once(name string, ask func() (id.Visit, error)) (id.Visit, error) {
	if name == "" {
		return ask()
	}
	own, first := p.enter(name)
	if !first {
		<-own.done
		return own.visit, own.err
	}
	own.err = errUnanswered // stands only if ask panics
	defer close(own.done)
	own.visit, own.err = ask()
	if own.err != nil {
		p.forget(name)
	}
	return own.visit, own.err
}

func (p *presses) enter(name string) (own *press, first bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := p.known[name]; ok {
		return known, false
	}
	if len(p.known) >= pressesMax {
		p.prune(time.Now())
	}
	own = &press{at: time.Now(), done: make(chan struct{})}
	p.known[name] = own
	return own, true
}

// prune drops what is old; all of it when everything is new, which no finger does.
func (p *presses) prune(now time.Time) {
	for name, old := range p.known {
		if now.Sub(old.at) > pressKept {
			delete(p.known, name)
		}
	}
	if len(p.known) >= pressesMax {
		clear(p.known)
	}
}

func (p *presses) forget(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.known, name)
}
