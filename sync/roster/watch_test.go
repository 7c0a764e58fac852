package roster

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const oneCentre = "[[centre]]\ncode = \"ISB-01\"\nname = \"Islamabad G-9\"\nname_ur = \"اسلام آباد جی نائن\"\ndistrict = \"Islamabad\"\n"

func TestListIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "roster.toml")
		write := func(text string) {
			t.Helper()
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			time.Sleep(3 * watchEvery)
		}
		write(oneCentre)
		r, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- r.Watch(ctx, slog.New(slog.NewTextHandler(t.Output(), nil))) }()

		write(oneCentre + strings.ReplaceAll(oneCentre, "ISB-01", "LHE-01"))
		if _, ok := r.Centre("LHE-01"); !ok || r.Fault() != nil {
			t.Errorf("the new centre is not there, fault %v", r.Fault())
		}
		write("")
		if _, ok := r.Centre("LHE-01"); !ok || r.Fault() == nil {
			t.Errorf("an empty file: old list in force %v, fault %v", ok, r.Fault())
		}
		write(oneCentre + "colour = \"green\"\n")
		if _, ok := r.Centre("LHE-01"); !ok || r.Fault() == nil || !strings.Contains(r.Fault().Error(), "colour") {
			t.Errorf("with a mistake: old list in force %v, fault %v", ok, r.Fault())
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * watchEvery)
		if _, ok := r.Centre("ISB-01"); !ok || r.Fault() == nil {
			t.Errorf("without a file: old list in force %v, fault %v", ok, r.Fault())
		}
		write(oneCentre)
		if _, ok := r.Centre("LHE-01"); ok || r.Fault() != nil {
			t.Errorf("put right: the centre that was taken out is there %v, fault %v", ok, r.Fault())
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
