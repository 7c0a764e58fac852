package blackout

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/edge/web/api"
)

// clerk works at a desk: calls, sees them come, serves them.
type clerk struct {
	browser *client.Client
	desk    string
	seen    api.Desk // as the desk was after the newest press that was answered
	doubt   bool     // something was pressed since that had no answer
	acts    int
	open    int
}

func newClerk(t *town, desk string) *clerk {
	return &clerk{browser: client.New(t.at, t.root), desk: desk}
}

// work presses what the desk's state asks for, until the context ends. After a press without an answer it looks first.
func (c *clerk) work(ctx context.Context) {
	for client.Pause(ctx, rand.N(pause)) == nil {
		if c.doubt && c.read(ctx) != nil {
			continue
		}
		if err := c.press(ctx); err != nil {
			c.open++
		}
	}
}

// presses are what a clerk presses in each state of a desk.
var presses = map[string]string{"": "next", "called": "present", "serving": "finish-done"}

func (c *clerk) press(ctx context.Context) error {
	act, ok := presses[c.seen.State]
	if !ok {
		return fmt.Errorf("desk %s is %q", c.desk, c.seen.State)
	}
	c.doubt = true
	to, err := c.browser.Post(ctx, "/desk/"+c.desk, url.Values{"act": {act}, "lang": {"en"}})
	if err != nil {
		return err
	}
	if to != "" {
		c.acts++
	}
	return c.read(ctx)
}

// read takes note of the desk, which is what was answered last and nothing else.
func (c *clerk) read(ctx context.Context) error {
	d, err := client.Get[api.Desk](ctx, c.browser, "/api/desk/"+c.desk)
	if err == nil {
		c.seen, c.doubt = d, false
	}
	return err
}

// holds looks at the desk: it is as it was, or one press on where that had no answer.
func (c *clerk) holds(ctx context.Context) error {
	before, doubt := c.seen, c.doubt
	err := await(ctx, settleLimit, "desk "+c.desk, func() (bool, string) {
		err := c.read(ctx)
		return err == nil, fmt.Sprint(err)
	})
	switch {
	case err != nil:
		return err
	case before.Seq > c.seen.Seq:
		return fmt.Errorf("desk %s knew of record %d and knows of %d now", c.desk, before.Seq, c.seen.Seq)
	case doubt || before.State == c.seen.State && before.Token == c.seen.Token:
		return nil
	}
	return errors.New(c.differs(before))
}

func (c *clerk) differs(before api.Desk) string {
	return fmt.Sprintf("desk %s had %q, %q and has %q, %q", c.desk, before.Token, before.State, c.seen.Token, c.seen.State)
}
