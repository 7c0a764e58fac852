package crowd

import (
	"context"
	"sync"
	"time"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/edge/web/api"
)

// clerk is one desk at work: calls, sees that the person is there, finishes.
type clerk struct {
	code   string
	screen *watcher

	mu    sync.Mutex
	token string // guarded by mu: in hand; empty for nobody
	here  bool   // guarded by mu: and present
}

// seen waits until a press is to be seen wherever it has to be.
type seen func(context.Context) error

// step is the desk's next press, timed from when it was due. The desk is free for another as soon as the box has answered.
func (c *Crowd) step(ctx context.Context, d *clerk, due time.Time) error {
	d.mu.Lock()
	await, err := c.act(ctx, d, due)
	d.mu.Unlock()
	if err != nil || await == nil {
		return err
	}
	return await(ctx)
}

func (c *Crowd) act(ctx context.Context, d *clerk, due time.Time) (seen, error) {
	switch {
	case d.token == "":
		return c.call(ctx, d, due)
	case !d.here:
		d.here = true
		return c.own(ctx, d, due, "present", "serving "+d.token, "gone "+d.token)
	}
	token := d.token
	d.token, d.here = "", false
	c.pool.leave(token)
	return c.own(ctx, d, due, "finish-done", "gone "+token)
}

// call calls the next person, for every hall screen, the desk's and the person's phone to see.
func (c *Crowd) call(ctx context.Context, d *clerk, due time.Time) (seen, error) {
	if err := c.box.Act(ctx, d.code, "next"); err != nil {
		return nil, err
	}
	c.times.took("desk: answered", time.Since(due))
	now, err := client.Get[api.Desk](ctx, c.box, "/api/desk/"+d.code)
	if err != nil || now.Token == "" {
		return nil, err
	}
	token := string(now.Token)
	d.token = token
	phone := c.pool.of(token)
	return func(ctx context.Context) error {
		last, err := d.screen.await(ctx, "called "+token, "serving "+token, "gone "+token)
		if err != nil {
			return err
		}
		for _, s := range c.screens {
			at, err := s.await(ctx, token)
			if err != nil {
				return err
			}
			if at.After(last) {
				last = at
			}
		}
		c.times.took("call: on every screen", last.Sub(due))
		return c.phoned(ctx, phone, due)
	}, nil
}

// phoned waits for the phone of whoever was called, unless the visit is over before the phone was told.
func (c *Crowd) phoned(ctx context.Context, p *phone, due time.Time) error {
	if p == nil {
		return nil
	}
	at, err := p.screen.await(ctx, "called")
	if p.gone() {
		return nil
	}
	if err != nil {
		return err
	}
	c.times.took("call: on the phone", at.Sub(due))
	return nil
}

// own presses what only the desk's own screen shows.
func (c *Crowd) own(ctx context.Context, d *clerk, due time.Time, act string, shows ...string) (seen, error) {
	if err := c.box.Act(ctx, d.code, act); err != nil {
		return nil, err
	}
	c.times.took("desk: answered", time.Since(due))
	return func(ctx context.Context) error {
		at, err := d.screen.await(ctx, shows...)
		if err != nil {
			return err
		}
		c.times.took("desk: on its screen", at.Sub(due))
		return nil
	}, nil
}
