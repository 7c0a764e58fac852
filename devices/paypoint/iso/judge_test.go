package iso

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// judge is npm's iso_8583, which writes characters with a binary bitmap.
type judge struct {
	t   *testing.T
	in  *json.Encoder
	out *json.Decoder
}

// verdictOf is what the judge says.
type verdictOf struct {
	Hex     string
	Error   string
	Fields  map[string]string
	Formats map[string]struct {
		ContentType, LenType string
		MaxLen               int
	}
}

func newJudge(t *testing.T) *judge {
	t.Helper()
	if _, err := os.Stat(filepath.Join("judge", "node_modules", "iso_8583")); err != nil {
		t.Fatalf("the outside judge is not set up: run `make setup-judges` (%v)", err)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatalf("the outside judge needs Node.js: run `make setup-judges` (%v)", err)
	}
	c := exec.Command(node, "judge.js")
	c.Dir, c.Stderr = "judge", os.Stderr
	in, errIn := c.StdinPipe()
	out, errOut := c.StdoutPipe()
	if errIn != nil || errOut != nil || c.Start() != nil {
		t.Fatalf("start the judge: %v, %v", errIn, errOut)
	}
	t.Cleanup(func() {
		if in.Close(); c.Wait() != nil {
			t.Error("the judge failed")
		}
	})
	return &judge{t, json.NewEncoder(in), json.NewDecoder(out)}
}

func (j *judge) ask(question map[string]any) (v verdictOf) {
	j.t.Helper()
	if err := j.in.Encode(question); err != nil {
		j.t.Fatal(err)
	}
	if err := j.out.Decode(&v); err != nil {
		j.t.Fatal(err)
	}
	if v.Error != "" {
		j.t.Errorf("%v: the judge says %s", question, v.Error)
	}
	return v
}

// messages of both directions, as banks write them.
var messages = []map[int]string{
	{0: "0800", 7: "1121104215", 11: "000047", 41: "EOW00101", 70: "301"},
	{0: "0810", 7: "1121104215", 11: "000047", 39: "00", 41: "EOW00101", 70: "301"},
	{0: "0820", 7: "0101000000", 11: "000001", 41: "EOW00101", 70: "001"},
	{0: "0220", 2: "4111111111111111", 3: "000000", 4: "000000500000", 7: "1121104215", 11: "000048", 12: "104215", 13: "1121",
		14: "3012", 22: "051", 25: "00", 32: "423935", 35: "4111111111111111=30122010000000000000", 37: "632510000047", 38: "A1B2C3",
		39: "00", 41: "EOW00101", 42: "ONEWINDOW000001", 43: "One Window Centre       Islamabad     PK", 49: "586", 52: "7434F67813BAE545"},
	{0: "0230", 3: "000000", 4: "000000500000", 7: "1121104215", 11: "000048", 12: "104215", 13: "1121", 37: "632510000047", 39: "00", 41: "EOW00101"},
	{0: "0500", 7: "1121104215", 11: "000049", 41: "EOW00101", 74: "0000000012", 76: "0000000107", 86: "0000000000600000", 88: "0000000053500000", 97: "D0000000053500000"},
	{0: "0510", 7: "1121104215", 11: "000049", 39: "00", 41: "EOW00101"},
}

// TestTheJudgesMessages: what the judge writes is read by us as it was meant, with all that may not be read wiped.
func TestTheJudgesMessages(t *testing.T) {
	j := newJudge(t)
	c := codec(t, dialects()["ascii binary"])
	for _, fields := range messages {
		v := j.ask(map[string]any{"pack": texts(fields)})
		raw := unhex(t, v.Hex)
		m, err := c.Decode(raw)
		want := Message{fields[0], map[int]string{}}
		for n, s := range fields {
			if keep[n] {
				want.Fields[n] = s
			}
		}
		if diff := cmp.Diff(want, m); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", fields[0], err, diff)
		}
		if strings.Contains(string(raw), "4111") || strings.Contains(hex.EncodeToString(raw), "7434f678") {
			t.Errorf("%s: card data is left in %q", fields[0], raw)
		}
	}
}

// TestOurMessagesForTheJudge: what we write, byte for byte what the judge would, is read by the judge as it was meant.
func TestOurMessagesForTheJudge(t *testing.T) {
	j := newJudge(t)
	c := codec(t, dialects()["ascii binary"])
	for _, fields := range messages {
		m := Message{fields[0], map[int]string{}}
		for n, s := range fields {
			if n == 52 { // ours takes bytes, the judge their hex
				s = string(unhex(t, s))
			}
			if n != 0 {
				m.Fields[n] = s
			}
		}
		raw, err := c.Encode(m)
		if err != nil {
			t.Fatal(err)
		}
		if v := j.ask(map[string]any{"pack": texts(fields)}); secondBitmap(v.Hex) != secondBitmap(hex.EncodeToString(raw)) {
			t.Errorf("%s: ours  %x\njudge's %s", m.MTI, raw, v.Hex)
		}
		v := j.ask(map[string]any{"unpack": hex.EncodeToString(raw)})
		got := map[int]string{}
		for key, s := range v.Fields {
			if n, err := strconv.Atoi(key); err == nil && n != 1 {
				got[n] = s
			}
		}
		if got[52] != "" {
			got[52] = strings.ToUpper(got[52])
		}
		if diff := cmp.Diff(fields, got); diff != "" {
			t.Errorf("%s: the judge read\n%s", m.MTI, diff)
		}
	}
}

// secondBitmap takes an empty second bitmap out of a message in hex: the judge always writes one.
func secondBitmap(message string) string {
	const at, empty = 2 * (4 + 8), "0000000000000000"
	if first, err := strconv.ParseUint(message[8:9], 16, 8); err == nil && first >= 8 && message[at:at+16] == empty {
		return message[:8] + strconv.FormatUint(first-8, 16) + message[9:at] + message[at+16:]
	}
	return message
}

func texts(fields map[int]string) map[string]string {
	out := map[string]string{}
	for n, s := range fields {
		out[fmt.Sprint(n)] = s
	}
	return out
}

// others are the fields in which the judge's table is not that of 1987: 52 is counted in hexadecimal digits, 53, 58 and
// 59 are those of 1993, 127 is one switch's own.
var others = map[int]bool{52: true, 53: true, 58: true, 59: true, 127: true}

// TestTheJudgesTable compares how long each field of 1987 is.
func TestTheJudgesTable(t *testing.T) {
	v := newJudge(t).ask(map[string]any{"formats": true})
	table := codec(t, dialects()["ascii binary"]).f87
	compared := 0
	for n := 2; n <= 128; n++ {
		theirs, ok := v.Formats[fmt.Sprint(n)]
		if !ok || n == 65 {
			continue
		}
		f := table[n]
		length := size(dialects()["ascii binary"], f, f.max)
		dots := map[string]int{"fixed": 0, "llvar": 2, "lllvar": 3}[theirs.LenType]
		if !others[n] && (f.dots != dots || length != theirs.MaxLen) {
			t.Errorf("field %d: ours %v, the judge's %s %s %d", n, f, theirs.ContentType, theirs.LenType, theirs.MaxLen)
		}
		compared++
	}
	if compared < 100 {
		t.Errorf("only %d fields compared", compared)
	}
}
