package parcel

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "make testdata/up.parcel anew; parcels on sticks must be read for ever, so only after a change of format")

// A parcel that was made once is read for ever.
func TestAParcelOfFormat1IsRead(t *testing.T) {
	h, s := newHouse(t), newSender(t, 25)
	file := filepath.Join("testdata", "up.parcel")
	if *update {
		h.Identity = identity(t, filepath.Join("testdata", "headquarters.key"))
		if err := os.WriteFile(file, s.parcel(t, h), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	h.Identity = identity(t, filepath.Join("testdata", "headquarters.key"))
	r, err := h.Take(t.Context(), func() (io.ReadCloser, error) { return os.Open(file) }, nil)
	if err != nil || r.New != 25 || r.Held != s.ledger.Head() {
		t.Errorf("got %+v, %v", r, err)
	}
}
