package crowd

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/edge/desk"
	"markaz.example/edge/web/api"
)

// services are what people come for, on a stage.
var services = []string{"kafaalat", "nashonuma", "wazaif", "survey", "sehat", "loans", "disability", "help"}

// phone watches one visit.
type phone struct {
	screen *watcher
	stop   context.CancelFunc
	put    atomic.Bool // away
}

func (p *phone) gone() bool { return p.put.Load() }

// phones are those of everybody who waits.
type phones struct {
	stage *stage.Stage
	run   func(func(context.Context) error)

	mu    sync.Mutex
	open  map[string]*phone // guarded by mu: by number
	came  int               // guarded by mu: with their paper
	asked int               // guarded by mu: at a kiosk
}

func (p *phones) waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open)
}

func (p *phones) of(token string) *phone {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open[token]
}

// join opens the phone of somebody who got a number.
func (p *phones) join(s api.Slip) {
	own := &phone{screen: newWatcher("/t/"+string(s.Code)+"/live?lang=ur", phoneShows)}
	p.mu.Lock()
	p.came++
	from := addressOf(2, p.came)
	p.open[string(s.Token)] = own
	ready := make(chan struct{})
	p.mu.Unlock()
	p.run(func(ctx context.Context) error {
		ctx, own.stop = context.WithCancel(ctx)
		close(ready)
		return own.screen.run(ctx, p.stage, from)
	})
	<-ready
}

// leave puts the phone of somebody who was served away.
func (p *phones) leave(token string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if own, ok := p.open[token]; ok {
		own.put.Store(true)
		own.stop()
		delete(p.open, token)
	}
}

var errNoPaper = errors.New("the paper did not come out")

// letIn is one person: asks at a kiosk, waits for the paper, takes out the phone.
func (c *Crowd) letIn(ctx context.Context) (api.Slip, error) {
	v, err := c.box.Ask(ctx, "1", rand.Text(), []string{services[c.pool.next()%len(services)]})
	if err != nil {
		return api.Slip{}, err
	}
	for began := time.Now(); time.Since(began) < answerWait; {
		s, err := c.box.Slip(ctx, v)
		if err != nil {
			return s, err
		}
		if s.State == desk.SlipInHand {
			c.pool.join(s)
			return s, nil
		}
		if s.State == desk.SlipOver {
			return s, nil
		}
		if err := client.Pause(ctx, max(lookEvery, time.Since(began)/lookPauses)); err != nil {
			return s, err
		}
	}
	return api.Slip{}, errNoPaper
}

// next counts who asks.
func (p *phones) next() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	return p.asked
}
