package profile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const goodPaypoint = `model = "Test POS"
class = "paypoint"
protocol = "iso8583"

[cash]
low_notes = 400
out_notes = 20

[frame]
length = "binary-2"
inclusive = true
tpdu = true

[iso8583]
numbers = "bcd"
bitmap = "binary"
money_requests = "refuse"
echo_s = 60

[iso8583.fields]
49 = "n3"
`

func loadPaypointText(text string) (Paypoint, error) {
	return LoadPaypointFS(fstest.MapFS{"m.toml": {Data: []byte(text)}}, "m.toml")
}

func TestGoodPaypoint(t *testing.T) {
	got, err := loadPaypointText(goodPaypoint)
	want := Paypoint{
		Model: "Test POS", Class: "paypoint", Protocol: ProtocolISO, Cash: Cash{400, 20}, Frame: PaypointFrame{LengthBinary, true, true},
		ISO: ISO8583{NumbersBCD, BitmapBinary, MoneyRefuse, 60, map[string]string{"49": "n3"}},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestPaypointRefusals(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"unknown key", `echo_s = 60`, "echo_s = 60\necho_m = 1", `line 19: unknown key "iso8583.echo_m"`},
		{"another class", `"paypoint"`, `"printer"`, `class = "printer"`},
		{"not spoken", `"iso8583"`, `"ddc"`, `"ddc" is known`},
		{"out above low", `out_notes = 20`, `out_notes = 401`, `cash.out_notes = 401 is outside 0 to 400`},
		{"length", `"binary-2"`, `"binary-4"`, `frame.length`},
		{"numbers", `"bcd"`, `"ebcdic"`, `"ebcdic" is known`},
		{"a slow echo", `60`, `600`, `echo_s = 600`},
		{"a field that is none", `49 =`, `129 =`, `"129" is no number`},
		{"a format that is none", `"n3"`, `"n....3"`, `"n....3"`},
	} {
		_, err := loadPaypointText(strings.Replace(goodPaypoint, c.from, c.to, 1))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant it to say %q", c.name, err, c.want)
		}
	}
}

func TestShippedPaypoints(t *testing.T) {
	files, err := filepath.Glob("../../firmware-configs/paypoint-*.toml")
	if err != nil || len(files) != 4 {
		t.Fatalf("found %q, %v", files, err)
	}
	for _, f := range files {
		if _, err := LoadPaypoint(f); err != nil {
			t.Error(err)
		}
	}
}

func TestReadmeNamesEveryPaypointKey(t *testing.T) {
	b, err := os.ReadFile("../../firmware-configs/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(goodPaypoint) {
		key, _, isKey := strings.Cut(strings.Trim(line, "\n"), " =")
		if isKey && key != "49" && !strings.Contains(string(b), "`"+key+"`") {
			t.Errorf("README.md does not explain `%s`", key)
		}
	}
}

func FuzzParsePaypoint(f *testing.F) {
	f.Add([]byte(goodPaypoint))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parse[Paypoint](b)
		if err == nil && p.Check() == nil && (p.Cash.OutNotes > p.Cash.LowNotes || p.Protocol == "") {
			t.Errorf("accepted %+v", p)
		}
	})
}
