package printer

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
)

// The bytes are those of the command manuals, written out by hand.
func TestEncodeBytes(t *testing.T) {
	p := model()
	p.KanjiOff, p.Status, p.Image.RowsPerBlock = true, profile.StatusASB, 2
	b := slip.NewBitmap(256, 3)
	b.Set(0, 0)
	b.Set(255, 2)
	row := func(first, last byte) []byte {
		r := make([]byte, 32)
		r[0], r[31] = first, last
		return r
	}
	want := [][]byte{
		{0x1b, 0x40, 0x1c, 0x2e, 0x1d, 0x61, 0x0f},
		append(append([]byte{0x1d, 0x76, 0x30, 0x00, 0x20, 0x00, 0x02, 0x00}, row(0x80, 0)...), row(0, 0)...),
		append([]byte{0x1d, 0x76, 0x30, 0x00, 0x20, 0x00, 0x01, 0x00}, row(0, 0x01)...),
		{0x1b, 0x4a, 0x08, 0x1d, 0x56, 0x01, 0x1d, 0x72, 0x01, 0x1d, 0x72, 0x01},
	}
	if diff := cmp.Diff(want, encode(p, b)); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeTypicalBytes(t *testing.T) {
	status := func(b byte) answer { return answer{kind: answerStatus, value: b} }
	for _, c := range []struct {
		name string
		in   []byte
		want []answer
	}{
		{"on-line, off-line, cover, plenty, empty", []byte{0x12, 0x1a, 0x16, 0x12, 0x7e},
			[]answer{status(0x12), status(0x1a), status(0x16), status(0x12), status(0x7e)}},
		{"paper after the queue", []byte{0x00, 0x03}, []answer{{kind: answerPaper}, {kind: answerPaper, value: 3}}},
		{"automatic status", []byte{0x18, 0x00, 0x0f, 0x00}, []answer{{kind: answerChange, asb: [4]byte{0x18, 0, 0x0f, 0}}}},
		{"status inside an automatic one", []byte{0x18, 0x00, 0x12, 0x00},
			[]answer{status(0x12), {kind: answerPaper}}},
		{"flow control anywhere", []byte{0x11, 0x10, 0x13, 0x00, 0x11, 0x00, 0x00}, []answer{{kind: answerChange, asb: [4]byte{0x10}}}},
		{"cleared", []byte{0x37, 0x25, 0x00, 0x12}, []answer{{kind: answerCleared}, status(0x12)}},
		{"another block answer", []byte{0x37, 0x22, 0x31, 0x00}, []answer{{kind: answerNoise}}},
		{"who it is", []byte{0x5f, 'T', 'M', 0, 0x5f, 0, 0x12}, []answer{{kind: answerText, text: "TM"}, {kind: answerText}, status(0x12)}},
		{"values of its memory", []byte{0x37, 0x20, 0, 0x37, 0x27, '5', 0x1f, '0', 0, 0x37, 0, 0x12},
			[]answer{{kind: answerCustom, text: "\x20"}, {kind: answerCustom, text: "\x275\x1f0"}, {kind: answerNoise}, status(0x12)}},
		{"noise", []byte{0xff, 0x41, 0x80}, []answer{{kind: answerNoise}, {kind: answerNoise}, {kind: answerNoise}}},
	} {
		var d decoder
		if diff := cmp.Diff(c.want, decodeAll(&d, c.in), cmp.AllowUnexported(answer{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func decodeAll(d *decoder, in []byte) (out []answer) {
	for _, b := range in {
		if a := d.feed(b); a.kind != answerNone {
			out = append(out, a)
		}
	}
	return out
}

func TestStateOfTypicalBytes(t *testing.T) {
	p := model()
	blind := model()
	blind.NearEnd = false
	for _, c := range []struct {
		name string
		p    profile.Printer
		r    round
		asb  [4]byte
		want State
	}{
		{"good", p, round{1: 0x12, 2: 0x12, 4: 0x12}, [4]byte{0x10}, State{Known: true, Online: true}},
		{"near end", p, round{1: 0x12, 2: 0x12, 4: 0x1e}, [4]byte{0x10, 0, 3}, State{Known: true, Online: true, NearEnd: true}},
		{"near end, no sensor", blind, round{1: 0x12, 2: 0x12, 4: 0x1e}, [4]byte{0x10, 0, 3}, State{Known: true, Online: true}},
		{"empty", p, round{1: 0x1a, 2: 0x32, 4: 0x7e}, [4]byte{0x18, 0, 0x0f}, State{Known: true, PaperOut: true, NearEnd: true}},
		{"cover", p, round{1: 0x1a, 2: 0x16, 4: 0x12}, [4]byte{0x38}, State{Known: true, CoverOpen: true}},
		{"cutter", p, round{1: 0x1a, 2: 0x52, 3: 0x1a, 4: 0x12}, [4]byte{0x18, 8}, State{Known: true, Cutter: true}},
		{"hot", p, round{1: 0x1a, 2: 0x52, 3: 0x52, 4: 0x12}, [4]byte{0x18, 0x40}, State{Known: true, Fault: true}},
	} {
		if got := c.r.state(c.p); got != c.want {
			t.Errorf("%s, asked: %+v, want %+v", c.name, got, c.want)
		}
		if got := asbState(c.p, c.asb); got != c.want {
			t.Errorf("%s, told: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// Whatever arrives, no more answers come out than bytes went in, and a silence brings the decoder back to its senses.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{0x12, 0x18, 0x00, 0x0f, 0x00, 0x37, 0x25, 0x00})
	f.Add(bytes.Repeat([]byte{0x37}, 200))
	f.Fuzz(func(t *testing.T, in []byte) {
		var d decoder
		if out := decodeAll(&d, in); len(out) > len(in) {
			t.Fatalf("%d answers from %d bytes", len(out), len(in))
		}
		if len(d.body) > blockDataMax {
			t.Fatalf("holds %d bytes", len(d.body))
		}
		d.reset()
		want := []answer{{kind: answerStatus, value: 0x12}, {kind: answerPaper, value: 3}}
		if diff := cmp.Diff(want, decodeAll(&d, []byte{0x12, 0x03}), cmp.AllowUnexported(answer{})); diff != "" {
			t.Error(diff)
		}
	})
}
