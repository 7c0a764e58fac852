package profile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const goodScale = `model = "Test infant scale"
class = "scale"
protocol = "mt-sics"
talk = "request"
use = "infant"
division_g = 10
min_g = 1000
max_g = 20000
verify = "nothing"

[line]
baud = 9600
frame = "7e1"

[firmware]
unit = "kg"
environment = "unstable"
auto_zero = "on"
`

const secaScale = `model = "Test seca"
class = "scale"
protocol = "seca"
talk = "stream"
use = "adult"
division_g = 100
min_g = 20000
max_g = 200000

[display]
2 = 1

[line]
baud = 1200
frame = "8e1"
`

func scaleText(text string) (Scale, error) {
	return LoadScaleFS(fstest.MapFS{"m.toml": {Data: []byte(text)}}, "m.toml")
}

func TestGoodScales(t *testing.T) {
	for text, want := range map[string]Scale{
		goodScale: {
			Model: "Test infant scale", Class: "scale", Protocol: ScaleSICS, Talk: TalkRequest, Use: UseInfant,
			DivisionG: 10, MinG: 1000, MaxG: 20000, Verify: "nothing", Line: Line{Baud: 9600, Frame: "7e1"},
			Firmware: ScaleFirmware{Unit: "kg", Environment: "unstable", AutoZero: "on"},
		},
		secaScale: {
			Model: "Test seca", Class: "scale", Protocol: ScaleSeca, Talk: TalkStream, Use: UseAdult,
			DivisionG: 100, MinG: 20000, MaxG: 200000, Display: map[string]int{"2": 1}, Line: Line{Baud: 1200, Frame: "8e1"},
		},
	} {
		got, err := scaleText(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}

func TestScaleRefusals(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"unknown key", `min_g`, "minimum = 1\nmin_g", `m.toml: line 7: unknown key "minimum"`},
		{"another class", `"scale"`, `"printer"`, `class = "printer"`},
		{"a protocol without driver", `"mt-sics"`, `"kcp"`, `protocol = "kcp" is known, but no driver here speaks it`},
		{"unknown protocol", `"mt-sics"`, `"morse"`, `protocol = "morse" is none of`},
		{"a stream that is none", `"request"`, `"stream"`, `talk = "stream"`},
		{"nobody's scale", `"infant"`, `"cattle"`, `use = "cattle"`},
		{"coarse", `division_g = 10`, `division_g = 20`, `division_g = 20 is outside 1 to 10`},
		{"light as an empty pan", `min_g = 1000`, `min_g = 100`, `min_g = 100 is outside 101`},
		{"no range", `max_g = 20000`, `max_g = 1000`, `max_g = 1000 is outside 1001`},
		{"no speed", `baud = 9600`, `baud = 96`, `line.baud = 96`},
		{"unknown frame", `"7e1"`, `"7x1"`, `line.frame = "7x1"`},
		{"unknown unit", `unit = "kg"`, `unit = "lb"`, `firmware.unit = "lb"`},
		{"unknown environment", `"unstable"`, `"windy"`, `firmware.environment = "windy"`},
		{"unknown word", `"on"`, `"perhaps"`, `firmware.auto_zero = "perhaps"`},
		{"settings that cannot be sent", "\"mt-sics\"\ntalk = \"request\"", "\"and\"\ntalk = \"stream\"", `keeps no settings that can be sent`},
		{"display types of another", "[line]", "[display]\n2 = 1\n[line]", `display is of no use to protocol "mt-sics"`},
	} {
		_, err := scaleText(strings.Replace(goodScale, c.from, c.to, 1))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant it to say %q", c.name, err, c.want)
		}
	}
	for line, want := range map[string]string{"2 = 5": "display.2 = 5", "20 = 2": "display.20: a display type is one digit"} {
		if _, err := scaleText(strings.Replace(secaScale, "2 = 1", line, 1)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant it to say %q", err, want)
		}
	}
}

func TestShippedScales(t *testing.T) {
	files, err := filepath.Glob("../../firmware-configs/scale-*.toml")
	if err != nil || len(files) < 6 {
		t.Fatalf("found %q, %v", files, err)
	}
	for _, f := range files {
		p, err := LoadScale(f)
		if err != nil {
			t.Error(err)
		}
		if p.Protocol == ScaleSeca && p.Verify == "" {
			t.Errorf("%s: seca's format was never tried; say what to verify", f)
		}
	}
}

func TestReadmeNamesEveryScaleKey(t *testing.T) {
	b, err := os.ReadFile("../../firmware-configs/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(goodScale + "[display]\n") {
		key, _, isKey := strings.Cut(strings.Trim(line, "[]\n"), " =")
		if key != "" && (isKey || line[0] == '[') && !strings.Contains(string(b), "`"+key+"`") {
			t.Errorf("README.md does not explain `%s`", key)
		}
	}
	for protocol := range scaleTalks {
		if !strings.Contains(string(b), "`\""+protocol+"\"`") {
			t.Errorf("README.md does not explain protocol %q", protocol)
		}
	}
}

func FuzzParseScale(f *testing.F) {
	f.Add([]byte(goodScale))
	f.Add([]byte(secaScale))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parse[Scale](b)
		if err == nil && s.Check() == nil && (s.DivisionG <= 0 || s.MinG <= emptyPanDivisions*s.DivisionG || s.Line.Baud <= 0) {
			t.Errorf("accepted %+v", s)
		}
	})
}
