package boxtest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"markaz.example/devices/printer"
	"markaz.example/devices/slip"
	"markaz.example/edge/boxtest"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/api"
)

// visitor is somebody at the kiosk of a box, with a browser that stops at redirects.
type visitor struct {
	t       *testing.T
	url     func(path string) string
	browser *http.Client
}

func at(t *testing.T, b *boxtest.Box) visitor { return visitor{t, b.URL, b.Browser()} }

func (v visitor) post(page string, form url.Values) *http.Response {
	v.t.Helper()
	r, err := v.browser.PostForm(v.url(page), form)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Body.Close()
	return r
}

// ask presses services and gives the visit.
func (v visitor) ask(services ...string) id.Visit {
	v.t.Helper()
	r := v.post("/kiosk", url.Values{"k": {"1"}, "lang": {"ur"}, "service": services})
	to, err := url.Parse(r.Header.Get("Location"))
	if err != nil || r.StatusCode != http.StatusSeeOther {
		v.t.Fatalf("ask for %q: %s, %v", services, r.Status, err)
	}
	return id.Visit(path.Base(to.Path))
}

// again presses "print" on the kiosk's page of a visit.
func (v visitor) again(visit id.Visit) {
	v.t.Helper()
	if r := v.post("/kiosk/slip/"+string(visit), url.Values{"k": {"1"}, "lang": {"ur"}}); r.StatusCode != http.StatusSeeOther {
		v.t.Fatalf("print again: %s", r.Status)
	}
}

func get[T any](v visitor, page string) (value T) {
	v.t.Helper()
	r, err := v.browser.Get(v.url(page))
	if err != nil {
		v.t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(&value); err != nil {
		v.t.Fatalf("%s: %s: %v", page, r.Status, err)
	}
	return value
}

func (v visitor) slip(visit id.Visit) api.Slip {
	v.t.Helper()
	return get[api.Slip](v, "/api/slip/"+string(visit))
}

func (v visitor) figures() api.Figures {
	v.t.Helper()
	return get[api.Figures](v, "/api/figures")
}

// await waits until a slip is in a state and gives it.
func (v visitor) await(b *boxtest.Box, visit id.Visit, want desk.SlipState) (s api.Slip) {
	v.t.Helper()
	b.Await(v.t, fmt.Sprintf("the slip to be %s", want), func() bool { s = v.slip(visit); return s.State == want })
	return s
}

// text is a page as it is shown, tags and all.
func (v visitor) text(page string) (int, string) {
	v.t.Helper()
	r, err := v.browser.Get(v.url(page))
	if err != nil {
		v.t.Fatal(err)
	}
	defer r.Body.Close()
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		v.t.Fatal(err)
	}
	return r.StatusCode, b.String()
}

// codes are what a phone reads on the papers; a paper without a whole code gives nothing.
func codes(pages []printer.Page) (read []string) {
	for _, p := range pages {
		b := corner(p.Bitmap)
		for range 4 { // the reader's guess of where a dot lies is now and then off by one from one side
			if text, err := decode(b); err == nil {
				read = append(read, text)
				break
			}
			b = turned(b)
		}
	}
	return read
}

// corner is the lower left of a slip, where the code stands: to look for it on the whole paper takes seconds.
func corner(b *slip.Bitmap) *slip.Bitmap {
	c := slip.NewBitmap(240, min(480, b.Height))
	for y := range c.Height {
		for x := range c.Width {
			if b.Black(x, b.Height-c.Height+y) {
				c.Set(x, y)
			}
		}
	}
	return c
}

func decode(b *slip.Bitmap) (string, error) {
	bmp, err := gozxing.NewBinaryBitmapFromImage(b)
	if err != nil {
		return "", err
	}
	r, err := qrcode.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return "", err
	}
	return r.GetText(), nil
}

// turned is a picture turned by a quarter.
func turned(b *slip.Bitmap) *slip.Bitmap {
	t := slip.NewBitmap(b.Height, b.Width)
	for y := range b.Height {
		for x := range b.Width {
			if b.Black(x, y) {
				t.Set(b.Height-1-y, x)
			}
		}
	}
	return t
}
