package scale

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/outlet"
	"markaz.example/devices/profile"
)

var _ outlet.Device = (*Sim)(nil)

// bench is a simulator with a raw wire in the test's hand, in fake time.
type bench struct {
	*testing.T
	s    *Sim
	wire net.Conn
}

func onBench(t *testing.T, s *Sim, story func(bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		go s.Serve(ctx, far)
		synctest.Wait()
		story(bench{t, s, near})
		near.Close()
		cancel()
		synctest.Wait()
	})
}

// says sends a command and compares all that comes within the time.
func (b bench) says(command string, wait time.Duration, want string) {
	b.Helper()
	if command != "" {
		if _, err := b.wire.Write([]byte(command)); err != nil {
			b.Fatal(err)
		}
	}
	b.wire.SetReadDeadline(time.Now().Add(wait))
	got, _ := io.ReadAll(b.wire)
	if string(got) != want {
		b.Errorf("%q within %v:\ngot  %q\nwant %q", command, wait, got, want)
	}
}

func TestSimSpeaksSICS(t *testing.T) {
	onBench(t, &Sim{}, func(b bench) {
		const second = time.Second
		for _, c := range []struct {
			do            func()
			command, want string
			wait          time.Duration
		}{
			{nil, "SI\r\n", "S S       0.00 kg\r\n", second},
			{func() { b.s.Put(4250) }, "S\r\n", "S S       4.25 kg\r\n", 3 * second},
			{nil, "T\r\n", "T S       4.25 kg\r\n", second},
			{nil, "TA\r\n", "TA A       4.25 kg\r\n", second},
			{nil, "SI\r\n", "S S       0.00 kg\r\n", second},
			{nil, "TAC\r\n", "TAC A\r\n", second},
			{nil, "TI\r\n", "TI S       4.25 kg\r\n", second},
			{nil, "@\r\n", "I4 A \"B234567890\"\r\n", second},
			{nil, "Z\r\n", "Z +\r\n", second},
			{nil, "ZI\r\n", "ZI +\r\n", second},
			{func() { b.s.Put(30) }, "", "", 3 * second},
			{nil, "ZI\r\n", "ZI S\r\n", second},
			{func() { b.s.Put(25_000) }, "", "", 3 * second},
			{nil, "SI\r\n", "S +\r\n", second},
			{nil, "T\r\n", "T +\r\n", second},
			{func() { b.s.Put(-400) }, "", "", 3 * second},
			{nil, "SI\r\n", "S -\r\n", second},
			{nil, "Z\r\n", "Z -\r\n", second},
			{func() { b.s.Put(30); b.s.Wriggle(true) }, "", "", 3 * second},
			{nil, "S\r\n", "S I\r\n", 7 * second},
			{nil, "T\r\n", "T I\r\n", 7 * second},
			{func() { b.s.Wriggle(false) }, "I2\r\n", "I2 A \"SIMULATED 20.000 kg\"\r\n", second},
			{nil, "D \"OK\"\r\n", "D A\r\n", second},
			{nil, "DW\r\n", "DW A\r\n", second},
			{nil, "SI 1\r\n", "EL\r\n", second},
			{nil, "si\r\n", "ES\r\n", second},
			{nil, "\r\n", "ET\r\n", second},
			{nil, "M21 9\r\n", "EL\r\n", second},
			{nil, "M21 0 0\r\n", "M21 A\r\n", second},
			{nil, "SI\r\n", "S S          0 g\r\n", second},
			{func() { b.s.Unit(Pound); b.s.Put(4280) }, "", "", 3 * second},
			{nil, "SI\r\n", "S S       9.37 lb\r\n", second},
			{func() { b.s.Busy(true) }, "SI\r\n", "S I\r\n", second},
			{func() { b.s.Busy(false); b.s.Unit(Kilogram) }, "", "", 50 * time.Millisecond}, // between two beats
			{nil, "SIR\r\n", strings.Repeat("S S       4.25 kg\r\n", 3), 310 * time.Millisecond},
			{nil, "SR\r\n", "S S       4.25 kg\r\n", second},
			{func() { b.s.SetPower(false) }, "SI\r\n", "", second},
			{func() { b.s.SetPower(true) }, "", "I4 A \"B234567890\"\r\n", second},
		} {
			if c.do != nil {
				c.do()
			}
			b.says(c.command, c.wait, c.want)
		}
	})
}

func TestSimSpeaksAnD(t *testing.T) {
	onBench(t, &Sim{Protocol: profile.ScaleAnD, Talk: profile.TalkRequest}, func(b bench) {
		const second = time.Second
		for _, c := range []struct {
			do            func()
			command, want string
			wait          time.Duration
		}{
			{nil, "Q\r\n", "ST,+00000.00 kg\r\n", second},
			{func() { b.s.Put(4250) }, "S\r\n", "ST,+00004.25 kg\r\n", 3 * second},
			{nil, "T\r\n", "\x06\r\n", second},
			{nil, "Z\r\n", "EC,E17\r\n", second},
			{func() { b.s.Put(0) }, "", "", 3 * second},
			{nil, "SI\r\n", "ST,-00004.25 kg\r\n", second},
			{nil, "R\r\n", "\x06\r\n", second},
			{func() { b.s.Wriggle(true) }, "Z\r\n", "EC,E11\r\n", 7 * second},
			{func() { b.s.Wriggle(false) }, "HELLO\r\n", "EC,E01\r\n", second},
			{func() { b.s.Put(25_000) }, "", "", 3 * second},
			{nil, "Q\r\n", "OL,+999999.9 kg\r\n", second},
			{func() { b.s.Put(-400) }, "", "", 3 * second},
			{nil, "Q\r\n", "OL,-999999.9 kg\r\n", second},
			{nil, "C\r\n", "\x06\r\n", second},
		} {
			if c.do != nil {
				c.do()
			}
			b.says(c.command, c.wait, c.want)
		}
	})
}

// The wire's faults are as asked for, byte for byte.
func TestSimFaults(t *testing.T) {
	onBench(t, &Sim{}, func(b bench) {
		b.s.Garble([]byte("\xff\x00"))
		b.says("SI\r\n", time.Second, "\xff\x00S S       0.00 kg\r\n")
		b.s.CutPower(5)
		b.says("SI\r\n", time.Second, "S S  ")
		b.says("SI\r\n", time.Second, "")
		b.s.SetPower(true)
		b.says("", time.Second, "I4 A \"B234567890\"\r\n")
		b.s.Halve(true)
		b.says("SI\r\n", time.Second, "S S      ")
		b.s.Halve(false)
		b.s.Split(300 * time.Millisecond)
		b.says("SI\r\n", 200*time.Millisecond, "S S      ")
		b.says("", time.Second, " 0.00 kg\r\n")
		b.s.Split(0)
		b.s.Slow(time.Second)
		b.says("SI\r\n", 900*time.Millisecond, "")
		b.says("", time.Second, "S S       0.00 kg\r\n")
		b.s.Slow(0)
		b.s.Deaf(1)
		b.says("SI\r\n", time.Second, "ET\r\n")
		b.says("SI\r\n", time.Second, "S S       0.00 kg\r\n")
	})
}

// A line is as slow as its speed: 24 bytes at 2400 baud are 0.1 s.
func TestSimIsPaced(t *testing.T) {
	onBench(t, &Sim{Line: 240}, func(b bench) {
		began := time.Now()
		b.wire.Write([]byte("SI\r\n"))
		b.wire.Read(make([]byte, 64))
		if took := time.Since(began); took < 90*time.Millisecond || took > 110*time.Millisecond {
			b.Errorf("%v", took)
		}
	})
}
