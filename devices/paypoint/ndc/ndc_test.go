package ndc

import (
	"bytes"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"markaz.example/devices/paypoint/frame"
	"markaz.example/devices/paypoint/terminal"
	"markaz.example/devices/profile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wire puts the separators in: | between fields, ~ between groups.
func wire(s string) []byte { return []byte(strings.NewReplacer("|", "\x1c", "~", "\x1d").Replace(s)) }

var atm = terminal.ID{Bank: "hbl", Name: "047"}

type rig struct {
	s        *Server
	heard    []terminal.Report
	troubles []string
}

func newRig() *rig {
	r := &rig{}
	r.s = &Server{
		Profile:   profile.Paypoint{Frame: profile.PaypointFrame{Length: profile.LengthBinary}, Cash: profile.Cash{LowNotes: 400, OutNotes: 20}},
		Terminals: map[string]terminal.ID{"047": atm, "000000047": atm},
		Hear:      func(p terminal.Report) error { r.heard = append(r.heard, p); return nil },
		Trouble:   func(why string) { r.troubles = append(r.troubles, why) },
	}
	return r
}

type says = map[terminal.Axis]terminal.Value

func level(n int, v terminal.Value) terminal.Cassette {
	return terminal.Cassette{Number: n, Level: v, Count: -1}
}

// TestMessages is every message that is read, and what it says. Each shows that the line stands.
func TestMessages(t *testing.T) {
	const (
		OK, Low, Out, Fault, None = terminal.OK, terminal.Low, terminal.Out, terminal.Fault, terminal.None
	)
	config := "22|047||F|1|" + "000400000000000000400" + "|" + strings.Repeat("0", 21) + "|" + "000001111100000123000" + "|0"
	for _, c := range []struct {
		name, in  string
		says      says
		cassettes []terminal.Cassette
	}{
		{"restarted", "12|047||B0047", says{terminal.Service: terminal.Unknown}, nil},
		{"restarted, long name", "12|000000047||B0047", says{terminal.Service: terminal.Unknown}, nil},
		{"supervisor in", "12|047||P21", says{terminal.Service: terminal.Supervisor}, nil},
		{"supervisor gone", "12|047||P20", says{terminal.Service: terminal.Unknown}, nil},
		{"another sensor", "12|047||P1010000000000", says{}, nil},
		{"supervisor's keys", "12|047||R01", says{terminal.Service: terminal.Supervisor}, nil},
		{"cassette 1 low", "12|047||E0|0|00|12000", says{terminal.Dispenser: OK}, []terminal.Cassette{level(1, Low)}},
		{"none dispensed, fatal, cassette 1 out", "12|047||E2|4|01|13000", says{terminal.Dispenser: Fault}, []terminal.Cassette{level(1, Out)}},
		{"a warning", "12|047||E1|2|01|01100", says{terminal.Dispenser: terminal.Degraded}, []terminal.Cassette{level(1, OK), level(2, OK)}},
		{"suspended", "12|047||E3|3|01|00000", says{terminal.Dispenser: Fault}, nil},
		{"overfilled", "12|047||E0|1|01|04000", says{terminal.Dispenser: OK}, []terminal.Cassette{level(1, Fault)}},
		{"receipt paper out", "12|047||G1|0|0540|3111", says{terminal.Receipt: Out}, nil},
		{"receipt paper low", "12|047||G0|1|00|2111", says{terminal.Receipt: Low}, nil},
		{"receipt printer broken", "12|047||G1|4|00|1111", says{terminal.Receipt: Fault}, nil},
		{"journal out", "12|047||H1|4|00|3111", says{terminal.Journal: Out}, nil},
		{"journal back", "12|047||H0|0|00|1111", says{terminal.Journal: OK}, nil},
		{"card stuck", "12|047||D2|2|12|0", says{terminal.CardReader: Fault}, nil},
		{"card reader fatal", "12|047||D4|4|12|0", says{terminal.CardReader: Fault}, nil},
		{"card captured", "12|047||D1|1|12|1", says{terminal.CardReader: OK}, nil},
		{"a device no axis is about", "12|047||M1|4|12|0", says{}, nil},
		{"fault as an answer", "22|047||8|E2|4|01|33000", says{terminal.Dispenser: Fault}, []terminal.Cassette{level(1, Out)}},
		{"ready", "22|047||9", says{terminal.Service: terminal.InService}, nil},
		{"ready, with a MAC", "22|047||9|0123ABCD", says{terminal.Service: terminal.InService}, nil},
		{"transaction ready", "22|047||B", says{terminal.Service: terminal.InService}, nil},
		{"rejected", "22|047||A", says{}, nil},
		{"rejected with a reason", "22|047||C|C06", says{}, nil},
		{"supplies", "22|047||F|IAD1~E12311~G2111~H000", says{terminal.Receipt: Low, terminal.Journal: None},
			[]terminal.Cassette{level(1, Low), level(2, Out), level(3, OK), level(4, OK)}},
		{"supplies, a cassette that is not there", "22|047||F|IAE11000", says{}, []terminal.Cassette{level(1, OK), level(2, None), level(3, None), level(4, None)}},
		{"fitness", "22|047||F|JAD0~E02000~G4~H0", says{terminal.CardReader: OK, terminal.Dispenser: terminal.Degraded, terminal.Receipt: Fault}, nil},
		{"fitness, card reader fatal", "22|047||F|JAD4", says{terminal.CardReader: Fault}, nil},
		{"configuration", config, says{terminal.CardReader: Fault, terminal.Dispenser: OK, terminal.Receipt: OK, terminal.Journal: OK},
			[]terminal.Cassette{level(1, OK), level(2, Low), level(3, Out), level(4, None)}},
		{"counters", "22|047||F|2" + "0047" + "0000123" + "00812" + "00399" + "00012" + "00000" + strings.Repeat("0", 65), says{},
			[]terminal.Cassette{{Number: 1, Level: OK, Count: 812}, {Number: 2, Level: Low, Count: 399}, {Number: 3, Level: Out, Count: 12}}},
		{"counters cut short", "22|047||F|200470000123008", says{}, nil},
		{"another answer", "22|047||F|K0", says{}, nil},
	} {
		r := newRig()
		r.s.take(wire(c.in), time.Now())
		if len(r.heard) != 1 || len(r.troubles) != 0 {
			t.Errorf("%s: heard %v, troubles %v", c.name, r.heard, r.troubles)
			continue
		}
		c.says[terminal.Link] = terminal.Online
		got := r.heard[0]
		if diff := cmp.Diff(c.says, got.Says); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
		if diff := cmp.Diff(c.cassettes, got.Cassettes); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

// What "ready" means depends on what the host has asked for.
func TestCommands(t *testing.T) {
	r := newRig()
	for _, c := range []struct {
		in   string
		want terminal.Value
		said bool
	}{
		{"1|047|0001|2", terminal.OutOfService, true},
		{"22|047||9", terminal.OutOfService, true},
		{"1|047|0002|4", "", false},
		{"22|047||9", terminal.OutOfService, true},
		{"1|047|0003|1", "", false},
		{"22|047||9", terminal.InService, true},
		{"1|047|0004|21", terminal.OutOfService, true},
		{"22|047||B", terminal.InService, true},
	} {
		r.s.take(wire(c.in), time.Now())
		got := r.heard[len(r.heard)-1]
		v, said := got.Says[terminal.Service]
		if v != c.want || said != c.said || got.Aside != strings.HasPrefix(c.in, "1|") {
			t.Errorf("%s: %+v", c.in, got)
		}
	}
	for range commandsMax * 2 {
		r.s.take(wire("1|047|0001|1"), time.Now())
	}
	if len(r.s.commands) > commandsMax {
		t.Error("commands are remembered without end")
	}
}

// What is skipped or wiped leaves nothing in the buffer.
func TestCardDataIsWiped(t *testing.T) {
	const track = ";4111111111111111=25122010000012345678?"
	for name, in := range map[string]string{
		"a transaction":            "11|047|||1;|" + track + "||AB      |00005000|0123456789ABCDEF",
		"a transaction, track 1":   "11|047||||%B4111111111111111^TEST/CUSTOMER^2512201?",
		"an answer of the host":    "4|047||1234|" + track,
		"encryptor's data":         "23|047|||4111111111111111",
		"a status with a track":    "12|047||D0" + track + "|0|00|0",
		"a fault with a track":     "22|047||8|D0|0|" + track + "|0",
		"a state with a track":     "22|047||F|J" + track,
		"a track for a name":       "12|" + track + "||D0",
		"a long plain field":       "12|047||D" + strings.Repeat("4111111111111111", 5),
		"a class that begins well": "1241111111111111111",
		"nothing but a number":     "4111111111111111",
	} {
		raw := wire(in)
		_, _ = Decode(raw)
		if bytes.Contains(raw, []byte("4111")) || bytes.Contains(raw, []byte("89ABCD")) || bytes.Contains(raw, []byte("TEST")) {
			t.Errorf("%s: left %q", name, raw)
		}
	}
}

func TestTroubles(t *testing.T) {
	for in, want := range map[string]string{
		"12|047":          WrongFields,
		"12|04||B":        WrongFields,
		"12|abc||B":       WrongFields,
		"12|047||":        WrongFields,
		"22|047||":        WrongFields,
		"22|047||99":      WrongFields,
		"22|047||8":       WrongFields,
		"22|047||F":       WrongFields,
		"22|047||F|":      WrongFields,
		"1|047|1|":        WrongFields,
		"1|047|1|123":     WrongFields,
		"12|048||B":       UnknownTerminal,
		"11|047||":        "",
		"":                "",
		"GET / HTTP/1.1":  "",
		"22|047||F|1|2|3": "",
	} {
		r := newRig()
		r.s.take(wire(in), time.Now())
		if got := append(r.troubles, "")[0]; got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	r := newRig()
	r.s.Hear = func(terminal.Report) error { return terminal.ErrUnknownTerminal }
	if r.s.take(wire("22|047||9"), time.Now()); !slices.Contains(r.troubles, UnknownTerminal) {
		t.Error("a terminal that the board does not have")
	}
}

func TestConnections(t *testing.T) {
	good := frame.Append(nil, profile.PaypointFrame{Length: profile.LengthBinary}, wire("22|047||9"))
	for _, c := range []struct {
		name  string
		send  []byte
		wait  time.Duration
		want  error
		count string
		heard int
	}{
		{"two messages", append(bytes.Clone(good), good...), 0, nil, "", 2},
		{"no length", append(bytes.Clone(good), 0, 0), 0, frame.ErrLength, WrongLength, 1},
		{"half a message", good[:5], time.Hour, frame.ErrHalf, HalfMessage, 0},
		{"silence", nil, time.Hour, frame.ErrIdle, "", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig()
			near, far := net.Pipe()
			ended := make(chan error, 1)
			go func() { ended <- r.s.Serve(t.Context(), far); far.Close() }()
			_, _ = near.Write(c.send)
			time.Sleep(c.wait)
			near.Close()
			if err := <-ended; c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
			if got := append(r.troubles, "")[0]; got != c.count || len(r.heard) != c.heard {
				t.Errorf("%s: counted %q, heard %d", c.name, got, len(r.heard))
			}
		})
	}
}

// FuzzDecode: what is not understood is gone, and nothing that is understood bears a track.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"12|047||B0047", "22|047||F|IAD1~E12311", "1|047|0001|1", "11|047|||;4111111111111111=2512?", "22|047||8|E2|4|01|13000"} {
		f.Add(wire(s))
	}
	r := newRig()
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Decode(raw)
		if err != nil {
			if bytes.ContainsFunc(raw, func(r rune) bool { return r != 0 }) {
				t.Fatalf("%v left %q", err, raw)
			}
			return
		}
		if bytes.ContainsAny(bytes.Join(append(m.Data, m.Status, m.Severity, m.Supplies, m.Command), nil), ";=?") {
			t.Fatalf("%+v", m)
		}
		p := r.s.report(atm, m, time.Now())
		for _, c := range p.Cassettes {
			if c.Number < 1 || c.Number > cassettes {
				t.Fatalf("%+v", c)
			}
		}
	})
}
