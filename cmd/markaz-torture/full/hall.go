package full

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"markaz.example/cmd/markaz-sim/client"
)

// hall is the people at the pages of a box: those who come, and those who work at its desks.
type hall struct {
	http    http.Client
	public  string // where pages are for all, "http://127.0.0.1:20001"
	desks   string // where they are for those who work there, "https://127.0.0.1:20002"
	pressed int
}

// newHall trusts the box's own authority, whose file the box makes.
func newHall(public, desks, root string) *hall {
	return &hall{public: "http://" + public, desks: "https://" + desks, http: http.Client{
		Timeout:       patience,
		Transport:     client.Transport(root, nil),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is what a press came to.
type answer struct {
	done  bool   // carried out
	full  bool   // refused in words, because there is no room; neither: refused for another reason
	visit string // that was given a number
}

// errNoAnswer is a broken promise: a press without an answer, or a refusal without words.
var errNoAnswer = errors.New("no answer in words")

// ask presses at a kiosk.
func (h *hall) ask(ctx context.Context, service string) (answer, error) {
	h.pressed++
	return h.press(ctx, h.public+"/kiosk", url.Values{"k": {"1"}, "lang": {"ur"}, "service": {service}, "press": {fmt.Sprint("p", h.pressed)}})
}

// call presses at a desk: the next, and that they came.
func (h *hall) call(ctx context.Context, verb string) (answer, error) {
	return h.press(ctx, h.desks+"/desk/A", url.Values{"act": {verb}, "lang": {"en"}})
}

func (h *hall) press(ctx context.Context, page string, form url.Values) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, page, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, body, to, err := h.do(req)
	switch {
	case err != nil:
		return answer{}, fmt.Errorf("%w: %s: %w", errNoAnswer, page, err)
	case status == http.StatusSeeOther:
		return answer{done: true, visit: path.Base(to)}, nil
	case status == http.StatusConflict:
		return answer{}, nil
	case status == http.StatusServiceUnavailable && strings.Contains(body, "</html>"): // a page that says what to do
		return answer{full: true}, nil
	}
	return answer{}, fmt.Errorf("%w: %s: status %d: %.200s", errNoAnswer, page, status, body)
}

// page looks at a page, which must come.
func (h *hall) page(ctx context.Context, at string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return err
	}
	status, _, _, err := h.do(req)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%w: status %d", errNoAnswer, status)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	return nil
}

func (h *hall) do(req *http.Request) (status int, body, to string, err error) {
	r, err := h.http.Do(req)
	if err != nil {
		return 0, "", "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(io.LimitReader(r.Body, answerBytes))
	to, _, _ = strings.Cut(r.Header.Get("Location"), "?")
	return r.StatusCode, string(b), to, err
}

// await looks again and again until something holds.
func await(ctx context.Context, what string, holds func() bool) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for !holds() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: waiting for %s", errNoAnswer, what)
		case <-time.After(poll):
		}
	}
	return nil
}
