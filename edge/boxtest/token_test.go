package boxtest_test

import (
	"image/png"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"markaz.example/edge/boxtest"
)

func TestTokenComesOut(t *testing.T) {
	b := boxtest.Start(t, nil)
	r, err := http.PostForm(b.URL("/kiosk?k=1"), url.Values{"service": {"kafaalat", "nashonuma"}, "lang": {"ur"}})
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(r.Body)
	t.Log(r.Status, r.Request.URL, len(body))
	b.Await(t, "a paper", func() bool { return len(b.Slips()) > 0 })
	f, err := os.Create(filepath.Join("/tmp/w", "paper.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, b.Slips()[0].Bitmap); err != nil {
		t.Fatal(err)
	}
}
