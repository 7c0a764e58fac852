package day

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"markaz.example/edge/id"
	"markaz.example/edge/web/api"
)

// client is a browser at the box: it presses and reads, and tries again while the box is down.
type client struct {
	http http.Client
	url  func(path string) string
}

func newClient(url func(string) string) *client {
	return &client{url: url, http: http.Client{
		Timeout:       answerWait,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// errNoAnswer says that the box was away: what was pressed may or may not have been recorded.
var errNoAnswer = errors.New("no answer")

// post presses a button. It gives where the browser is sent.
func (c *client) post(ctx context.Context, page string, form url.Values) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url(page), strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r, err := c.http.Do(req)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		return "", fmt.Errorf("%w: %w", errNoAnswer, err)
	case r.StatusCode == http.StatusServiceUnavailable:
		return "", fmt.Errorf("%w: %s", errNoAnswer, r.Status)
	case r.StatusCode == http.StatusConflict:
		return "", nil // a refusal: the page says why and what to do
	case r.StatusCode != http.StatusSeeOther:
		return "", fmt.Errorf("press %s: %s: %.300s", page, r.Status, body)
	}
	return r.Header.Get("Location"), nil
}

// get reads an answer of the API.
func get[T any](ctx context.Context, c *client, at string) (v T, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url(at), nil)
	if err != nil {
		return v, err
	}
	r, err := c.http.Do(req)
	if err != nil {
		return v, fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return v, fmt.Errorf("%w: %s: %s", errNoAnswer, at, r.Status)
	}
	return v, json.NewDecoder(r.Body).Decode(&v)
}

// ask presses services at a kiosk and gives the visit.
func (c *client) ask(ctx context.Context, kiosk, press string, services []string) (id.Visit, error) {
	to, err := c.post(ctx, "/kiosk", url.Values{"k": {kiosk}, "lang": {"ur"}, "service": services, "press": {press}})
	if err != nil {
		return "", err
	}
	u, err := url.Parse(to)
	if err != nil {
		return "", err
	}
	v := id.Visit(path.Base(u.Path))
	return v, v.Check()
}

func (c *client) slip(ctx context.Context, v id.Visit) (api.Slip, error) {
	return get[api.Slip](ctx, c, "/api/slip/"+string(v))
}

func (c *client) printAgain(ctx context.Context, v id.Visit, kiosk string) error {
	_, err := c.post(ctx, "/kiosk/slip/"+string(v), url.Values{"k": {kiosk}, "lang": {"ur"}})
	return err
}

func (c *client) act(ctx context.Context, desk, act string) error {
	_, err := c.post(ctx, "/desk/"+desk, url.Values{"act": {act}, "lang": {"ur"}})
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
