package blackout

import (
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"markaz.example/cmd/markaz-rig/paperline"
	"markaz.example/devices/slip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTwice(t *testing.T) {
	const code, other = "K5QXG43UOVZGKZDT", "K5QXG43UOVZGKZDA"
	for name, c := range map[string]struct {
		out  []sheet
		want bool
	}{
		"once each":             {[]sheet{{code, false}, {other, false}}, false},
		"twice":                 {[]sheet{{code, false}, {other, false}, {code, false}}, true},
		"again, and it says so": {[]sheet{{code, false}, {code, true}}, false},
		"torn":                  {[]sheet{{"", false}, {"", false}, {code, false}}, false},
		"only the reprint":      {[]sheet{{code, true}}, false},
	} {
		if err := twice(c.out); (err != nil) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A line that a kill cut short takes no other with it, and no line is read twice.
func TestMore(t *testing.T) {
	first, again := paper(t, "one-576"), paper(t, "reprint-576")
	s := sheets{file: filepath.Join(t.TempDir(), "papers")}
	if err := s.more(); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		add         string
		all, marked int
	}{
		{first, 1, 0}, {"", 1, 0}, {first[:len(first)/2], 1, 0}, {again, 2, 1}, {first + again + again, 5, 3},
	} {
		f, err := os.OpenFile(s.file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err == nil {
			_, err = f.WriteString(step.add)
			err = errors.Join(err, f.Close(), s.more())
		}
		if err != nil {
			t.Fatal(err)
		}
		if all, marked := s.count(); all != step.all || marked != step.marked {
			t.Errorf("%d papers, %d marked, want %d and %d", all, marked, step.all, step.marked)
		}
	}
}

// paper is the line of a golden ticket of the box. The tickets are of one visit.
func paper(t *testing.T, name string) string {
	t.Helper()
	files, err := filepath.Glob("../../../edge/box/testdata/ticket/*" + name + "*.png")
	if err != nil || len(files) == 0 {
		t.Fatalf("no ticket %s, %v", name, err)
	}
	f, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	b := slip.NewBitmap(img.Bounds().Dx(), img.Bounds().Dy())
	for y := range b.Height {
		for x := range b.Width {
			if r, _, _, _ := img.At(x, y).RGBA(); r == 0 {
				b.Set(x, y)
			}
		}
	}
	return string(paperline.Append(nil, b))
}
