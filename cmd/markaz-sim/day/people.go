package day

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/api"
)

// wanted is how often each choice is made at the kiosk, of the stage's services.
var wanted = [][]string{
	{"kafaalat"}, {"kafaalat"}, {"kafaalat"}, {"kafaalat"}, {"nashonuma"}, {"nashonuma"}, {"wazaif"}, {"survey"},
	{"sehat"}, {"loans"}, {"disability"}, {"help"}, {"kafaalat", "nashonuma"}, {"survey", "wazaif"},
}

// people is everybody at the centre, and what they remember afterwards.
type people struct {
	box *client.Client
	rng *rand.Rand // guarded by mu

	mu       sync.Mutex
	asked    map[id.Visit]bool // guarded by mu: an answer came, with a number
	unsure   int               // guarded by mu: presses whose answer was lost
	inHand   int               // guarded by mu: took their paper
	pressed  int               // guarded by mu: presses for a paper that did not come
	finished int               // guarded by mu: stops that a desk finished
}

func newPeople(box *client.Client, seed uint64) *people {
	return &people{box: box, rng: rand.New(rand.NewPCG(seed, 1)), asked: map[id.Visit]bool{}}
}

// visit is one person: asks at a kiosk and stays until the paper is in hand.
func (p *people) visit(ctx context.Context, kiosk string) error {
	v, err := p.ask(ctx, kiosk)
	if err != nil {
		return err
	}
	for {
		s, err := p.box.Slip(ctx, v)
		if err != nil && !errors.Is(err, client.ErrNoAnswer) {
			return err
		}
		switch {
		case err != nil:
			err = client.Pause(ctx, retryEvery)
		case s.State == desk.SlipInHand, s.State == desk.SlipOver: // over: a quick desk has served it meanwhile
			p.note(func() { p.inHand++ })
			return nil
		case s.State == desk.SlipPrinting:
			err = client.Pause(ctx, lookEvery)
		default:
			err = p.pressAgain(ctx, v, kiosk)
		}
		if err != nil {
			return err
		}
	}
}

// ask presses until an answer comes. A press whose answer was lost may have given a number that nobody waits for.
func (p *people) ask(ctx context.Context, kiosk string) (id.Visit, error) {
	p.mu.Lock()
	services := wanted[p.rng.IntN(len(wanted))]
	press := fmt.Sprintf("%016x", p.rng.Uint64())
	p.mu.Unlock()
	for {
		v, err := p.box.Ask(ctx, kiosk, press, services)
		switch {
		case err == nil:
			p.note(func() { p.asked[v] = true })
			return v, nil
		case !errors.Is(err, client.ErrNoAnswer):
			return "", err
		}
		p.note(func() { p.unsure++ })
		if err := client.Pause(ctx, retryEvery); err != nil {
			return "", err
		}
	}
}

func (p *people) pressAgain(ctx context.Context, v id.Visit, kiosk string) error {
	if err := client.Pause(ctx, pressEvery); err != nil {
		return err
	}
	p.note(func() { p.pressed++ })
	if err := p.box.PrintAgain(ctx, v, kiosk); err != nil && !errors.Is(err, client.ErrNoAnswer) {
		return err
	}
	return nil
}

// serve is a desk at work until the hall is empty: calls, sees that the person is there, finishes.
func (p *people) serve(ctx context.Context, code string, empty func() bool) error {
	for {
		d, err := client.Get[api.Desk](ctx, p.box, "/api/desk/"+code)
		switch {
		case errors.Is(err, client.ErrNoAnswer):
			err = client.Pause(ctx, retryEvery)
		case err != nil:
		case d.State == "called":
			err = p.act(ctx, code, "present")
		case d.State == "serving":
			p.note(func() { p.finished++ })
			err = p.act(ctx, code, "finish-done")
		case d.Waiting > 0:
			err = p.act(ctx, code, "next")
		case empty():
			return nil
		default:
			err = client.Pause(ctx, lookEvery)
		}
		if err != nil {
			return err
		}
	}
}

func (p *people) act(ctx context.Context, code, act string) error {
	err := p.box.Act(ctx, code, act)
	if errors.Is(err, client.ErrNoAnswer) {
		return client.Pause(ctx, retryEvery) // the desk looks again at what became of it
	}
	return err
}

func (p *people) note(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

// here is how many have their paper.
func (p *people) here() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.inHand
}
