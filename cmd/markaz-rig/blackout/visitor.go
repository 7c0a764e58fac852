package blackout

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/api"
)

// visitor presses at a kiosk for one made-up person after the other.
type visitor struct {
	browser *client.Client
	random  *rand.Rand
	given   []number
	pressed int
	asked   string // the press that has no answer yet; empty for none
	open    int    // presses without an answer
}

// number is what somebody was given. Token and code are empty until they were seen.
type number struct {
	visit id.Visit
	token id.Token
	code  id.Code
	state desk.SlipState // as it was seen last
}

func newVisitor(t *town, random *rand.Rand) *visitor {
	return &visitor{browser: client.New(t.at, t.root), random: random}
}

// come presses until the context ends; what has no answer is pressed again.
func (v *visitor) come(ctx context.Context) {
	for client.Pause(ctx, rand.N(between)) == nil {
		if v.asked == "" {
			v.person()
		}
		if v.ask(ctx) != nil {
			v.open++
		}
	}
}

// person is the next to press.
func (v *visitor) person() {
	v.pressed++
	v.asked = fmt.Sprintf("%016x-%d", v.random.Uint64(), v.pressed)
}

// ask presses, or presses again what has no answer yet, which gives the same number.
func (v *visitor) ask(ctx context.Context) error {
	visit, err := v.browser.Ask(ctx, "1", v.asked, []string{"kafaalat"})
	if err != nil {
		return err
	}
	v.asked = ""
	v.given = append(v.given, number{visit: visit})
	s, err := v.browser.Slip(ctx, visit)
	if err == nil {
		v.given[len(v.given)-1] = number{visit: visit, token: s.Token, code: s.Code}
	}
	return err
}

// holds asks for every number, and for one more: a press that had no answer is pressed again.
func (v *visitor) holds(ctx context.Context) error {
	if v.asked == "" {
		v.person()
	}
	if err := await(ctx, settleLimit, "a press to be answered", func() (bool, string) {
		err := v.ask(ctx)
		return v.asked == "", fmt.Sprint(err)
	}); err != nil {
		return err
	}
	for i := range v.given {
		if err := v.given[i].holds(ctx, v.browser); err != nil {
			return err
		}
	}
	return nil
}

func (n *number) holds(ctx context.Context, browser *client.Client) error {
	var s api.Slip
	err := await(ctx, settleLimit, "the slip of "+string(n.visit), func() (bool, string) {
		var err error
		s, err = browser.Slip(ctx, n.visit)
		return err == nil, fmt.Sprint(err)
	})
	if err != nil {
		return fmt.Errorf("lost: %s %s: %w", n.token, n.visit, err)
	}
	if n.token != "" && (n.token != s.Token || n.code != s.Code) {
		return fmt.Errorf("visit %s was given %s, code %s, and has %s, code %s", n.visit, n.token, n.code, s.Token, s.Code)
	}
	if s.Token == "" {
		return errors.New("a visit without a number: " + string(n.visit))
	}
	if n.state == desk.SlipInHand && s.State != desk.SlipInHand && s.State != desk.SlipOver {
		return fmt.Errorf("the paper of %s was in hand and is %q", n.token, s.State)
	}
	n.token, n.code = s.Token, s.Code
	return nil
}

// settles gets everybody their paper, as people do who wait for it: one that is held, or may not be out, is asked for again.
func (v *visitor) settles(ctx context.Context) error {
	for i := range v.given {
		n := &v.given[i]
		if n.state == desk.SlipInHand || n.state == desk.SlipOver {
			continue
		}
		err := await(ctx, paperLimit, "the paper of "+string(n.token), func() (bool, string) { return v.settled(ctx, n) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *visitor) settled(ctx context.Context, n *number) (bool, string) {
	s, err := v.browser.Slip(ctx, n.visit)
	switch {
	case err != nil:
		return false, err.Error()
	case s.State == desk.SlipHeld || s.State == desk.SlipUncertain:
		err = v.browser.PrintAgain(ctx, n.visit, "1")
	}
	n.state = s.State
	return s.State == desk.SlipInHand || s.State == desk.SlipOver, fmt.Sprintf("it is %q, reason %q, %v", s.State, s.Reason, err)
}
