package profile

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

const goodFinger = `model = "Test module"
class = "finger"
protocol = "zfm"
quality_min = 40
usb = ["1a86:7523"]

[picture]
width = 256
height = 288
dpi = 500

[line]
baud = 57600

[firmware]
security = 3
packet_bytes = 128
baud = 115200
`

func loadFingerText(text string) (Finger, error) {
	return LoadFingerFS(fstest.MapFS{"f.toml": {Data: []byte(text)}}, "f.toml")
}

func TestGoodFinger(t *testing.T) {
	got, err := loadFingerText(goodFinger)
	want := Finger{
		Model: "Test module", Class: "finger", Protocol: "zfm", QualityMin: 40, USB: []string{"1a86:7523"},
		Picture: FingerPicture{256, 288, 500}, Line: Line{Baud: 57600}, Firmware: FingerFirmware{3, 128, 115200},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestFingerRefusals(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"unknown key", "dpi = 500", "dpi = 500\ncolour = 3", `f.toml: line 11: unknown key "picture.colour"`},
		{"another class", `"finger"`, `"printer"`, `class = "printer"`},
		{"no protocol of ours", `"zfm"`, `"gt511"`, `protocol = "gt511" is none of`},
		{"quality above all", `= 40`, `= 101`, `quality_min = 101 is outside 0 to 100`},
		{"usb id in words", `1a86:7523`, `CH340`, `no vendor:product pair`},
		{"odd width", `256`, `255`, `picture.width = 255 is odd`},
		{"huge picture", `288`, `2880`, `picture.height = 2880`},
		{"coarse sensor", `dpi = 500`, `dpi = 72`, `picture.dpi = 72`},
		{"speed the terminal layer has no name for", `57600`, `28800`, `line.baud = 28800 is none of`},
		{"no such level", `security = 3`, `security = 6`, `firmware.security = 6`},
		{"no such packet", `128`, `100`, `firmware.packet_bytes = 100`},
		{"speed beyond the module", `115200`, `230400`, `firmware.baud = 230400`},
	} {
		_, err := loadFingerText(strings.Replace(goodFinger, c.from, c.to, 1))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant it to say %q", c.name, err, c.want)
		}
	}
}

func TestShippedFingerProfiles(t *testing.T) {
	files, err := filepath.Glob("../../firmware-configs/finger-*.toml")
	if err != nil || len(files) < 4 {
		t.Fatalf("found %q, %v", files, err)
	}
	for _, f := range files {
		if _, err := LoadFinger(f); err != nil {
			t.Error(err)
		}
	}
}

func TestReadmeNamesEveryFingerKey(t *testing.T) {
	b, err := os.ReadFile("../../firmware-configs/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(b), "## Fingerprint readers")
	section, _, _ = strings.Cut(section, "\n## ")
	for line := range strings.Lines(goodFinger) {
		key, _, isKey := strings.Cut(strings.Trim(line, "[]\n"), " =")
		if key != "" && (isKey || line[0] == '[') && !strings.Contains(section, "`"+key+"`") {
			t.Errorf("README.md does not explain `%s`", key)
		}
	}
}

func FuzzParseFinger(f *testing.F) {
	f.Add([]byte(goodFinger))
	f.Add([]byte("usb = [1]"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parse[Finger](b)
		if err == nil && p.Check() == nil && p.Protocol == ProtocolZFM && (p.Picture.Width <= 0 || p.Line.Baud <= 0) {
			t.Errorf("accepted %+v", p)
		}
	})
}
