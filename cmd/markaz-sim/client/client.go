// Package client is a browser at the box, for the programs that play visitors: it presses and reads, and says when the
// box gave no answer.
package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path"
	"strings"
	"time"

	"markaz.example/edge/id"
	"markaz.example/edge/web/api"
)

// Client is one browser.
type Client struct {
	http http.Client
	url  func(path string) string
}

// New makes a browser for the pages at url. Root is the file of the box's own authority; empty for pages that need none.
func New(url func(string) string, root string) *Client { return At(url, root, nil) }

// At is New at an address of its own; nil for any. It keeps cookies.
func At(url func(string) string, root string, from net.IP) *Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic("BUG: a jar without options: " + err.Error())
	}
	return &Client{url: url, http: http.Client{
		Timeout:       answerWait,
		Jar:           jar,
		Transport:     Transport(root, from),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Close lets go of the connections that wait for more to ask.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// ErrNoAnswer says that the box was away: what was pressed may or may not have been recorded.
var ErrNoAnswer = errors.New("no answer")

// Post presses a button. It gives where the browser is sent.
func (c *Client) Post(ctx context.Context, page string, form url.Values) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url(page), strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r, err := c.http.Do(req)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		return "", fmt.Errorf("%w: %w", ErrNoAnswer, err)
	case r.StatusCode == http.StatusServiceUnavailable:
		return "", fmt.Errorf("%w: %s", ErrNoAnswer, r.Status)
	case r.StatusCode == http.StatusConflict:
		return "", nil // a refusal: the page says why and what to do
	case r.StatusCode != http.StatusSeeOther:
		return "", fmt.Errorf("press %s: %s: %.300s", page, r.Status, body)
	}
	return r.Header.Get("Location"), nil
}

// Get reads an answer of the API.
func Get[T any](ctx context.Context, c *Client, at string) (v T, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url(at), nil)
	if err != nil {
		return v, err
	}
	r, err := c.http.Do(req)
	if err != nil {
		return v, fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return v, fmt.Errorf("%w: %s: %s", ErrNoAnswer, at, r.Status)
	}
	return v, json.NewDecoder(r.Body).Decode(&v)
}

// Ask presses services at a kiosk and gives the visit.
func (c *Client) Ask(ctx context.Context, kiosk, press string, services []string) (id.Visit, error) {
	to, err := c.Post(ctx, "/kiosk", url.Values{"k": {kiosk}, "lang": {"ur"}, "service": services, "press": {press}})
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

// Slip is how a visit's paper stands.
func (c *Client) Slip(ctx context.Context, v id.Visit) (api.Slip, error) {
	return Get[api.Slip](ctx, c, "/api/slip/"+string(v))
}

// PrintAgain asks at a kiosk for a paper that did not come.
func (c *Client) PrintAgain(ctx context.Context, v id.Visit, kiosk string) error {
	_, err := c.Post(ctx, "/kiosk/slip/"+string(v), url.Values{"k": {kiosk}, "lang": {"ur"}})
	return err
}

// Act presses a button of a desk.
func (c *Client) Act(ctx context.Context, desk, act string) error {
	_, err := c.Post(ctx, "/desk/"+desk, url.Values{"act": {act}, "lang": {"ur"}})
	return err
}

// Pause waits, or ends with the context.
func Pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

const answerWait = 5 * time.Second // of one request
