package iso

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
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

var pos = terminal.ID{Bank: "hbl", Name: "EOW00101"}

// rig is a server with one POS, and all that it heard and counted.
type rig struct {
	s        *Server
	mu       sync.Mutex
	heard    []terminal.Report
	troubles []string
}

func newRig(money string) *rig {
	r := &rig{}
	r.s = &Server{
		Profile: profile.Paypoint{
			Frame: profile.PaypointFrame{Length: profile.LengthBinary, TPDU: true},
			ISO:   profile.ISO8583{Numbers: profile.NumbersBCD, Bitmap: profile.BitmapBinary, Money: money, EchoS: 60},
		},
		Terminals: map[string]terminal.ID{"EOW00101": pos, "SHORT": {Bank: "hbl", Name: "SHORT"}},
		Hear: func(p terminal.Report) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.heard = append(r.heard, p)
			return nil
		},
		Trouble: func(why string) { r.troubles = append(r.troubles, why) },
	}
	return r
}

func (r *rig) reports() []terminal.Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.heard)
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// ask takes a message in and gives the answer; an empty one for none.
func (r *rig) ask(t *testing.T, mti string, f map[int]string) Message {
	t.Helper()
	if err := r.s.init(); err != nil {
		t.Fatal(err)
	}
	if f[41] == "" {
		f[41] = "EOW00101"
	}
	raw, err := r.s.codec.Encode(Message{mti, f})
	if err != nil {
		t.Fatal(err)
	}
	out := r.s.take(append([]byte{0x60, 0, 1, 0, 9}, raw...), noon)
	if out == nil {
		return Message{}
	}
	if head := [5]byte(out); head != [5]byte{0x60, 0, 9, 0, 1} {
		t.Errorf("answered with TPDU % x", head)
	}
	m, err := r.s.codec.Decode(out[5:])
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct{ mti, field70, answer, code string }{
		{"0800", "301", "0810", "00"}, {"0801", "301", "0810", "00"}, {"0820", "001", "0830", "00"},
		{"0220", "", "0230", "00"}, {"0221", "", "0230", "00"}, {"0420", "", "0430", "00"},
		{"0500", "", "0510", "00"}, {"0520", "", "0530", "00"},
		{"0200", "", "0210", "12"}, {"0400", "", "0410", "12"},
		{"1804", "", "1814", "800"}, {"1820", "", "1830", "800"}, {"1220", "", "1230", "000"}, {"1200", "", "1210", "902"},
		{"1520", "", "1530", "500"},
	} {
		r := newRig(profile.MoneyRefuse)
		f := map[int]string{7: "1121104215", 11: "000047"}
		if c.field70 != "" {
			f[70] = c.field70
		}
		m := r.ask(t, c.mti, f)
		if m.MTI != c.answer || m.Fields[39] != c.code || m.Fields[11] != "000047" || m.Fields[41] != "EOW00101" || m.Fields[70] != c.field70 {
			t.Errorf("%s: answered %+v", c.mti, m)
		}
	}
}

func TestNoAnswer(t *testing.T) {
	r := newRig(profile.MoneyDrop)
	for _, mti := range []string{"0200", "0400", "0210", "0810", "0100", "0600"} {
		if m := r.ask(t, mti, map[int]string{11: "000001"}); m.MTI != "" {
			t.Errorf("%s: answered %+v", mti, m)
		}
	}
	want := []string{MoneyRequest, MoneyRequest, NoRequest, NoRequest, NoRequest, NoRequest}
	if diff := cmp.Diff(want, r.troubles); diff != "" || len(r.heard) != 0 {
		t.Errorf("heard %v\n%s", r.heard, diff)
	}
}

func TestUnknownTerminalIsNotPermitted(t *testing.T) {
	r := newRig(profile.MoneyRefuse)
	if m := r.ask(t, "0800", map[int]string{11: "000001", 41: "STRANGER"}); m.Fields[39] != "58" || len(r.heard) != 0 {
		t.Errorf("%+v, heard %v", m, r.heard)
	}
	if m := r.ask(t, "0800", map[int]string{11: "000001", 41: "SHORT   "}); m.Fields[39] != "00" || len(r.heard) != 1 {
		t.Errorf("a short name with spaces behind it: %+v", m)
	}
}

func TestWhatIsHeard(t *testing.T) {
	up := map[terminal.Axis]terminal.Value{terminal.Link: terminal.Online}
	with := func(a terminal.Axis, v terminal.Value, more ...terminal.Axis) map[terminal.Axis]terminal.Value {
		out := map[terminal.Axis]terminal.Value{terminal.Link: terminal.Online, a: v}
		for _, m := range more {
			out[m] = terminal.OK
		}
		return out
	}
	for _, c := range []struct {
		name, mti string
		f         map[int]string
		want      map[terminal.Axis]terminal.Value
		advices   int
	}{
		{"echo", "0800", map[int]string{70: "301"}, up, 0},
		{"sign on", "0800", map[int]string{70: "001"}, with(terminal.Service, terminal.InService), 0},
		{"sign off", "0800", map[int]string{70: "002"}, with(terminal.Service, terminal.OutOfService), 0},
		{"sign on of a POS", "0800", map[int]string{3: "920000"}, with(terminal.Service, terminal.InService), 0},
		{"echo of a POS", "0800", map[int]string{3: "990000"}, up, 0},
		{"1993 sign off", "1804", map[int]string{24: "802"}, with(terminal.Service, terminal.OutOfService), 0},
		{"payment", "0220", map[int]string{7: "1121104215", 39: "00"}, with(terminal.Service, terminal.InService, terminal.CardReader), 1},
		{"payment that failed", "0220", map[int]string{39: "51"}, up, 0},
		{"totals", "0500", map[int]string{}, up, 0},
	} {
		r := newRig(profile.MoneyRefuse)
		c.f[11] = "000047"
		r.ask(t, c.mti, c.f)
		if len(r.heard) != 1 {
			t.Fatalf("%s: heard %v", c.name, r.heard)
		}
		got := r.heard[0]
		if diff := cmp.Diff(c.want, got.Says); diff != "" || got.Advices != c.advices || got.ID != pos {
			t.Errorf("%s: %+v\n%s", c.name, got, diff)
		}
		if c.advices == 1 && !got.Money.Equal(time.Date(2026, 11, 21, 10, 42, 15, 0, time.UTC)) {
			t.Errorf("money at %v", got.Money)
		}
	}
}

func TestRepeatedIsAnsweredAgainAndCountedOnce(t *testing.T) {
	r := newRig(profile.MoneyRefuse)
	for i, c := range []struct {
		mti, trace, sent string
		counts           int
	}{
		{"0220", "000001", "1121104215", 1}, {"0220", "000001", "1121104215", 0}, {"0221", "000001", "1121104215", 0},
		{"0220", "000002", "1121104215", 1}, {"0220", "000001", "1121104216", 1}, {"0220", "", "", 1}, {"0220", "", "", 1},
	} {
		before := len(r.heard)
		f := map[int]string{7: c.sent, 11: c.trace, 37: "632510000047", 39: "00"}
		if c.trace == "" { // a terminal that numbers nothing
			delete(f, 7)
			delete(f, 11)
		}
		m := r.ask(t, c.mti, f)
		if m.Fields[39] != "00" || m.Fields[37] != "632510000047" || m.MTI != "0230" {
			t.Errorf("%d: answered %+v", i, m)
		}
		if len(r.heard) != before+1 || r.heard[before].Advices != c.counts {
			t.Errorf("%d: heard %+v", i, r.heard[before:])
		}
	}
}

func TestMemoryOfAnswersIsBounded(t *testing.T) {
	r := newRig(profile.MoneyRefuse)
	for i := range answersMax + 10 {
		r.ask(t, "0220", map[int]string{7: "1121104215", 11: fmt.Sprintf("%06d", i), 39: "00"})
	}
	if len(r.s.answered) != answersMax || len(r.s.order) != answersMax {
		t.Errorf("%d answers, %d in order", len(r.s.answered), len(r.s.order))
	}
}

func TestSentAt(t *testing.T) {
	newYear := time.Date(2027, 1, 1, 0, 0, 10, 0, time.UTC)
	for s, want := range map[string]time.Time{
		"1231235950": time.Date(2026, 12, 31, 23, 59, 50, 0, time.UTC),
		"0101000005": time.Date(2027, 1, 1, 0, 0, 5, 0, time.UTC),
		"0101050005": newYear, // local time, which has not come yet
		"9999999999": newYear,
		"":           newYear,
	} {
		if got := sentAt(s, newYear); !got.Equal(want) {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

// Three echoes missed are off-line; a terminal that never spoke is not said to be anything.
func TestMissedEchoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(profile.MoneyRefuse)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.s.Run(ctx) }()
		synctest.Wait()
		r.s.answer(Message{"0800", map[int]string{41: "EOW00101", 11: "000001"}}, time.Now())
		time.Sleep(180 * time.Second)
		synctest.Wait()
		if got := r.reports(); len(got) != 1 {
			t.Errorf("too early: %+v", got)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := r.reports(); len(got) != 2 || got[1].Says[terminal.Link] != terminal.Offline || !got[1].Aside || got[1].ID != pos {
			t.Errorf("heard %+v", got)
		}
		stop()
		<-ended
	})
}

// serve runs the server on a pipe, and gives the terminal's end.
func (r *rig) serve(t *testing.T) (net.Conn, chan error) {
	near, far := net.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := r.s.Serve(t.Context(), far)
		if errors.Is(err, io.ErrClosedPipe) { // how a pipe tells that it was hung up, asked for its deadline
			err = nil
		}
		ended <- err
		far.Close()
	}()
	return near, ended
}

func TestConnections(t *testing.T) {
	for _, c := range []struct {
		name  string
		send  []byte
		wait  time.Duration
		want  error
		count string
	}{
		{"hung up", nil, 0, nil, ""},
		{"no length", []byte{0, 0}, 0, frame.ErrLength, WrongLength},
		{"65535", []byte{0xff, 0xff}, 0, frame.ErrLength, WrongLength},
		{"half a length, then the cable is out", []byte{0}, time.Hour, frame.ErrHalf, HalfMessage},
		{"half a message, then hung up", []byte{0, 9, 0x60}, 0, frame.ErrHalf, HalfMessage},
		{"half a message, then the cable is out", []byte{0, 9, 0x60}, time.Hour, frame.ErrHalf, HalfMessage},
		{"nothing for long", nil, time.Hour, frame.ErrIdle, ""},
		{"wrong TPDU", []byte{0, 6, 0x68, 0, 1, 0, 0, 8}, 0, nil, WrongTPDU},
		{"no room for a TPDU", []byte{0, 2, 0x60, 0}, 0, nil, WrongTPDU},
		{"garbage", []byte{0, 8, 0x60, 0, 1, 0, 0, 1, 2, 3}, 0, nil, WrongFields},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(profile.MoneyRefuse)
			conn, ended := r.serve(t)
			if len(c.send) > 0 {
				if _, err := conn.Write(c.send); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(c.wait)
			conn.Close()
			if err := <-ended; !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
			if got := append(r.troubles, "")[0]; got != c.count {
				t.Errorf("%s: counted %q, want %q", c.name, got, c.count)
			}
		})
	}
}

// A length that comes in two pieces, and two messages in one piece.
func TestPieces(t *testing.T) {
	r := newRig(profile.MoneyRefuse)
	conn, ended := r.serve(t)
	raw := append([]byte{0x60, 0, 1, 0, 9}, unhex(t, "0800 8220000000800000 0400000000000000 1121104215 000047 454F573030313031 0301")...)
	raw = append(binary.BigEndian.AppendUint16(nil, uint16(len(raw))), raw...)
	go func() {
		for _, piece := range [][]byte{raw[:1], append(raw[1:], raw...)} {
			_, _ = conn.Write(piece)
		}
	}()
	for range 2 {
		head := make([]byte, 2)
		if _, err := io.ReadFull(conn, head); err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(io.Discard, conn, int64(binary.BigEndian.Uint16(head))); err != nil {
			t.Fatal(err)
		}
	}
	conn.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if len(r.heard) != 2 {
		t.Errorf("heard %v", r.heard)
	}
}

func TestAProfileThatCannotBe(t *testing.T) {
	r := newRig("")
	r.s.Profile.ISO.Fields = map[string]string{"49": "q"}
	if err := r.s.Run(t.Context()); err == nil {
		t.Error("ran")
	}
	if err := r.s.Serve(t.Context(), nil); err == nil {
		t.Error("served")
	}
}

func BenchmarkDecode(b *testing.B) {
	c := codec(b, dialects()["bcd binary"])
	raw, err := c.Encode(Message{"0220", map[int]string{2: "4111111111111111", 7: "1121104215", 11: "000047", 35: "4111111111111111=25122010000", 39: "00", 41: "EOW00101"}})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := c.Decode(raw); err != nil {
			b.Fatal(err)
		}
	}
}
