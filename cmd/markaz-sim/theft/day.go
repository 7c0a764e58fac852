package theft

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/api"
)

// centre is the pages of the box, as kiosk and desks press them.
type centre struct {
	stage *stage.Stage
	box   *client.Client
	http  http.Client // for pages whose text is wanted
}

func newCentre(s *stage.Stage) *centre {
	return &centre{s, client.New(s.BoxURL, s.Root()), http.Client{
		Timeout: waitMax, Transport: client.Transport(s.Root(), nil),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// until waits for something.
func until(ctx context.Context, what string, holds func() (bool, error)) error {
	ctx, stop := context.WithTimeout(ctx, waitMax)
	defer stop()
	for {
		ok, err := holds()
		if ok || err != nil && !errors.Is(err, client.ErrNoAnswer) {
			return err
		}
		if client.Pause(ctx, lookEvery) != nil {
			return fmt.Errorf("waited %v for %s (%w)", waitMax, what, err)
		}
	}
}

// received gets a person a number, paper in hand, called and here at a desk.
func (c *centre) received(ctx context.Context, at, service, press string) (v id.Visit, err error) {
	if v, err = c.box.Ask(ctx, "1", press, []string{service}); err != nil {
		return v, err
	}
	err = until(ctx, "the paper of "+press, func() (bool, error) {
		s, err := c.box.Slip(ctx, v)
		return s.State == desk.SlipInHand, err
	})
	if err != nil {
		return v, err
	}
	return v, until(ctx, "desk "+at+" to serve", func() (bool, error) {
		d, err := client.Get[api.Desk](ctx, c.box, "/api/desk/"+at)
		switch {
		case err != nil:
			return false, err
		case d.State == "serving":
			return true, nil
		case d.State == "called":
			return false, c.box.Act(ctx, at, "present")
		}
		return false, c.box.Act(ctx, at, "next")
	})
}

// send presses a form and gives the page, of the redirect too.
func (c *centre) send(ctx context.Context, path string, pairs ...string) (status int, body string, err error) {
	form := url.Values{"lang": {"en"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(ctx, "POST", c.stage.BoxURL(path), strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.text(r)
}

func (c *centre) text(r *http.Request) (int, string, error) {
	got, err := c.http.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer got.Body.Close()
	b, err := io.ReadAll(got.Body)
	return got.StatusCode, string(b), err
}

var householdOf = regexp.MustCompile(`name="household" value="([A-Z0-9]+)"|/household/([A-Z0-9]+)`)

// register is a family at desk B: looked for, registered, found, looked at.
func (c *centre) register(ctx context.Context, n int, f family) error {
	v, err := c.received(ctx, "B", "nashonuma", fmt.Sprintf("%016x", 2*n+1))
	if err != nil {
		return err
	}
	const page = "/desk/B/household"
	press := func(want int, pairs ...string) (string, error) {
		status, body, err := c.send(ctx, page, append([]string{"visit", string(v)}, pairs...)...)
		if err == nil && status != want {
			err = fmt.Errorf("family %d, %s: status %d", n, pairs[1], status) // without the page, which shows who they are
		}
		return body, err
	}
	if _, err := press(http.StatusConflict, "act", "find", "number", f.mother.number); err != nil {
		return err
	}
	if _, err := press(http.StatusSeeOther, "act", "register", "as", "mother", "kind", "cnic", "name", f.mother.name,
		"sex", "female", "number", f.mother.number, "month", "7", "year", "1998"); err != nil {
		return err
	}
	home, person, err := c.inHand(ctx)
	if err != nil {
		return err
	}
	for _, pairs := range [][]string{
		{"act", "add", "household", home, "as", "child", "kind", "b-form", "sex", "female", "day", "14", "month", "3", "year", "2025", "name", f.child.name, "number", f.child.number},
	} {
		if _, err := press(http.StatusSeeOther, pairs...); err != nil {
			return err
		}
	}
	shown, err := press(http.StatusOK, "act", "show", "person", person, "reason", "compare")
	if err != nil {
		return err
	}
	if !strings.Contains(shown, f.mother.name) {
		return fmt.Errorf("family %d: the page that shows the mother does not", n)
	}
	return c.box.Act(ctx, "B", "finish-done")
}

var personOf = regexp.MustCompile(`name="person" value="([A-Z0-9]+)"`)

// inHand is the family and its first member on the page of desk B.
func (c *centre) inHand(ctx context.Context) (home, person string, err error) {
	r, err := http.NewRequestWithContext(ctx, "GET", c.stage.BoxURL("/desk/B/household?do=child&lang=en"), nil)
	if err != nil {
		return "", "", err
	}
	_, body, err := c.text(r)
	if err != nil {
		return "", "", err
	}
	h, p := householdOf.FindStringSubmatch(body), personOf.FindStringSubmatch(body)
	if h == nil || p == nil {
		return "", "", fmt.Errorf("the page of desk B names no family (%d bytes)", len(body))
	}
	return h[1] + h[2], p[1], nil
}

// touch is a mother at desk A, whose finger is read.
func (c *centre) touch(ctx context.Context, n int, f family) error {
	if _, err := c.received(ctx, "A", "kafaalat", fmt.Sprintf("%016x", 2*n+2)); err != nil {
		return err
	}
	reader := c.stage.Machines[stage.ReaderA]
	if err := reader.Do(fmt.Sprintf("press %d good", f.finger)); err != nil {
		return err
	}
	if status, _, err := c.send(ctx, "/desk/A/finger", "act", "take"); err != nil || status != http.StatusSeeOther {
		return fmt.Errorf("take a finger: status %d, %w", status, err)
	}
	err := until(ctx, "a finger to be read", func() (bool, error) {
		r, err := http.NewRequestWithContext(ctx, "GET", c.stage.BoxURL("/desk/A/finger?lang=en"), nil)
		if err != nil {
			return false, err
		}
		_, body, err := c.text(r)
		return err == nil && !strings.Contains(body, `value="take"`) && !strings.Contains(body, `value="stop"`), err
	})
	return errors.Join(err, reader.Do("lift"), c.box.Act(ctx, "A", "finish-done"))
}
