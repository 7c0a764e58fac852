package zfm

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"markaz.example/devices/finger"
)

// Source of the bytes: ZFM-20 user manual, GenImg.
func TestPacketBytes(t *testing.T) {
	genImg := packet{addressDefault, kindCommand, command{cmdGenImg}}.appendTo(nil)
	if want := []byte{0xef, 1, 0xff, 0xff, 0xff, 0xff, 1, 0, 3, 1, 0, 5}; !bytes.Equal(genImg, want) {
		t.Errorf("GenImg is % x", genImg)
	}
	ok := packet{addressDefault, kindAnswer, []byte{0}}.appendTo(nil)
	if want := []byte{0xef, 1, 0xff, 0xff, 0xff, 0xff, 7, 0, 3, 0, 0, 0x0a}; !bytes.Equal(ok, want) {
		t.Errorf("the answer is % x", ok)
	}
}

func TestCommands(t *testing.T) {
	for _, c := range []struct {
		got  command
		want string
	}{
		{buffered(cmdImg2Tz, 1), "02 01"},
		{searching(cmdSearch, 1, 0, 1000), "04 01 00 00 03 e8"},
		{paged(cmdStore, 2, 258), "06 02 01 02"},
		{deleting(7, 2), "0c 00 07 00 02"},
		{worded(cmdVfyPwd, 0xdeadbeef), "13 de ad be ef"},
	} {
		if got := fmt.Sprintf("% x", []byte(c.got)); got != c.want {
			t.Errorf("%s: %s, want %s", c.got.name(), got, c.want)
		}
	}
	if got := (command{0x99}).name(); got != "command 99" {
		t.Errorf("an unknown command is %q", got)
	}
}

// However packets are split, joined and mixed with noise, each is found, in order.
func TestDecoderFindsEveryPacket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var line []byte
		var want []packet
		for range rapid.IntRange(1, 6).Draw(t, "packets") {
			noise := rapid.SliceOfN(rapid.ByteRange(0, 0xee), 0, 40).Draw(t, "noise")
			p := packet{
				rapid.Uint32().Draw(t, "address"), rapid.SampledFrom([]byte{1, 2, 7, 8}).Draw(t, "kind"),
				rapid.SliceOfN(rapid.Byte(), 1, contentMax).Draw(t, "content"),
			}
			want = append(want, p)
			line = p.appendTo(append(line, noise...))
		}
		var d decoder
		var got []packet
		for len(line) > 0 {
			n := rapid.IntRange(1, len(line)).Draw(t, "piece")
			d.feed(line[:n])
			line = line[n:]
			for p, ok := d.next(); ok; p, ok = d.next() {
				got = append(got, p)
			}
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(packet{})); diff != "" {
			t.Error(diff)
		}
	})
}

func TestDecoderPassesOverWrongPackets(t *testing.T) {
	good := packet{addressDefault, kindAnswer, []byte{0}}.appendTo(nil)
	bad := bytes.Clone(good)
	bad[len(bad)-1]++
	huge := []byte{0xef, 1, 0xff, 0xff, 0xff, 0xff, 7, 0x7f, 0xff}
	for _, c := range []struct {
		name  string
		line  []byte
		wrong bool
	}{
		{"wrong sum", bad, true},
		{"too long", huge, false},
		{"too short", []byte{0xef, 1, 0, 0, 0, 0, 7, 0, 1}, false},
		{"half a header before the header", []byte{0xef, 0xef}, false},
		{"power-up byte", []byte{0x55}, false},
	} {
		var d decoder
		d.feed(append(bytes.Clone(c.line), good...))
		p, ok := d.next()
		if !ok || p.kind != kindAnswer || d.noise < len(c.line) || d.wrong != c.wrong {
			t.Errorf("%s: %v %v, noise %d, wrong %v", c.name, p, ok, d.noise, d.wrong)
		}
	}
}

func TestCodes(t *testing.T) {
	for code := range meanings() {
		if text := code.Error(); !strings.Contains(text, fmt.Sprintf("%02x", byte(code))) || len(text) < 12 {
			t.Errorf("code %02x says %q", byte(code), text)
		}
	}
	for _, c := range []struct {
		code Code
		is   error
	}{
		{CodeNoFinger, finger.ErrNoFinger}, {CodeMessy, finger.ErrMessy}, {CodeSmall, finger.ErrSmall}, {CodeNoMatch, finger.ErrNoMatch},
		{CodeNotFound, finger.ErrNoMatch}, {CodeDifferent, finger.ErrDifferent}, {CodePassword, finger.ErrPassword},
		{CodeNeedsPass, finger.ErrPassword}, {CodeSensor, finger.ErrSensor}, {CodePage, ErrPage},
	} {
		if !errors.Is(fmt.Errorf("doing: %w", c.code), c.is) || errors.Is(c.code, ErrTransfer) {
			t.Errorf("code %02x is not %v", byte(c.code), c.is)
		}
	}
	if text := Code(0x77).Error(); !strings.Contains(text, "77") {
		t.Errorf("a reserved code says %q", text)
	}
	if errors.Is(CodeFlash, nil) || errors.Is(Code(0x77), ErrPage) {
		t.Error("a code without a common error is one")
	}
}

func TestParametersRoundTrip(t *testing.T) {
	want := Parameters{StatusPassword | StatusPicture, 9, 1000, 3, 0x12345678, 128, 57600}
	got, err := parseParameters(want.bytes())
	if err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	for _, spoil := range []func(b []byte) []byte{
		func(b []byte) []byte { return b[1:] },
		func(b []byte) []byte { b[13] = 4; return b },
		func(b []byte) []byte { b[15] = 0; return b },
		func(b []byte) []byte { b[15] = 13; return b },
	} {
		if p, err := parseParameters(spoil(want.bytes())); err == nil {
			t.Errorf("accepted %+v", p)
		}
	}
}

func TestPixels(t *testing.T) {
	pix, err := widen([]byte{0x0f, 0xa5}, 4)
	if err != nil || !bytes.Equal(pix, []byte{0, 255, 170, 85}) {
		t.Errorf("%d, %v", pix, err)
	}
	if !bytes.Equal(narrow(pix), []byte{0x0f, 0xa5}) {
		t.Error("narrow does not undo widen")
	}
	if eight, err := widen([]byte{1, 2, 3, 4}, 4); err != nil || !bytes.Equal(eight, []byte{1, 2, 3, 4}) {
		t.Errorf("eight bits: %d, %v", eight, err)
	}
	if _, err := widen(make([]byte, 3), 4); !errors.Is(err, ErrPicture) {
		t.Errorf("a short picture: %v", err)
	}
}

func TestIndexBits(t *testing.T) {
	if diff := cmp.Diff([]int{256, 263, 272}, pages([]byte{0x81, 0, 1}, 256)); diff != "" {
		t.Error(diff)
	}
}

func TestTemplateKeepsItsSecret(t *testing.T) {
	secret := Template("secret")
	for _, f := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		if got := fmt.Sprintf(f, secret); got != "template of 6 bytes" {
			t.Errorf("%s shows %s", f, got)
		}
	}
	if secret.LogValue().String() != "template of 6 bytes" {
		t.Error("the log shows it")
	}
	secret.Wipe()
	if !bytes.Equal(secret, make([]byte, 6)) {
		t.Error("not wiped")
	}
}

// Whatever arrives, the decoder neither fails nor hoards, and a packet behind it is found once the line is long enough.
func FuzzDecoder(f *testing.F) {
	good := packet{addressDefault, kindAnswer, []byte{0, 1, 2}}
	f.Add(good.appendTo(nil))
	f.Add(append([]byte{0x55}, good.appendTo(nil)...))
	f.Add([]byte{0xef, 1, 0xff, 0xff, 0xff, 0xff, 7, 1, 2})
	f.Fuzz(func(t *testing.T, line []byte) {
		var d decoder
		d.feed(line)
		for p, ok := d.next(); ok; p, ok = d.next() {
			if len(p.content) > contentMax {
				t.Fatalf("content of %d bytes", len(p.content))
			}
		}
		if len(d.left) >= headBytes+contentMax+sumBytes {
			t.Fatalf("%d bytes are kept", len(d.left))
		}
		for range 2 + contentMax/len(good.appendTo(nil)) {
			d.feed(good.appendTo(nil))
		}
		found := false
		for p, ok := d.next(); ok; p, ok = d.next() {
			found = found || bytes.Equal(p.content, good.content)
		}
		if !found {
			t.Error("a good packet behind it was not found")
		}
	})
}

func FuzzParameters(f *testing.F) {
	f.Add(Parameters{0, 9, 1000, 3, addressDefault, 128, 57600}.bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := parseParameters(b); err == nil && !bytes.Equal(p.bytes(), b) {
			t.Errorf("% x became % x", b, p.bytes())
		}
	})
}

// A whole picture, in reads of 64 bytes.
func BenchmarkDecoder(b *testing.B) {
	var line []byte
	for range 288 {
		line = packet{addressDefault, kindData, make([]byte, 128)}.appendTo(line)
	}
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		var d decoder
		for rest := line; len(rest) > 0; {
			n := min(64, len(rest))
			d.feed(rest[:n])
			rest = rest[n:]
			for _, ok := d.next(); ok; _, ok = d.next() {
			}
		}
	}
}
