package guest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/api"
	"markaz.example/edge/web/proof"
)

// kiosk is a browser at the box, and the people before it.
type kiosk struct{ *client.Client }

// at is the address of a page.
func at(page string) string {
	if proof.AtDesks(page) {
		return "https://127.0.0.1:8443" + page
	}
	return "http://127.0.0.1:8080" + page
}

// root is the file of the box's own authority, below data of box.toml.
const root = "/run/markaz/tls/authority.crt"

func newKiosk() kiosk { return kiosk{client.New(at, root)} }

var browser = http.Client{Transport: client.Transport(root, nil)}

// get reads a page.
func get(ctx context.Context, page string) (status int, body string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at(page), nil)
	if err != nil {
		return 0, "", err
	}
	answer, err := browser.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text), err
}

// healthy waits for the box to serve.
func healthy(ctx context.Context) error {
	return await(ctx, "the box to serve", func() (bool, string) {
		status, _, err := get(ctx, "/healthz")
		return status == http.StatusOK, fmt.Sprint(status, " ", err)
	})
}

// ask presses the picture of the one service; again when there was no answer, which gives the same number.
func (k kiosk) ask(ctx context.Context) (v id.Visit, err error) {
	press := rand.Text()
	waited := await(ctx, "an answer", func() (bool, string) {
		v, err = k.Ask(ctx, "1", press, []string{"kafaalat"})
		return !errors.Is(err, client.ErrNoAnswer), fmt.Sprint(err)
	})
	return v, errors.Join(waited, err)
}

// becomes waits for a slip to be in a state.
func (k kiosk) becomes(ctx context.Context, v id.Visit, want desk.SlipState) (s api.Slip, err error) {
	err = await(ctx, "the slip to be "+string(want), func() (bool, string) {
		s, err = k.Slip(ctx, v)
		return err == nil && s.State == want, fmt.Sprintf("it is %q, reason %q, %v", s.State, s.Reason, err)
	})
	return s, err
}

// again presses the button that prints a slip anew, as a person does who sees the printer come back, until it is printed.
func (k kiosk) again(ctx context.Context, v id.Visit) error {
	return await(ctx, "the box to have its printer again", func() (bool, string) {
		if err := k.PrintAgain(ctx, v, "1"); err != nil {
			return false, err.Error()
		}
		s, err := k.settles(ctx, v)
		return err == nil && s.State == desk.SlipInHand, fmt.Sprintf("the slip is %q, %v", s.State, err)
	})
}

// settles waits for a slip to be printing no more.
func (k kiosk) settles(ctx context.Context, v id.Visit) (s api.Slip, err error) {
	err = await(ctx, "an end of printing", func() (bool, string) {
		s, err = k.Slip(ctx, v)
		return err == nil && s.State != desk.SlipPrinting, fmt.Sprint(err)
	})
	return s, err
}

// offered reports whether the page of a slip has the button that prints it anew.
func offered(ctx context.Context, v id.Visit) error {
	page := "/kiosk/slip/" + string(v)
	status, body, err := get(ctx, page+"?k=1&lang=en")
	if err != nil {
		return err
	}
	if status != http.StatusOK || !strings.Contains(body, `<form method="post" action="`+page+`"`) {
		return fmt.Errorf("status %d, and no button to print it again", status)
	}
	return nil
}
