package guest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/edge/web/api"
)

// atDesk is the first visitor's turn at a desk with a reader and a scale.
func (c *boxChapter) atDesk(ctx context.Context) {
	c.check(ctx, "a desk calls and serves", c.serves)
	c.check(ctx, "a finger is taken at the desk", c.takesFinger)
	c.check(ctx, "a child is weighed at the desk", c.weighs)
}

func (c *boxChapter) serves(ctx context.Context) (string, error) {
	for _, act := range []string{"next", "present"} {
		if err := c.kiosk.Act(ctx, "A", act); err != nil {
			return "", c.box.explain(err)
		}
	}
	d, err := client.Get[api.Desk](ctx, c.kiosk.Client, "/api/desk/A")
	if err == nil && (d.Token == "" || d.State != "serving") {
		err = fmt.Errorf("the desk has %+v", d)
	}
	return string(d.Token), err
}

// press presses a button of a page of the desk.
func (c *boxChapter) press(ctx context.Context, tool, act string) error {
	to, err := c.kiosk.Post(ctx, "/desk/A/"+tool, url.Values{"act": {act}, "lang": {"en"}})
	if err == nil && to == "" {
		err = errors.New("refused: " + act)
	}
	return err
}

// says waits for a text on a page of the desk.
func (c *boxChapter) says(ctx context.Context, tool, text string) error {
	return c.box.explain(await(ctx, fmt.Sprintf("%q on the page", text), func() (bool, string) {
		status, body, err := get(ctx, "/desk/A/"+tool+"?lang=en")
		return strings.Contains(body, text), fmt.Sprint(status, " ", err)
	}))
}

func (c *boxChapter) takesFinger(ctx context.Context) (string, error) {
	if err := c.press(ctx, "finger", "take"); err != nil {
		return "", err
	}
	press(ctx, c.finger)
	const taken = "The finger was taken"
	return taken, c.says(ctx, "finger", taken)
}

func (c *boxChapter) weighs(ctx context.Context) (string, error) {
	c.scale.Put(0)
	if err := c.press(ctx, "measure", "begin-weight"); err != nil {
		return "", err
	}
	c.scale.Put(4250)
	const weight = "4.250 kg"
	return weight, c.says(ctx, "measure", weight)
}
