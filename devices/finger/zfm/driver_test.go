package zfm

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/devices/finger"
	"markaz.example/devices/finger/synth"
	"markaz.example/devices/port"
	"markaz.example/devices/profile"
)

func TestCapture(t *testing.T) {
	inBubble(t, nil, func(r *rig) {
		go func() {
			time.Sleep(time.Second)
			r.sim.Press(7, synth.Good)
		}()
		began := time.Now()
		c, err := r.d.Capture(r.ctx(), finger.LeftThumb)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < 8*time.Second || took > 10*time.Second {
			t.Errorf("took %v at 57,600 baud, want 1 s for the person and 7 to 8 s for the picture", took)
		}
		want := synth.New(7).Picture(synth.Shape{Width: 256, Height: 288, DPI: 500}, 1, synth.Good)
		for i := range want.Pix {
			want.Pix[i] = want.Pix[i] >> 4 * 17
		}
		if diff := cmp.Diff(&want, c.Picture); diff != "" {
			t.Error("the picture is not the finger's")
		}
		if c.Position != finger.LeftThumb || c.Quality < 70 {
			t.Errorf("position %v, quality %d", c.Position, c.Quality)
		}
		c.Wipe()
		if !bytes.Equal(c.Picture.Pix, make([]byte, len(want.Pix))) {
			t.Error("not wiped")
		}
	})
}

func TestCaptureRefusals(t *testing.T) {
	inBubble(t, fast, func(r *rig) {
		_, err := r.d.Capture(r.within(3*time.Second), 0)
		r.is("nobody came", err, finger.ErrNoFinger)
		for how, want := range map[synth.How]error{synth.Wet: finger.ErrMessy, synth.Small: finger.ErrSmall} {
			r.sim.Press(1, how)
			_, err := r.d.Capture(r.ctx(), 0)
			r.is("a bad press", err, want)
		}
		r.sim.Lift()
		ctx, cancel := context.WithCancel(r.base)
		time.AfterFunc(time.Second, cancel)
		_, err = r.d.Capture(ctx, 0)
		r.is("the desk gave up", err, context.Canceled)
		if !r.d.State().Ready {
			t.Error("the module is well all the same")
		}
	})
	inBubble(t, func(r *rig) { fast(r); r.sim.Shape = synth.Shape{Width: 256, Height: 288, DPI: 200} }, func(r *rig) {
		r.sim.Press(1, synth.Good)
		_, err := r.d.Capture(r.ctx(), 0)
		r.is("below the profile's quality", err, finger.ErrPoor)
	})
	inBubble(t, func(r *rig) { fast(r); r.d.Profile.Picture.Width = 192 }, func(r *rig) {
		r.sim.Press(1, synth.Good)
		_, err := r.d.Capture(r.ctx(), 0)
		r.is("a sensor of another size", err, ErrPicture)
	})
}

func TestEnrolMatchSearch(t *testing.T) {
	inBubble(t, fast, func(r *rig) {
		ada, bea := r.mustEnrol(1), r.mustEnrol(2)
		if len(ada) != 512 || bytes.Equal(ada, bea) {
			t.Fatalf("templates of %d bytes", len(ada))
		}
		_, err := r.enrol(1, 2)
		r.is("two fingers", err, finger.ErrDifferent)
		r.is("store", r.d.Store(r.ctx(), 3, ada), nil)
		r.is("store", r.d.Store(r.ctx(), 161, bea), nil)

		r.sim.Press(1, synth.Good)
		score, err := r.d.Match(r.ctx(), ada)
		if err != nil || score < 60 {
			t.Errorf("the same finger: %d, %v", score, err)
		}
		_, err = r.d.Match(r.ctx(), bea)
		r.is("another's", err, finger.ErrNoMatch)
		_, err = r.d.MatchPage(r.ctx(), 161)
		r.is("another's page", err, finger.ErrNoMatch)
		_, err = r.d.MatchPage(r.ctx(), 3)
		r.is("the own page", err, nil)
		found, err := r.d.Search(r.ctx())
		if err != nil || found.Page != 3 || found.Score < 60 {
			t.Errorf("search: %+v, %v", found, err)
		}
		r.sim.Press(9, synth.Good)
		_, err = r.d.Search(r.ctx())
		r.is("nobody's", err, finger.ErrNoMatch)

		back, err := r.d.UpTemplate(r.ctx(), 3)
		if err != nil || !bytes.Equal(back, ada) {
			t.Errorf("the page holds something else: %v", err)
		}
	})
}

func TestLibrary(t *testing.T) {
	inBubble(t, func(r *rig) { fast(r); r.sim.Pages = 600 }, func(r *rig) {
		ada := r.mustEnrol(1)
		want := []int{0, 7, 8, 255, 256, 599}
		for _, page := range want {
			r.is("store", r.d.Store(r.ctx(), page, ada), nil)
		}
		n, err := r.d.Count(r.ctx())
		if n != r.sim.Library() || r.sim.Pressed() {
			t.Errorf("counted %d, there are %d", n, r.sim.Library())
		}
		pages, err2 := r.d.Index(r.ctx())
		if diff := cmp.Diff(want, pages); n != len(want) || err != nil || err2 != nil || diff != "" {
			t.Errorf("%d pages, %v, %v\n%s", n, err, err2, diff)
		}
		r.is("delete", r.d.Delete(r.ctx(), 7, 2), nil)
		r.is("delete beyond", r.d.Delete(r.ctx(), 599, 2), ErrPage)
		r.is("a full library", r.d.Store(r.ctx(), 600, ada), ErrPage)
		r.is("no template", r.d.Store(r.ctx(), 5, nil), ErrTemplate)
		_, err = r.d.UpTemplate(r.ctx(), 7)
		r.is("an empty page", err, CodeUnreadable)

		r.sim.SetPower(false)
		time.Sleep(10 * time.Second)
		r.sim.SetPower(true)
		r.ready()
		if n, err = r.d.Count(r.ctx()); n != 4 || err != nil {
			t.Errorf("%d pages after a power cut, %v", n, err)
		}
		r.is("empty", r.d.Empty(r.ctx()), nil)
		if n, err = r.d.Count(r.ctx()); n != 0 || err != nil {
			t.Errorf("%d pages in an empty library, %v", n, err)
		}
	})
}

// A library can be filled again from the pictures that were kept.
func TestTemplateOfAPicture(t *testing.T) {
	inBubble(t, fast, func(r *rig) {
		r.sim.Press(5, synth.Good)
		c, err := r.d.Capture(r.ctx(), finger.RightIndex)
		if err != nil {
			t.Fatal(err)
		}
		last, err := r.d.LastPicture(r.ctx())
		if err != nil || !bytes.Equal(last.Pix, c.Picture.Pix) {
			t.Errorf("the last picture is another: %v", err)
		}
		made, err := r.d.TemplateOf(r.ctx(), *c.Picture)
		if err != nil {
			t.Fatal(err)
		}
		r.sim.Press(5, synth.Good)
		_, err = r.d.Match(r.ctx(), made)
		r.is("the finger of the picture", err, nil)
		r.sim.Press(6, synth.Good)
		_, err = r.d.Match(r.ctx(), made)
		r.is("another finger", err, finger.ErrNoMatch)
		_, err = r.d.TemplateOf(r.ctx(), finger.Picture{Width: 256, Height: 288, Pix: make([]byte, 256*288)})
		r.is("a black picture", err, finger.ErrMessy)
		_, err = r.d.TemplateOf(r.ctx(), finger.Picture{Width: 10, Height: 10, Pix: make([]byte, 100)})
		r.is("a small picture", err, ErrPicture)
	})
}

// Every code that the manual has arrives as itself, and the module is well afterwards.
func TestEveryConfirmationCode(t *testing.T) {
	inBubble(t, fast, func(r *rig) {
		for code := range meanings() {
			if code == codeOK || code == CodePassword || code == CodeNeedsPass {
				continue
			}
			r.sim.Next(Mishap{Command: cmdCount, Code: code})
			_, err := r.d.Count(r.ctx())
			r.is(code.Error(), err, code)
		}
		for _, code := range []Code{CodePassword, CodeNeedsPass} {
			r.sim.Next(Mishap{Command: cmdCount, Code: code})
			_, err := r.d.Count(r.ctx())
			r.is(code.Error(), err, ErrRestarted)
			_, err = r.d.Count(r.ctx())
			r.is("and then", err, nil)
		}
		r.sim.SetFlash(true)
		r.is("flash", r.d.SetSecurity(r.ctx(), 2), CodeFlash)
		r.is("flash", r.d.Delete(r.ctx(), 0, 1), CodeDelete)
		r.is("flash", r.d.Empty(r.ctx()), CodeEmpty)
		r.sim.SetFlash(false)
		r.is("level", r.d.SetSecurity(r.ctx(), 9), CodeParameter)
		_, err := r.d.LastPicture(r.ctx())
		r.is("no picture yet", err, CodeUpPicture)
	})
}

func TestSettings(t *testing.T) {
	inBubble(t, fast, func(r *rig) {
		r.is("security", r.d.SetSecurity(r.ctx(), 5), nil)
		r.is("packet", r.d.SetPacketBytes(r.ctx(), 32), nil)
		r.is("packet", r.d.SetPacketBytes(r.ctx(), 33), CodeParameter)
		r.is("baud", r.d.SetBaud(r.ctx(), 115200), ErrOneSpeed)
		r.is("baud", r.d.SetBaud(r.ctx(), 115201), CodeParameter)
		r.is("address", r.d.SetAddress(r.ctx(), 0x12345678), nil)
		r.is("password", r.d.SetPassword(r.ctx(), 0xcafe), nil)
		p, err := r.d.Parameters(r.ctx())
		if err != nil || p.Security != 5 || p.PacketBytes != 32 || p.Address != 0x12345678 || p.Status&StatusPassword == 0 {
			t.Errorf("%+v, %v", p, err)
		}
		r.sim.Press(1, synth.Good)
		_, err = r.d.Capture(r.ctx(), 0)
		r.is("packets of 32 bytes", err, nil)
		if _, err := r.d.Random(r.ctx()); err != nil {
			t.Error(err)
		}
	})
}

func TestApply(t *testing.T) {
	inBubble(t, fast, func(r *rig) {
		got, err := r.d.Apply(r.ctx())
		want := []profile.Setting{
			{Key: "security", Want: "4", Was: "3", Now: "4"}, {Key: "packet_bytes", Want: "256", Was: "128", Now: "256"},
			{Key: "baud", Want: "57600", Was: "57600", Now: "57600"},
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		r.sim.Press(1, synth.Good)
		_, err = r.d.Capture(r.ctx(), 0)
		r.is("packets of 256 bytes", err, nil)
	})
	inBubble(t, func(r *rig) { fast(r); r.sim.Lazy = true; r.d.Profile.Firmware.Baud = 115200 }, func(r *rig) {
		got, err := r.d.Apply(r.ctx())
		r.is("a clone that waits", err, ErrPowerUp)
		r.is("a line of one speed", err, ErrOneSpeed)
		if len(got) != 3 || got[0].Err != nil || got[1].Now != "128" {
			t.Errorf("%+v", got)
		}
		r.sim.SetPower(false)
		r.sim.SetPower(true)
		time.Sleep(5 * time.Second)
		got, _ = r.d.Apply(r.ctx())
		if got[1].Now != "256" || got[1].Err != nil {
			t.Errorf("after a power-up: %+v", got[1])
		}
	})
}

// A module from the factory is found at its speed, moved to ours, and found there by the next Run; one that was moved
// before is found too.
func TestSpeeds(t *testing.T) {
	at := func(r *rig) func(int) port.Opener {
		return func(baud int) port.Opener {
			return opener(func(ctx context.Context) (io.ReadWriteCloser, error) {
				r.sim.SetHostBaud(baud)
				return r.sim.Open(ctx)
			})
		}
	}
	inBubble(t, func(r *rig) { fast(r); r.d.Profile.Firmware.Baud = 115200; r.d.At = at(r) }, func(r *rig) {
		got, err := r.d.Apply(r.ctx())
		if err != nil || got[2].Was != "57600" || got[2].Now != "115200" {
			t.Errorf("%+v, %v", got, err)
		}
		again := &Driver{Profile: r.d.Profile, At: r.d.At}
		ctx, cancel := context.WithCancel(r.base)
		ended := make(chan error, 1)
		go func() { ended <- again.Run(ctx) }()
		second := &rig{t: t, sim: r.sim, d: again}
		second.ready()
		cancel()
		<-ended
	})
}

// A module that somebody set to a speed of their own is found, and is soon back after a power cut.
func TestSpeedOfAnotherOwner(t *testing.T) {
	for _, baud := range []byte{1, 2, 4, 12} {
		inBubble(t, func(r *rig) {
			fast(r)
			r.sim.with(func() { r.sim.kept.baud = int(baud) * baudUnit })
			r.d.At = func(baud int) port.Opener {
				return opener(func(ctx context.Context) (io.ReadWriteCloser, error) {
					r.sim.SetHostBaud(baud)
					return r.sim.Open(ctx)
				})
			}
		}, func(r *rig) {
			r.sim.SetPower(false)
			r.settled("off", func(s finger.State) bool { return errors.Is(s.Line, port.ErrSilent) })
			time.Sleep(time.Minute)
			r.sim.SetPower(true)
			if took := r.settled("on", func(s finger.State) bool { return s.Ready && s.Line == nil }); took > 5*time.Second {
				t.Errorf("%d: back after %v", baud, took)
			}
		})
	}
}

// If the answer is lost, the driver finds out whether the new password or address holds.
func TestLostAnswerToASetting(t *testing.T) {
	inBubble(t, fast, func(r *rig) {
		r.sim.Next(Mishap{Command: cmdSetPwd, Lost: true})
		r.is("password", r.d.SetPassword(r.ctx(), 5), nil)
		r.sim.Next(Mishap{Command: cmdSetAddr, Lost: true})
		r.is("address", r.d.SetAddress(r.ctx(), 6), nil)
		_, err := r.d.Count(r.ctx())
		r.is("afterwards", err, nil)
		r.sim.Next(Mishap{Command: cmdSetAddr, Code: CodeFlash})
		r.is("address", r.d.SetAddress(r.ctx(), 7), CodeFlash)
		r.sim.Next(Mishap{Command: cmdSetPwd, Code: CodePacket, Lost: true})
		r.is("password not set", r.d.SetPassword(r.ctx(), 8), ErrNoAnswer)
		r.sim.Next(Mishap{Command: cmdSetAddr, Code: CodePacket, Lost: true})
		r.is("address not set", r.d.SetAddress(r.ctx(), 8), ErrNoAnswer)
		time.Sleep(10 * time.Second)
		_, err = r.d.Count(r.ctx())
		r.is("afterwards", err, nil)
	})
}

// Nothing of a finger stays behind in the session's buffers, whatever became of the transfer.
func TestBuffersAreWiped(t *testing.T) {
	inBubble(t, fast, func(r *rig) {
		ada := r.mustEnrol(1)
		r.is("store", r.d.Store(r.ctx(), 1, ada), nil)
		r.sim.Press(1, synth.Good)
		for _, m := range []Mishap{{}, {Command: cmdUpImage, WrongSum: true, Packet: 9}, {Command: cmdUpImage, CutAfter: 3000}} {
			r.sim.Next(m)
			if c, err := r.d.Capture(r.ctx(), 0); err == nil {
				c.Wipe()
			}
			_ = r.d.do(r.ctx(), func(s *session) error {
				for name, b := range map[string][]byte{"read": s.buf[:cap(s.buf)], "decoder": s.dec.left[:cap(s.dec.left)]} {
					if rest := bytes.Trim(b, "\x00"); len(rest) > 0 {
						t.Errorf("%+v: the %s buffer holds %d bytes", m, name, len(rest))
					}
				}
				if cap(s.dec.left) != decoderBytes {
					t.Errorf("%+v: the decoder's buffer moved", m)
				}
				return nil
			})
		}
	})
}

type opener func(ctx context.Context) (io.ReadWriteCloser, error)

func (o opener) Open(ctx context.Context) (io.ReadWriteCloser, error) { return o(ctx) }

func TestPassword(t *testing.T) {
	inBubble(t, fast, func(r *rig) {
		r.is("set", r.d.SetPassword(r.ctx(), 42), nil)
		r.sim.SetPower(false)
		r.sim.SetPower(true)
		r.settled("the password is shown again", func(s finger.State) bool { return s.Ready })
		time.Sleep(5 * time.Second)
		_, err := r.d.Count(r.ctx())
		r.is("after a power cut", err, nil)

		stranger := &Driver{Port: r.sim, Profile: r.d.Profile, Password: 41}
		ctx, cancel := context.WithCancel(r.base)
		ended := make(chan error, 1)
		go func() { ended <- stranger.Run(ctx) }()
		other := &rig{t: t, sim: r.sim, d: stranger}
		other.settled("wrong password", func(s finger.State) bool {
			return errors.Is(s.Trouble, finger.ErrPassword) && !s.Ready && s.Line == nil
		})
		_, err = stranger.Count(r.ctx())
		r.is("wrong password", err, finger.ErrPassword)
		cancel()
		<-ended
	})
}

// A module that was switched off between two steps says so, with a password and without, instead of finding the finger
// different from the one it no longer holds.
func TestPowerCutBetweenSteps(t *testing.T) {
	for _, password := range []uint32{0, 42} {
		inBubble(t, fast, func(r *rig) {
			blink := func() { r.sim.SetPower(false); time.Sleep(time.Second); r.sim.SetPower(true) }
			ada := r.mustEnrol(1)
			r.is("set", r.d.SetPassword(r.ctx(), password), nil)
			_, err := r.d.Enrol(r.ctx(), func(s Step) {
				switch s {
				case Press:
					r.sim.Press(1, synth.Good)
				case Lift:
					go blink()
				}
			})
			r.is("power cut in an enrolment", err, ErrRestarted)
			r.sim.Lift()
			r.ready()
			time.AfterFunc(time.Second, blink)
			time.AfterFunc(5*time.Second, func() { r.sim.Press(1, synth.Good) })
			_, err = r.d.Match(r.ctx(), ada)
			r.is("power cut in a match", err, ErrRestarted)
			_, err = r.d.Match(r.ctx(), ada)
			r.is("afterwards", err, nil)
		})
	}
}

func TestExtras(t *testing.T) {
	inBubble(t, extras, func(r *rig) {
		all, err := r.d.Probe(r.ctx())
		if want := (Abilities{true, true, true, true, true, true, true}); all != want || err != nil {
			t.Errorf("%+v, %v", all, err)
		}
		r.is("light", r.d.Light(r.ctx(), true), nil)
		r.is("ring", r.d.ShowRing(r.ctx(), Ring{RingBreathe, 100, RingPurple, 0}), nil)
		r.is("write", r.d.WriteNote(r.ctx(), 15, []byte("desk 4")), nil)
		note, err := r.d.ReadNote(r.ctx(), 15)
		if err != nil || string(bytes.TrimRight(note, "\x00")) != "desk 4" {
			t.Errorf("%q, %v", note, err)
		}
		r.is("write", r.d.WriteNote(r.ctx(), 16, nil), ErrPage)
		page, err := r.d.Information(r.ctx())
		if err != nil || len(page) != 512 {
			t.Errorf("information of %d bytes, %v", len(page), err)
		}
		r.is("sensor", r.d.CheckSensor(r.ctx()), nil)
		r.sim.SetSensor(true)
		r.is("broken sensor", r.d.CheckSensor(r.ctx()), finger.ErrSensor)
		if !errors.Is(r.d.State().Trouble, finger.ErrSensor) {
			t.Errorf("%+v", r.d.State())
		}
		r.sim.SetSensor(false)
		r.is("mended", r.d.CheckSensor(r.ctx()), nil)
	})
}

// A plain module is asked once for each and never again.
func TestPlainModuleIsAskedOnce(t *testing.T) {
	inBubble(t, fast, func(r *rig) {
		all, err := r.d.Probe(r.ctx())
		if all != (Abilities{}) || err != nil {
			t.Errorf("%+v, %v", all, err)
		}
		var began time.Time
		for range 2 {
			began = time.Now()
			r.is("light", r.d.Light(r.ctx(), true), ErrUnsupported)
			r.is("sensor", r.d.CheckSensor(r.ctx()), ErrUnsupported)
			_, err = r.d.Information(r.ctx())
			r.is("information", err, ErrUnsupported)
			_, err = r.d.ReadNote(r.ctx(), 1)
			r.is("notepad", err, ErrUnsupported)
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("what is known took %v", took)
		}
		if !r.d.State().Ready {
			t.Error("probing harmed the module")
		}
	})
}

func TestTroubles(t *testing.T) {
	inBubble(t, fast, func(r *rig) {
		r.sim.SetSensor(true)
		_, err := r.d.Capture(r.ctx(), 0)
		r.is("broken sensor", err, finger.ErrSensor)
		r.settled("broken sensor", func(s finger.State) bool { return errors.Is(s.Trouble, finger.ErrSensor) })
		r.sim.SetSensor(false)
		r.sim.Press(1, synth.Good)
		_, err = r.d.Capture(r.ctx(), 0)
		r.is("mended", err, nil)
		r.settled("mended", func(s finger.State) bool { return s.Ready })
		r.sim.Lift()

		r.sim.SetDirty(true)
		for range 10 {
			_, err := r.d.Capture(r.ctx(), 0)
			r.is("dirty", err, finger.ErrMessy)
			time.Sleep(3 * time.Second)
		}
		r.settled("dirty", func(s finger.State) bool { return errors.Is(s.Trouble, finger.ErrDirty) })
		r.sim.SetDirty(false)
		_, err = r.d.Capture(r.within(time.Second), 0)
		r.is("cleaned", err, finger.ErrNoFinger)
		r.settled("cleaned", func(s finger.State) bool { return s.Ready })
	})
}

// A person who tries and tries with a wet finger makes no dirty glass: the finger is lifted in between.
func TestWetFingerIsNoDirtyGlass(t *testing.T) {
	inBubble(t, fast, func(r *rig) {
		for range 12 {
			go func() { time.Sleep(3 * time.Second); r.sim.Press(1, synth.Wet) }()
			_, err := r.d.Capture(r.ctx(), 0)
			r.is("wet", err, finger.ErrMessy)
			r.sim.Lift()
		}
		if s := r.d.State(); s.Trouble != nil {
			t.Errorf("%+v", s)
		}
	})
}

// Each trouble of the line has its name within 5 s, and passes by itself.
func TestLineTroublesAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		want  error
		spoil func(r *rig, w *tap)
		mend  func(r *rig, w *tap)
	}{
		"mute":      {port.ErrSilent, func(r *rig, w *tap) { r.sim.SetMute(true) }, func(r *rig, w *tap) { r.sim.SetMute(false) }},
		"power cut": {port.ErrSilent, func(r *rig, w *tap) { r.sim.SetPower(false) }, func(r *rig, w *tap) { r.sim.SetPower(true) }},
		"babble": {port.ErrBabble, func(r *rig, w *tap) { w.set(func(b []byte) []byte { return bytes.Repeat([]byte{0xaa}, 20) }) },
			func(r *rig, w *tap) { w.set(nil) }},
		"half": {port.ErrHalf, func(r *rig, w *tap) { w.set(w.cut(7)) }, func(r *rig, w *tap) { w.set(nil) }},
	} {
		for after := time.Duration(0); after < 2*time.Second; after += 170 * time.Millisecond {
			w := &tap{}
			inBubble(t, func(r *rig) { fast(r); w.Opener = r.d.Port; r.d.Port = w }, func(r *rig) {
				changes := r.d.Changes()
				<-changes
				time.Sleep(after)
				c.spoil(r, w)
				if took := r.settled(name, func(s finger.State) bool { return errors.Is(s.Line, c.want) }); took > 5*time.Second {
					t.Errorf("%s: named after %v", name, took)
				}
				if s := <-changes; s.Ready || !errors.Is(s.Line, c.want) {
					t.Errorf("%s: told %+v", name, s)
				}
				c.mend(r, w)
				if took := r.settled(name, func(s finger.State) bool { return s.Ready && s.Line == nil }); took > 5*time.Second {
					t.Errorf("%s: well again after %v", name, took)
				}
			})
		}
	}
}

// A late answer is not taken for that of the next command, however late it is.
func TestLateAnswers(t *testing.T) {
	for late := 600 * time.Millisecond; late < 3*time.Second; late += 130 * time.Millisecond {
		inBubble(t, fast, func(r *rig) {
			ada := r.mustEnrol(1)
			r.is("store", r.d.Store(r.ctx(), 3, ada), nil)
			r.sim.Next(Mishap{Command: cmdCount, Late: late})
			n, err := r.d.Count(r.ctx())
			if err == nil && n != 1 {
				t.Errorf("%v late: counted %d", late, n)
			}
			r.sim.Press(1, synth.Good)
			for range 20 {
				found, err := r.d.Search(r.ctx())
				if err == nil && found.Page == 3 {
					return
				}
				if !errors.Is(err, ErrNoAnswer) {
					t.Errorf("%v late: the next command got %+v, %v", late, found, err)
				}
			}
			t.Errorf("%v late: the session never found its step again", late)
		})
	}
}

// The control: without the rule a late answer is believed.
func TestLateAnswersControl(t *testing.T) {
	inBubble(t, fast, func(r *rig) {
		r.sim.Next(Mishap{Command: cmdDelete, Late: 1500 * time.Millisecond})
		r.is("late", r.d.Delete(r.ctx(), 1, 1), ErrNoAnswer)
		err := r.d.do(r.ctx(), func(s *session) error {
			s.astray = false
			return s.done(command{cmdStore, 1, 0xff, 0xff})
		})
		r.is("a page that does not exist was stored", err, nil)
	})
}

func TestSpoiledTransfers(t *testing.T) {
	inBubble(t, func(r *rig) { small(r); r.sim.Piece = 1 }, func(r *rig) {
		r.sim.Press(1, synth.Good)
		for _, m := range []Mishap{
			{Command: cmdUpImage, WrongSum: true, Packet: 5}, {Command: cmdUpImage, WrongSum: true, Packet: 36},
			{Command: cmdUpImage, Noise: 300}, {Command: cmdUpImage, Late: 300 * time.Millisecond},
		} {
			r.sim.Next(m)
			c, err := r.d.Capture(r.ctx(), 0)
			if err != nil || c.Quality < 70 {
				t.Errorf("%+v: %v", m, err)
			}
		}
		r.sim.Next(Mishap{Command: cmdImg2Tz, WrongSum: true})
		_, err := r.d.Capture(r.ctx(), 0)
		r.is("an answer with a wrong sum", err, ErrNoAnswer)
		_, err = r.d.Capture(r.ctx(), 0)
		r.is("afterwards", err, nil)
	})
}

// Wherever a byte of the line is lost, changed or doubled, a template arrives whole or not at all, and the session finds
// its step again.
func TestOneByteOfTheLine(t *testing.T) {
	for name, harm := range map[string]func(b []byte, i int) []byte{
		"lost":    func(b []byte, i int) []byte { return slices.Delete(b, i, i+1) },
		"changed": func(b []byte, i int) []byte { b[i] ^= 0x10; return b },
		"doubled": func(b []byte, i int) []byte { return slices.Insert(b, i, b[i]) },
	} {
		w := &tap{}
		inBubble(t, func(r *rig) { fast(r); w.Opener = r.d.Port; r.d.Port = w }, func(r *rig) {
			ada := r.mustEnrol(1)
			r.is("store", r.d.Store(r.ctx(), 3, ada), nil)
			whole := 0
			for at := range 12 + 12 + 4*139 {
				w.set(once(at, harm))
				got, err := r.d.UpTemplate(r.ctx(), 3)
				if err == nil && !bytes.Equal(got, ada) {
					t.Errorf("byte %d %s: another template of %d bytes", at, name, len(got))
				}
				if err == nil {
					whole++
				}
				w.set(nil)
				for err = errors.New("not yet"); err != nil; got, err = r.d.UpTemplate(r.ctx(), 3) {
				}
				if !bytes.Equal(got, ada) {
					t.Errorf("byte %d %s: afterwards another template", at, name)
				}
			}
			if whole < 500 {
				t.Errorf("%s: only %d of 580 arrived at the second try", name, whole)
			}
		})
	}
}

// once harms one byte of the stream that begins now.
func once(at int, harm func(b []byte, i int) []byte) func([]byte) []byte {
	seen := 0
	return func(b []byte) []byte {
		i := at - seen
		seen += len(b)
		if i < 0 || i >= len(b) {
			return b
		}
		return harm(bytes.Clone(b), i)
	}
}

// A finger that is awaited survives answers that are lost on the way.
func TestLostAnswersWhileWaiting(t *testing.T) {
	inBubble(t, fast, func(r *rig) {
		go func() {
			for range 5 {
				r.sim.Next(Mishap{Command: cmdGenImg, Lost: true})
				time.Sleep(3 * time.Second)
			}
			r.sim.Press(1, synth.Good)
		}()
		_, err := r.d.Capture(r.ctx(), 0)
		r.is("capture", err, nil)
	})
}

func TestPowerCutInUpImage(t *testing.T) {
	for _, after := range []int{1, 12, 13, 700, 2000, 5015} {
		inBubble(t, small, func(r *rig) {
			r.sim.Press(1, synth.Good)
			r.sim.Next(Mishap{Command: cmdUpImage, CutAfter: after})
			if _, err := r.d.Capture(r.ctx(), 0); err == nil {
				t.Errorf("after %d bytes: a picture", after)
			}
			r.settled("silent", func(s finger.State) bool { return errors.Is(s.Line, port.ErrSilent) || errors.Is(s.Line, port.ErrHalf) })
			r.sim.SetPower(true)
			r.ready()
			_, err := r.d.Capture(r.ctx(), 0)
			r.is("afterwards", err, nil)
		})
	}
}

func TestNotRunning(t *testing.T) {
	d := &Driver{Profile: model()}
	if _, err := d.Capture(t.Context(), 0); !errors.Is(err, ErrNotRunning) {
		t.Error(err)
	}
	d.Profile.Model = ""
	if err := d.Run(t.Context()); err == nil {
		t.Error("a bad profile was run")
	}
	inBubble(t, fast, func(r *rig) {
		r.is("a second Run", r.d.Run(r.base), ErrRunning)
		done := make(chan error, 1)
		go func() { _, err := r.d.Capture(r.ctx(), 0); done <- err }()
		time.Sleep(time.Second)
		_, err := r.d.Count(r.within(time.Second))
		r.is("waiting for its turn", err, context.DeadlineExceeded)
		r.sim.Press(1, synth.Good)
		r.is("the first", <-done, nil)
	})
}

// The log of a busy day holds neither password nor biometrics.
func TestNothingSecretIsLogged(t *testing.T) {
	var log bytes.Buffer
	inBubble(t, func(r *rig) {
		fast(r)
		r.d.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}, func(r *rig) {
		ada := r.mustEnrol(1)
		r.is("store", r.d.Store(r.ctx(), 1, ada), nil)
		r.is("password", r.d.SetPassword(r.ctx(), 3405691582), nil)
		r.d.Log.Info("enrolled", "template", ada)
	})
	for _, secret := range []string{"3405691582", "cafebabe"} {
		if bytes.Contains(log.Bytes(), []byte(secret)) {
			t.Errorf("the log holds %s", secret)
		}
	}
	if !bytes.Contains(log.Bytes(), []byte(`template="template of 512 bytes"`)) {
		t.Errorf("log: %s", log.String())
	}
}
