package iso

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"markaz.example/devices/profile"
)

// dialects are every way in which numbers and bitmaps are written.
func dialects() map[string]profile.ISO8583 {
	out := map[string]profile.ISO8583{}
	for _, numbers := range []string{profile.NumbersBCD, profile.NumbersASCII} {
		for _, bitmap := range []string{profile.BitmapBinary, profile.BitmapHex} {
			out[numbers+" "+bitmap] = profile.ISO8583{Numbers: numbers, Bitmap: bitmap, Money: profile.MoneyRefuse, EchoS: 60}
		}
	}
	return out
}

func codec(t testing.TB, how profile.ISO8583) *Codec {
	t.Helper()
	c, err := NewCodec(how)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestKnownEcho is the request that a POS of a partner bank sends, byte by byte.
func TestKnownEcho(t *testing.T) {
	raw := unhex(t, "0800 8220000000800000 0400000000000000 1121104215 000047 454F573030313031 0301")
	c := codec(t, dialects()["bcd binary"])
	m, err := c.Decode(bytes.Clone(raw))
	want := Message{"0800", map[int]string{7: "1121104215", 11: "000047", 41: "EOW00101", 70: "301"}}
	if diff := cmp.Diff(want, m); err != nil || diff != "" {
		t.Fatalf("%v\n%s", err, diff)
	}
	if back, err := c.Encode(m); err != nil || !bytes.Equal(back, raw) {
		t.Errorf("written again: %x, %v", back, err)
	}
	for n := range len(raw) {
		if _, err := c.Decode(bytes.Clone(raw[:n])); !errors.Is(err, ErrShape) {
			t.Errorf("cut after %d bytes: %v", n, err)
		}
	}
}

// value is what a card's data in a field looks like, as long as the field may be.
func value(n int, f format) string {
	length := f.max
	if f.dots > 0 {
		length = min(f.max, 37)
	}
	digits := strings.Repeat("4111111111111111", length/16+1)[:length]
	switch {
	case n == 12 || n == 13 || n == 7 || f.packed() && f.kind != "z":
		return digits
	case f.kind == "z":
		return ("4111111111111111=2512201" + digits)[:length]
	}
	return digits
}

// TestScrubWipesEveryField sends each field of both editions filled with a card number, in every dialect: nothing of what
// was sent stays in the buffer of a field that is not on the list, and the fields beside it are read as they are.
func TestScrubWipesEveryField(t *testing.T) {
	for name, how := range dialects() {
		c := codec(t, how)
		for _, mti := range []string{"0220", "1220"} {
			table := c.table(mti)
			for n := 2; n <= 128; n++ {
				if f := table[n]; f.kind != "" && !keep[n] && f.kind != "x+n" {
					oneField(t, c, fmt.Sprintf("%s, %s, field %d", name, mti, n), mti, n, f)
				}
			}
		}
	}
}

func oneField(t *testing.T, c *Codec, name, mti string, n int, f format) {
	t.Helper()
	send := map[int]string{11: "000047", 41: "EOW00101", n: value(n, f)}
	if c.how.Bitmap == profile.BitmapHex && f.kind == "b" && f.dots == 0 {
		send[n] = strings.Repeat("41", f.max)
	}
	raw, err := c.Encode(Message{mti, send})
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	m, err := c.Decode(raw)
	if diff := cmp.Diff(Message{mti, map[int]string{11: "000047", 41: "EOW00101"}}, m); err != nil || diff != "" {
		t.Errorf("%s: %v\n%s", name, err, diff)
	}
	if bytes.Contains(raw, []byte("4111")) || bytes.Contains(raw, []byte{0x41, 0x11, 0x11}) || bytes.Contains(raw, []byte("414141")) {
		t.Errorf("%s is left: %x", name, raw)
	}
}

// The list of fields that may be read has none that could hold a card number, and misses none that the task names.
func TestKeepsNothingDangerous(t *testing.T) {
	for _, n := range []int{2, 14, 20, 34, 35, 36, 42, 45, 48, 52, 53, 55, 62, 63, 102, 103, 120, 125} {
		if keep[n] {
			t.Errorf("field %d may be read", n)
		}
	}
	for _, how := range dialects() {
		for _, table := range []formats{codec(t, how).f87, codec(t, how).f93} {
			for n, kept := range keep {
				if f := table[n]; kept && (f.dots > 0 || f.kind == "" || f.max > 12) {
					t.Errorf("field %d, %v, is long enough for anything", n, f)
				}
			}
		}
	}
}

// What cannot be walked to its last byte is gone.
func TestAMessageThatDoesNotFitIsWipedWhole(t *testing.T) {
	c := codec(t, dialects()["ascii binary"])
	good, err := c.Encode(Message{"0200", map[int]string{2: "4111111111111111", 11: "000047", 41: "EOW00101"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{
		"a byte too many":          append(bytes.Clone(good), '4'),
		"a byte too few":           good[:len(good)-1],
		"a length of letters":      bytes.Replace(good, []byte("164111"), []byte("xx4111"), 1),
		"a length beyond the most": bytes.Replace(good, []byte("164111"), []byte("204111"), 1),
		"no such type":             append([]byte("9200"), good[4:]...),
		"type of letters":          append([]byte("0A00"), good[4:]...),
		"letters where digits are": bytes.Replace(good, []byte("000047"), []byte("0x0047"), 1),
		"nothing":                  {},
	} {
		raw = bytes.Clone(raw)
		_, err := c.Decode(raw)
		if name == "letters where digits are" && err == nil {
			continue // the table's numbers in characters may hold anything; none of it is used as a number
		}
		if !errors.Is(err, ErrShape) || bytes.ContainsFunc(raw, func(r rune) bool { return r != 0 }) {
			t.Errorf("%s: %v, left %q", name, err, raw)
		}
		if err != nil && strings.Contains(err.Error(), "4111") {
			t.Errorf("%s: the error quotes the message: %v", name, err)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for name, how := range dialects() {
		c := codec(t, how)
		rapid.Check(t, func(t *rapid.T) {
			m := Message{MTI: rapid.SampledFrom([]string{"0800", "0220", "0500", "1804", "1220"}).Draw(t, "mti"), Fields: map[int]string{}}
			table := c.table(m.MTI)
			for n, kept := range keep {
				if kept && rapid.Bool().Draw(t, "has") {
					m.Fields[n] = strings.Repeat(rapid.StringMatching(`[0-9]`).Draw(t, "digit"), table[n].max)
				}
			}
			raw, err := c.Encode(m)
			if err != nil {
				t.Fatal(name, err)
			}
			got, err := c.Decode(raw)
			if diff := cmp.Diff(m, got); err != nil || diff != "" {
				t.Fatal(name, err, diff)
			}
		})
	}
}

func TestABanksOwnFields(t *testing.T) {
	how := dialects()["bcd binary"]
	how.Fields = map[string]string{"49": "n3", "128": "ans...20"}
	c := codec(t, how)
	raw, err := c.Encode(Message{"0220", map[int]string{41: "EOW00101", 49: "586", 128: "x"}})
	if err != nil || !bytes.Contains(raw, []byte{0x05, 0x86}) {
		t.Errorf("%x, %v", raw, err)
	}
	for field, format := range map[string]string{"1": "n3", "65": "n3", "200": "n3", "x": "n3", "49": "q3", "50": "n.3", "51": "n..100", "52": "n0", "53": "n1000"} {
		how.Fields = map[string]string{field: format}
		if _, err := NewCodec(how); err == nil {
			t.Errorf("field %s as %s: accepted", field, format)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	c := codec(t, dialects()["bcd binary"])
	for _, m := range []Message{{MTI: "80"}, {MTI: "0800", Fields: map[int]string{11: "47"}}, {MTI: "0800", Fields: map[int]string{200: "x"}}, {MTI: "0800", Fields: map[int]string{11: "ABCDEF"}}} {
		if _, err := c.Encode(m); err == nil {
			t.Errorf("%+v: written", m)
		}
	}
}

// FuzzDecode: whatever comes, an error leaves nothing, and what is read can be written and read again.
func FuzzDecode(f *testing.F) {
	all := dialects()
	names := []string{"bcd binary", "bcd hex", "ascii binary", "ascii hex"}
	for i, name := range names {
		c := codec(f, all[name])
		for _, m := range []Message{
			{"0800", map[int]string{7: "1121104215", 11: "000047", 41: "EOW00101", 70: "301"}},
			{"0220", map[int]string{2: "4111111111111111", 35: "4111111111111111=25122010000", 39: "00", 41: "EOW00101"}},
			{"1804", map[int]string{11: "000047", 12: "261121104215", 24: "831", 41: "EOW00101"}},
		} {
			raw, err := c.Encode(m)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(uint8(i), raw)
		}
	}
	codecs := make([]*Codec, len(names))
	for i, name := range names {
		codecs[i] = codec(f, all[name])
	}
	f.Fuzz(func(t *testing.T, which uint8, raw []byte) {
		c := codecs[int(which)%len(codecs)]
		m, err := c.Decode(raw)
		if err != nil {
			if slices.ContainsFunc(raw, func(b byte) bool { return b != 0 }) {
				t.Fatalf("%v left %x", err, raw)
			}
			return
		}
		for n := range m.Fields {
			if !keep[n] {
				t.Fatalf("field %d was read", n)
			}
		}
		if again, err := c.Encode(m); err == nil {
			if back, err := c.Decode(again); err != nil || !cmp.Equal(back, m) {
				t.Fatalf("%+v came back as %+v, %v", m, back, err)
			}
		}
	})
}
