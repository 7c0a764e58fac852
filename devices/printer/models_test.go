package printer

import (
	"path/filepath"
	"testing"
	"testing/synctest"

	"markaz.example/devices/profile"
)

// Every model that we ship prints on its own simulator, dot for dot, and answers who it is.
func TestEveryShippedModel(t *testing.T) {
	files, err := filepath.Glob("../../firmware-configs/printer-*.toml")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		p, err := profile.LoadPrinter(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(p.Model, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &rig{t: t, sim: SimOf(p), d: &Driver{Profile: p}}
				r.sim.OnPage, r.d.Port = r.keep, r.sim
				r.run()
				r.ready()
				want := picture(p.WidthDots, 509, 1)
				if err := r.d.Print(t.Context(), want); err != nil || r.count(want) != 1 {
					t.Fatalf("%v, %d papers", err, r.count(want))
				}
				pages := r.pages()
				if !shows(pages[len(pages)-1], want) {
					t.Error("the paper differs from the picture")
				}
				if id, err := r.d.Identify(t.Context()); err != nil || id.Model != p.Model {
					t.Errorf("%+v, %v", id, err)
				}
				if u := r.sim.Unknown(); len(u) > 0 {
					t.Errorf("the simulator was sent %x", u)
				}
				r.appliesAll()
			})
		})
	}
}

// appliesAll writes the model's own table; the simulator keeps and forgets what the real one does.
func (r *rig) appliesAll() {
	r.t.Helper()
	all, err := r.d.Apply(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, s := range all {
		if s.Err != nil {
			r.t.Errorf("%s: %v", s.Key, s.Err)
		}
	}
}
