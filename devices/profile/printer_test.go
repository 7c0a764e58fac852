package profile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const good = `model = "Test 80"
class = "printer"
width_dots = 576
dpi = 203
cutter = "partial"
feed_before_cut = 96
status = "asb"
clear = "dle-dc4-8"
near_end_sensor = true
kanji_off = true

[image]
command = "gs-v-0"
rows_per_block = 128

[line]
baud = 115200
flow = "rts-cts"

[firmware]
density = -2
speed = 5
auto_status = 15
code_page = 37
stop_at_near_end = false
panel_buttons = true
`

func loadText(text string) (Printer, error) {
	return LoadPrinterFS(fstest.MapFS{"m.toml": {Data: []byte(text)}}, "m.toml")
}

func TestGood(t *testing.T) {
	got, err := loadText(good)
	want := Printer{
		Model: "Test 80", Class: "printer", WidthDots: 576, DPI: 203, Image: Image{ImageGSv0, 128}, Cutter: CutPartial,
		FeedBeforeCut: 96, Status: StatusASB, Clear: ClearDLEDC4, NearEnd: true, KanjiOff: true, Line: Line{Baud: 115200, Flow: "rts-cts"},
		Firmware: PrinterFirmware{Density: new(-2), Speed: new(5), AutoStatus: new(15), CodePage: new(37), NearStop: new(false), Buttons: new(true)},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"unknown key", `dpi = 203`, "dpi = 203\npdi = 203", `m.toml: line 5: unknown key "pdi"`},
		{"unknown key in a table", `baud = 115200`, "baud = 115200\nbuad = 1", `line 18: unknown key "line.buad"`},
		{"wrong type", `dpi = 203`, `dpi = "many"`, `line 4, column`},
		{"no TOML", `dpi = 203`, `dpi 203`, `line 4, column`},
		{"no model", `"Test 80"`, `""`, `model is missing`},
		{"another class", `"printer"`, `"scale"`, `class = "scale"`},
		{"odd width", `576`, `577`, `multiple of 8`},
		{"too wide", `576`, `5760`, `width_dots = 5760 is outside 256 to 1024`},
		{"picture command of another family", `"gs-v-0"`, `"sixel"`, `image.command = "sixel"`},
		{"strips that are no strips", `"gs-v-0"`, `"esc-*"`, `no multiple of 24`},
		{"too dark", `density = -2`, `density = 7`, `firmware.density = 7 is outside -6 to 6`},
		{"changes of a printer that tells none", `"asb"`, `"dle-eot"`, `firmware.auto_status needs`},
		{"huge blocks", `= 128`, `= 2303`, `image.rows_per_block = 2303 is outside 1 to 128`},
		{"a printer that cannot confirm", `"asb"`, `"none"`, `status = "none" is known`},
		{"slow line", `115200`, `9600`, `line.baud = 9600`},
		{"unknown flow", `"rts-cts"`, `"smoke"`, `line.flow = "smoke"`},
	} {
		_, err := loadText(strings.Replace(good, c.from, c.to, 1))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant it to say %q", c.name, err, c.want)
		}
	}
	if _, err := loadText(good + strings.Repeat("#", fileBytesMax)); err == nil {
		t.Error("a huge file was read")
	}
	if _, err := LoadPrinter(filepath.Join(t.TempDir(), "none.toml")); err == nil {
		t.Error("a missing file was read")
	}
}

func TestShippedProfiles(t *testing.T) {
	files, err := filepath.Glob("../../firmware-configs/printer-*.toml")
	if err != nil || len(files) < 8 {
		t.Fatalf("found %q, %v", files, err)
	}
	for _, f := range files {
		if _, err := LoadPrinter(f); err != nil {
			t.Error(err)
		}
	}
}

// Every key is explained to whoever writes the next profile.
func TestReadmeNamesEveryKey(t *testing.T) {
	b, err := os.ReadFile("../../firmware-configs/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(good) {
		key, _, isKey := strings.Cut(strings.Trim(line, "[]\n"), " =")
		if key != "" && (isKey || line[0] == '[') && !strings.Contains(string(b), "`"+key+"`") {
			t.Errorf("README.md does not explain `%s`", key)
		}
	}
}

func FuzzParsePrinter(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("[line]\nbaud = 1e9"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parse[Printer](b)
		if err == nil && p.Check() == nil && (p.WidthDots <= 0 || p.Image.RowsPerBlock <= 0) {
			t.Errorf("accepted %+v", p)
		}
	})
}
