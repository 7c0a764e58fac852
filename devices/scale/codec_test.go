package scale

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"markaz.example/devices/profile"
)

// vector is one message and what it means: a reading, or a reply's words, or the named failure.
type vector struct {
	line    string
	reading Reading
	reply   string // kind, command, status and text
	err     error
}

var vectors = map[string][]vector{
	profile.ScaleSICS: {
		{line: "S S     125.67 g", reading: Reading{Grams: 126, Text: "125.67", Decimals: 2, Unit: Gram, Stable: true, Status: OK}},
		{line: "S D      4.250 kg", reading: Reading{Grams: 4250, Text: "4.250", Decimals: 3, Unit: Kilogram, Status: Moving}},
		{line: "S S      -0.02 kg", reading: Reading{Grams: -20, Text: "-0.02", Decimals: 2, Unit: Kilogram, Stable: true, Status: OK}},
		{line: "S S       9.37 lb", reading: Reading{Grams: 4250, Text: "9.37", Decimals: 2, Unit: Pound, Stable: true, Status: OK}},
		{line: "S I", reading: Reading{Status: Busy}},
		{line: "S +", reading: Reading{Status: Overload}},
		{line: "S -", reading: Reading{Status: Underload}},
		{line: "S S Error 10b", reading: Reading{Status: Fault, Text: "10b"}},
		{line: "ES", reply: "refusal ES"},
		{line: "ET", reply: "refusal ET"},
		{line: "EL", reply: "refusal EL"},
		{line: `I4 A "B123"`, reply: "reply I4 A B123"},
		{line: `I2 A "PBA220 20.000 kg"`, reply: "reply I2 A PBA220 20.000 kg"},
		{line: `I0 B 0 "I0"`, reply: `reply I0 B 0 "I0"`},
		{line: "Z A", reply: "reply Z A "},
		{line: "Z I", reply: "reply Z I "},
		{line: "Z +", reply: "reply Z + "},
		{line: "Z -", reply: "reply Z - "},
		{line: "ZI D", reply: "reply ZI D "},
		{line: "T S      0.520 kg", reply: "reply T S 0.520 kg"},
		{line: "TI I", reply: "reply TI I "},
		{line: "TA A      0.520 kg", reply: "reply TA A 0.520 kg"},
		{line: "TAC A", reply: "reply TAC A "},
		{line: "D A", reply: "reply D A "},
		{line: "DW A", reply: "reply DW A "},
		{line: "M21 B 0 1", reply: "reply M21 B 0 1"},
		{line: "S S      4.250", err: ErrUnit},
		{line: "S S      4.250 st", err: ErrUnit},
		{line: "S S      4.250 KG", err: ErrUnit},
		{line: "S S      4,250 kg", err: ErrFormat},
		{line: "S S      4.2.0 kg", err: ErrFormat},
		{line: "S S     - 4.25 kg", err: ErrFormat},
		{line: "S S      4.250 kg kg", err: ErrFormat},
		{line: "S X      4.250 kg", err: ErrFormat},
		{line: "S", err: ErrFormat},
		{line: "S I 4.250 kg", err: ErrFormat},
		{line: "S S 4.250 kg\x00", err: ErrFormat},
		{line: "s s 4.250 kg", err: ErrFormat},
		{line: "SS 4.250 kg", err: ErrFormat},
	},
	profile.ScaleAnD: {
		{line: "ST,+00012.34  g", reading: Reading{Grams: 12, Text: "+00012.34", Decimals: 2, Unit: Gram, Stable: true, Status: OK}},
		{line: "US,+0004.250 kg", reading: Reading{Grams: 4250, Text: "+0004.250", Decimals: 3, Unit: Kilogram, Status: Moving}},
		{line: "ST,-0000.020 kg", reading: Reading{Grams: -20, Text: "-0000.020", Decimals: 3, Unit: Kilogram, Stable: true, Status: OK}},
		{line: "ST,OK,+0004.250 kg", reading: Reading{Grams: 4250, Text: "+0004.250", Decimals: 3, Unit: Kilogram, Stable: true, Status: OK}},
		{line: "HI,ST,+0004.250 kg", reading: Reading{Grams: 4250, Text: "+0004.250", Decimals: 3, Unit: Kilogram, Stable: true, Status: OK}},
		{line: "ST,+00009.37 lb", reading: Reading{Grams: 4250, Text: "+00009.37", Decimals: 2, Unit: Pound, Stable: true, Status: OK}},
		{line: "OL,+999999.9  g", reading: Reading{Status: Overload}},
		{line: "OL,-999999.9  g", reading: Reading{Status: Underload}},
		{line: "EC,E11", reply: "refusal E11"},
		{line: "\x06", reply: "ack "},
		{line: "QT,+00000012 PC", err: ErrPieces},
		{line: "ST,+0004.250   ", err: ErrUnit},
		{line: "ST,+0004.250 pc", err: ErrUnit},
		{line: "ST,+004.250 kg", err: ErrFormat},
		{line: "ST,+00004.250 kg", err: ErrFormat},
		{line: "ST,0004.2500 kg", err: ErrFormat},
		{line: "ST,+   4.250 kg", err: ErrFormat},
		{line: "XX,+0004.250 kg", err: ErrFormat},
		{line: "T,+0004.250 kg", err: ErrFormat},
		{line: "EC,E1", err: ErrFormat},
	},
	profile.ScaleCAS22: {
		{line: "ST,GS,1\xc0,   4.250 kg", reading: Reading{Grams: 4250, Text: "4.250", Decimals: 3, Unit: Kilogram, Stable: true, Status: OK}},
		{line: "ST,NT,1\xc0,-  0.250 kg", reading: Reading{Grams: -250, Text: "-0.250", Decimals: 3, Unit: Kilogram, Stable: true, Status: OK}},
		{line: "US,GS,1\x80,   4.250 kg", reading: Reading{Grams: 4250, Text: "4.250", Decimals: 3, Unit: Kilogram, Status: Moving}},
		{line: "ST,GS,1\x80,   4.250 kg", reading: Reading{Grams: 4250, Text: "4.250", Decimals: 3, Unit: Kilogram, Status: Moving}},
		{line: "ST,GS,1@,   4.250  g", reading: Reading{Grams: 4, Text: "4.250", Decimals: 3, Unit: Gram, Stable: true, Status: OK}},
		{line: "OL,GS,1\x80,         kg", reading: Reading{Status: Overload}},
		{line: "   4.250", err: ErrBare},
		{line: "ST,GS,1\xc0,   4.250   ", err: ErrUnit},
		{line: "ST,XX,1\xc0,   4.250 kg", err: ErrFormat},
		{line: "ST,GS,1\xc0,  4.250 kg", err: ErrFormat},
	},
	profile.ScaleCAS18: {
		{line: "ST,GS,   4.250kg", reading: Reading{Grams: 4250, Text: "4.250", Decimals: 3, Unit: Kilogram, Stable: true, Status: OK}},
		{line: "OL,NT,-       kg", reading: Reading{Status: Underload}},
		{line: "   4.250", err: ErrBare},
		{line: "ST,GS,   4.250  ", err: ErrUnit},
		{line: "ST,GS,  4.250kg", err: ErrFormat},
	},
	profile.ScaleCASEnq: {
		{line: "\x01\x02S+04.250kg\x69\x03\x04", reading: Reading{Grams: 4250, Text: "+04.250", Decimals: 3, Unit: Kilogram, Stable: true, Status: OK}},
		{line: "\x06", reply: "ready "},
		{line: "\x01\x02S+04.250kg\x00\x03\x04", err: ErrFormat},
		{line: "\x01\x02X+04.250kg\x62\x03\x04", err: ErrFormat},
	},
	profile.ScaleTanita: {
		{line: `{0,16,~0,1,MO,"BD-815",Wg,3972`, reading: Reading{Grams: 3972, Text: "3972", Unit: Gram, Stable: true, Status: OK}},
		{line: `{0,16,~0,1,MO,"WB-3000",Hm,1.524,Wk,55.2,MI,23.8,CS,3A`, reading: Reading{
			Grams: 55200, Text: "55.2", Decimals: 1, Unit: Kilogram, Stable: true, Status: OK, Millimetres: 1524,
		}},
		{line: `{0,16,~0,1,MO,"BD-815"`, err: ErrUnit},
		{line: `{0,16,~0,1,MO,"BD-815",Wg,3972,Wk,3.972`, err: ErrFormat},
		{line: `{0,16,~0,1,Wg,3972,Wg,4000`, err: ErrFormat},
		{line: `{0,16,~0,1,Wg`, err: ErrFormat},
		{line: `16,~0,1,Wg,3972`, err: ErrFormat},
	},
	profile.ScaleRiceLake: {
		{line: "     4.25 kg GROSS ", reading: Reading{Grams: 4250, Text: "4.25", Decimals: 2, Unit: Kilogram, Stable: true, Status: OK}},
		{line: "     -4.2 kg NET   ", reading: Reading{Grams: -4200, Text: "-4.2", Decimals: 1, Unit: Kilogram, Stable: true, Status: OK}},
		{line: "     4.25    GROSS ", err: ErrUnit},
		{line: "    4.25 kg GROSS ", err: ErrFormat},
	},
	profile.ScaleSeca: {
		{line: "\x02A00042528000\r\n\x03", err: ErrFormat},
		{line: "\x02A0004252800000\r\n\x03", reading: Reading{Grams: 4250, Text: "004.25", Decimals: 2, Unit: Kilogram, Stable: true, Status: OK}},
		{line: "\x02A000425250" + "0000\r\n\x03", reading: Reading{Grams: -4250, Text: "-004.25", Decimals: 2, Unit: Kilogram, Status: Moving, BatteryLow: true}},
		{line: "\x02A0004252840000\r\n\x03", reading: Reading{Status: Busy}},
		{line: "\x02A0004253800000\r\n\x03", err: ErrUnit},
		{line: "\x02A0004252800001\r\n\x03", err: ErrFormat},
		{line: "\x02A4004252800000\r\n\x03", err: ErrFormat},
		{line: "\x02A00x4252800000\r\n\x03", err: ErrFormat},
	},
}

func speech(t testing.TB, protocol string) dialect {
	t.Helper()
	talk := simTalks[protocol]
	d, err := dialectOf(model(protocol, talk))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (m message) words() string {
	if m.kind == 0 || m.kind == kindReading {
		return ""
	}
	kinds := map[kind]string{kindReply: "reply", kindRefusal: "refusal", kindAck: "ack", kindReady: "ready"}
	if m.kind == kindReply {
		return fmt.Sprintf("%s %s %s %s", kinds[m.kind], m.command, m.status, m.text)
	}
	return kinds[m.kind] + " " + m.text
}

func TestVectors(t *testing.T) {
	for protocol, all := range vectors {
		d := speech(t, protocol)
		for _, v := range all {
			m, err := d.decode([]byte(v.line))
			if !errors.Is(err, v.err) || v.err == nil && err != nil {
				t.Errorf("%s %q: error %v, want %v", protocol, v.line, err, v.err)
				continue
			}
			if diff := cmp.Diff(v.reading, m.reading); diff != "" || m.words() != v.reply {
				t.Errorf("%s %q: %q, want %q; reading (-want +got):\n%s", protocol, v.line, m.words(), v.reply, diff)
			}
		}
	}
}

// What a simulator writes is what the decoder reads, for every weight, and with one byte taken out it is either refused
// or, in the one dialect without fixed columns, a weight that three lines running would have to repeat.
func TestEncodedWeightsAreRead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		protocol := rapid.SampledFrom([]string{
			profile.ScaleSICS, profile.ScaleAnD, profile.ScaleCAS22, profile.ScaleCAS18, profile.ScaleCASEnq, profile.ScaleSeca,
			profile.ScaleTanita, profile.ScaleRiceLake,
		}).Draw(rt, "protocol")
		grams := rapid.Int64Range(0, 20_000).Draw(rt, "grams") / 10 * 10
		b := encode(protocol, shown{look: look{grams, OK}, unit: Kilogram, decimals: 2})
		d := speech(t, protocol)
		n, msg := d.split(b)
		m, err := d.decode(msg)
		if n != len(b) || err != nil || m.reading.Grams != grams || !m.reading.Stable {
			rt.Fatalf("%q: %+v, %v, want %d g", b, m.reading, err, grams)
		}
		if protocol == profile.ScaleSICS || protocol == profile.ScaleTanita {
			return
		}
		lost := rapid.IntRange(0, len(msg)-1).Draw(rt, "lost")
		short := append(append([]byte{}, msg[:lost]...), msg[lost+1:]...)
		if m, err := d.decode(short); err == nil && m.kind == kindReading && m.reading.Grams != grams {
			rt.Fatalf("%q is read as %d g, it was %d g", short, m.reading.Grams, grams)
		}
	})
}

// Grams are what exact fractions say, rounded half away from zero.
func TestGramsAreExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		u := rapid.SampledFrom([]Unit{Kilogram, Gram, Milligram, Pound, Ounce}).Draw(rt, "unit")
		s := rapid.StringMatching(`-?[0-9]{1,5}(\.[0-9]{1,4})?`).Draw(rt, "number")
		d, err := parseDecimal(s)
		if err != nil {
			rt.Fatal(err)
		}
		got, err := d.grams(u)
		exact, _ := new(big.Rat).SetString(s)
		exact.Mul(exact, big.NewRat(ratios[u].num, ratios[u].den))
		if want := exact.FloatString(0); err != nil || fmt.Sprint(got) != strings.Replace(want, "-0", "0", 1) && "-"+fmt.Sprint(got) != want {
			rt.Fatalf("%s %s: %d g, %v; want %s", s, u, got, err, want)
		}
	})
}

// Lines that are split, joined, without CR, empty or endless.
func TestSplitLine(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		line string
	}{
		{"S S", 0, ""}, {"S S\r\nS D", 5, "S S"}, {"S S\nS", 4, "S S"}, {"\r\nS", 2, ""},
		{strings.Repeat("x", lineBytesMax), lineBytesMax, ""}, {strings.Repeat("x", lineBytesMax) + "\n", lineBytesMax + 1, ""},
	} {
		if n, line := splitLine([]byte(c.in)); n != c.n || string(line) != c.line {
			t.Errorf("%q: %d, %q; want %d, %q", c.in, n, line, c.n, c.line)
		}
	}
}

// whole runs a dialect over bytes as a session does, and returns how many were taken.
func whole(d dialect, b []byte, each func(message)) int {
	taken := 0
	for taken < len(b) {
		n, msg := d.split(b[taken:])
		if n == 0 {
			break
		}
		taken += n
		if msg == nil {
			continue
		}
		if m, err := d.decode(msg); err == nil {
			each(m)
		}
	}
	return taken
}

// fuzz holds for every dialect: nothing panics, no weight comes without a unit or without its text, and bytes are never
// hoarded.
func fuzz(f *testing.F, protocol string) {
	for _, v := range vectors[protocol] {
		f.Add([]byte(v.line + "\r\n"))
	}
	d := speech(f, protocol)
	f.Fuzz(func(t *testing.T, b []byte) {
		left := len(b) - whole(d, b, func(m message) {
			r := m.reading
			if m.kind == kindReading && r.Status.weighs() && (ratios[r.Unit].den == 0 || r.Text == "") {
				t.Errorf("%q: %+v", b, r)
			}
			if m.kind == 0 || m.kind == kindReading && r.Status == 0 || r.Stable && r.Status != OK {
				t.Errorf("%q: %+v", b, m)
			}
		})
		if left > lineBytesMax {
			t.Errorf("%d bytes are kept", left)
		}
		d.begins(b)
	})
}

func FuzzSICS(f *testing.F)     { fuzz(f, profile.ScaleSICS) }
func FuzzAnD(f *testing.F)      { fuzz(f, profile.ScaleAnD) }
func FuzzCAS22(f *testing.F)    { fuzz(f, profile.ScaleCAS22) }
func FuzzCAS18(f *testing.F)    { fuzz(f, profile.ScaleCAS18) }
func FuzzCASEnq(f *testing.F)   { fuzz(f, profile.ScaleCASEnq) }
func FuzzTanita(f *testing.F)   { fuzz(f, profile.ScaleTanita) }
func FuzzRiceLake(f *testing.F) { fuzz(f, profile.ScaleRiceLake) }
func FuzzSeca(f *testing.F)     { fuzz(f, profile.ScaleSeca) }
