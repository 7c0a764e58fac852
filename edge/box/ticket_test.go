package box

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"markaz.example/devices/slip"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

// kafaalat and nashonuma are made-up rows of a catalogue, with everything a paper can show and with the least.
var (
	nashonuma = desk.Service{
		Code: "nashonuma", Letter: "N", NameEn: "Nashonuma: mother and child", NameUr: "نشوونما: ماں اور بچہ", Room: "2",
		WayEn: "Left, past the fountain", WayUr: "بائیں طرف، فوارے کے پاس",
		BringEn: []string{"CNIC", "child's B-form", "vaccination card"},
		BringUr: []string{"شناختی کارڈ", "بچے کا ب فارم", "ٹیکوں کا کارڈ"},
	}
	help = desk.Service{Code: "help", Letter: "M", NameEn: "Information and help", NameUr: "معلومات اور مدد", Room: "8"}
)

// abroad is nashonuma in two further languages.
var abroad = func() desk.Service {
	s := nashonuma
	s.In = map[string]desk.Words{
		"sd": {Name: "نشوونما: ماءُ ۽ ٻار", Way: "کاٻي پاسي، ڦوهاري وٽ", Bring: []string{"سڃاڻپ ڪارڊ", "ٻار جو ب فارم", "ٽڪن جو ڪارڊ"}},
		"ps": {Name: "نشوونما: مور او ماشوم", Way: "کیڼ لوري ته، د فوارې خوا ته", Bring: []string{"پېژندپاڼه", "د ماشوم ب فارم", "د واکسین کارت"}},
	}
	return s
}()

func visitOf(services ...desk.Service) desk.Slip {
	s := desk.Slip{
		Token: id.Token(services[0].Letter + "042"), Code: "AB2C3D4E5F", Ahead: 7,
		Opened: clock.Stamp{Wall: time.Date(2026, 11, 22, 4, 15, 0, 0, time.UTC).UnixMilli(), Grade: clock.RTC},
	}
	for _, service := range services {
		s.Stops = append(s.Stops, desk.Stop{Service: service})
	}
	return s
}

func TestTicketsLookAsTheyDid(t *testing.T) {
	several, reprint, unset := visitOf(nashonuma, help), visitOf(help), visitOf(help)
	reprint.Reprint = true
	unset.Opened.Grade = clock.Unset
	sindhi, pashto := visitOf(abroad, help), visitOf(abroad, help)
	sindhi.Lang, pashto.Lang = "sd", "ps"
	composer, err := slip.NewComposer()
	if err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{576, 384} {
		for name, s := range map[string]desk.Slip{
			"one": visitOf(nashonuma), "several": several, "reprint": reprint, "unset-clock": unset,
			"sindhi": sindhi, "pashto": pashto,
		} {
			t.Run(fmt.Sprint(name, "-", width), func(t *testing.T) {
				l := sheets(t, width)
				got, err := composer.Compose(l.ticket(s), width)
				if err != nil {
					t.Fatal(err)
				}
				goldenPicture(t, filepath.Join("testdata/ticket", fmt.Sprintf("%s-%d.png", name, width)), got)
			})
		}
	}
}

func goldenPicture(t *testing.T, file string, got *slip.Bitmap) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := png.Decode(bytes.NewReader(kept))
	if err != nil {
		t.Fatal(err)
	}
	if want.Bounds() != got.Bounds() {
		t.Fatalf("%s: got %v, want %v; see it with go test ./edge/box -update", file, got.Bounds(), want.Bounds())
	}
	differ := 0
	for y := range got.Height {
		for x := range got.Width {
			if r, _, _, _ := want.At(x, y).RGBA(); (r == 0) != got.Black(x, y) {
				differ++
			}
		}
	}
	if differ > 0 {
		t.Errorf("%s: %d dots differ; see them with go test ./edge/box -update", file, differ)
	}
}
