package guest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/api"
)

// kiosk is a browser at the box.
type kiosk struct{ http http.Client }

const home = "http://127.0.0.1:8080"

func newKiosk() *kiosk {
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &kiosk{http: http.Client{CheckRedirect: stay}}
}

func (k *kiosk) get(ctx context.Context, at string) (status int, body []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, home+at, nil)
	if err != nil {
		return 0, nil, err
	}
	return k.do(r)
}

// press sends a form and gives where the browser is sent.
func (k *kiosk) press(ctx context.Context, at string, form url.Values) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, home+at, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := k.http.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		return "", fmt.Errorf("press %s: %s", at, answer.Status)
	}
	return answer.Header.Get("Location"), nil
}

func (k *kiosk) do(r *http.Request) (int, []byte, error) {
	answer, err := k.http.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}

// healthy waits for the box to serve.
func (k *kiosk) healthy(ctx context.Context) error {
	return await(ctx, "the box to serve", func() (bool, string) {
		status, _, err := k.get(ctx, "/healthz")
		return status == http.StatusOK, fmt.Sprint(status, " ", err)
	})
}

// ask presses the picture of a service.
func (k *kiosk) ask(ctx context.Context) (id.Visit, error) {
	to, err := k.press(ctx, "/kiosk", url.Values{"k": {"1"}, "lang": {"ur"}, "only": {"kafaalat"}, "press": {rand.Text()}})
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

// again presses the button that prints a slip anew.
func (k *kiosk) again(ctx context.Context, v id.Visit) error {
	_, err := k.press(ctx, "/kiosk/slip/"+string(v), url.Values{"k": {"1"}, "lang": {"ur"}})
	return err
}

func (k *kiosk) slip(ctx context.Context, v id.Visit) (s api.Slip, err error) {
	status, body, err := k.get(ctx, "/api/slip/"+string(v))
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("status %d", status)
	}
	if err == nil {
		err = json.Unmarshal(body, &s)
	}
	return s, err
}

// becomes waits for a slip to be in a state.
func (k *kiosk) becomes(ctx context.Context, v id.Visit, want desk.SlipState) (s api.Slip, err error) {
	err = await(ctx, "the slip to be "+string(want), func() (bool, string) {
		s, err = k.slip(ctx, v)
		return err == nil && s.State == want, fmt.Sprintf("it is %q, reason %q, %v", s.State, s.Reason, err)
	})
	return s, err
}

// settles waits for a slip to be printing no more.
func (k *kiosk) settles(ctx context.Context, v id.Visit) (s api.Slip, err error) {
	err = await(ctx, "an end of printing", func() (bool, string) {
		s, err = k.slip(ctx, v)
		return err == nil && s.State != desk.SlipPrinting, fmt.Sprint(err)
	})
	return s, err
}

// offered reports whether the page of a slip has the button that prints it anew.
func (k *kiosk) offered(ctx context.Context, v id.Visit) error {
	status, body, err := k.get(ctx, "/kiosk/slip/"+string(v)+"?k=1&lang=en")
	if err != nil {
		return err
	}
	button := `<form method="post" action="/kiosk/slip/` + string(v) + `"`
	if status != http.StatusOK || !strings.Contains(string(body), button) {
		return fmt.Errorf("status %d, and no button to print it again", status)
	}
	return nil
}
