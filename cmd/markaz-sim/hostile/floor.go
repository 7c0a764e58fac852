package hostile

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"sync"
	"time"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/api"
)

// clerk is somebody who signed in at a desk, with a machine of the centre, and the kiosk whose people come there.
type clerk struct {
	desk  string
	comes string // what people who come to this desk ask for
	box   *client.Client
	floor *floor
}

// floor is the clerks at work, and what they did.
type floor struct {
	clerks []*clerk

	mu    sync.Mutex
	now   string                     // guarded by mu: phase that presses count for; empty for none
	took  map[string][]time.Duration // guarded by mu: presses at desks, by phase
	asked int                        // guarded by mu: numbers that kiosks gave
	done  int                        // guarded by mu: visits that were finished
	fault error                      // guarded by mu: the first
}

// posts are desks of the stage, and a service that each of them serves.
func posts() map[string]string {
	return map[string]string{"A": "kafaalat", "B": "nashonuma", "C": "wazaif", "D": "survey"}
}

var given = regexp.MustCompile(`Code (S[0-9]+), PIN ([0-9]{6})`)

// openFloor enrols a staff and signs a clerk in at each desk.
func openFloor(ctx context.Context, s *stage.Stage) (*floor, error) {
	f := &floor{took: map[string][]time.Duration{}}
	if _, err := s.Tool(ctx, "staff", "add", "Nasreen"); err != nil {
		return nil, err
	}
	for code, service := range posts() {
		said, err := s.Tool(ctx, "staff", "add", "Clerk "+code, "--role", "desk")
		if err != nil {
			return nil, err
		}
		who := given.FindStringSubmatch(said)
		if who == nil {
			return nil, fmt.Errorf("no code and PIN in %q", said)
		}
		c := &clerk{desk: code, comes: service, floor: f, box: client.At(s.BoxURL, s.Root(), net.IPv4(127, 0, 9, code[0]))}
		to, err := c.box.Post(ctx, "/desk/"+code+"/sign-in", url.Values{"code": {who[1]}, "pin": {who[2]}})
		if err != nil || to == "" {
			return nil, fmt.Errorf("sign in at desk %s: %q, %w", code, to, err)
		}
		f.clerks = append(f.clerks, c)
	}
	return f, nil
}

// fill lets the first people in.
func (f *floor) fill(ctx context.Context) error {
	for _, c := range f.clerks {
		for range waiting {
			if err := c.letIn(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// run works until the context ends.
func (f *floor) run(ctx context.Context) {
	var all sync.WaitGroup
	for _, c := range f.clerks {
		all.Go(func() {
			for ctx.Err() == nil {
				if err := c.serve(ctx); err != nil && ctx.Err() == nil {
					f.failed(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func (f *floor) failed(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fault == nil {
		f.fault = err
	}
}

// phase says what presses count for from now on.
func (f *floor) phase(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = name
}

// serve is one person from the kiosk to the end. What was begun is finished though the context ends, so that counts are whole.
func (c *clerk) serve(ctx context.Context) error {
	whole := context.WithoutCancel(ctx)
	if err := c.letIn(whole); err != nil {
		return err
	}
	for _, act := range []string{"next", "present", "finish-done"} {
		if err := c.press(whole, act); err != nil {
			return err
		}
		if client.Pause(whole, pressEvery) != nil {
			return nil
		}
	}
	c.floor.mu.Lock()
	c.floor.done++
	c.floor.mu.Unlock()
	return nil
}

func (c *clerk) press(ctx context.Context, act string) error {
	began := time.Now()
	to, err := c.box.Post(ctx, "/desk/"+c.desk, url.Values{"act": {act}, "lang": {"en"}})
	took := time.Since(began)
	if err == nil && to == "" {
		err = errors.New("refused")
	}
	if err != nil {
		return fmt.Errorf("desk %s, %s: %w", c.desk, act, err)
	}
	c.floor.mu.Lock()
	defer c.floor.mu.Unlock()
	if c.floor.now != "" {
		c.floor.took[c.floor.now] = append(c.floor.took[c.floor.now], took)
	}
	return nil
}

// letIn is somebody who asks at the kiosk and gets the paper.
func (c *clerk) letIn(ctx context.Context) error {
	v, err := c.box.Ask(ctx, "1", rand.Text(), []string{c.comes})
	if err != nil {
		return fmt.Errorf("kiosk: %w", err)
	}
	c.floor.mu.Lock()
	c.floor.asked++
	c.floor.mu.Unlock()
	return c.paper(ctx, v)
}

var errNoPaper = errors.New("the paper did not come out")

func (c *clerk) paper(ctx context.Context, v id.Visit) error {
	for until := time.Now().Add(answerWait); time.Now().Before(until); {
		s, err := client.Get[api.Slip](ctx, c.box, "/api/slip/"+string(v))
		if err != nil || s.State == desk.SlipInHand {
			return err
		}
		if err := client.Pause(ctx, paperEvery); err != nil {
			return err
		}
	}
	return errNoPaper
}
