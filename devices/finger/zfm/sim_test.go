package zfm

import (
	"bytes"
	"context"
	"io"
	"math"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/finger/synth"
)

// bench is a simulator with a raw wire in the test's hand, in fake time.
type bench struct {
	t    *testing.T
	s    *Sim
	wire net.Conn
}

func onBench(t *testing.T, s *Sim, story func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		go s.Run(ctx)
		go s.Serve(ctx, far)
		story(&bench{t, s, near})
		near.Close()
		cancel()
		synctest.Wait()
	})
}

func (b *bench) send(bytes ...byte) {
	b.t.Helper()
	if _, err := b.wire.Write(bytes); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) command(c ...byte) {
	b.t.Helper()
	b.send(packet{addressDefault, kindCommand, c}.appendTo(nil)...)
}

// all returns what comes until the line has been silent for a minute.
func (b *bench) all() (got []byte) {
	buf := make([]byte, 4096)
	for {
		b.wire.SetReadDeadline(time.Now().Add(time.Minute))
		n, err := b.wire.Read(buf)
		got = append(got, buf[:n]...)
		if err != nil {
			return got
		}
	}
}

func (b *bench) hears(want ...byte) {
	b.t.Helper()
	if got := b.all(); !bytes.Equal(got, want) {
		b.t.Errorf("answer % x, want % x", got, want)
	}
}

func ok(rest ...byte) []byte {
	return packet{addressDefault, kindAnswer, append([]byte{0}, rest...)}.appendTo(nil)
}

func refused(c Code) []byte {
	return packet{addressDefault, kindAnswer, []byte{byte(c)}}.appendTo(nil)
}

// The bytes of the manual's examples, whatever way they are cut and joined.
func TestSimSpeaksAsTheManualSays(t *testing.T) {
	genImg := []byte{0xef, 1, 0xff, 0xff, 0xff, 0xff, 1, 0, 3, 1, 0, 5}
	onBench(t, &Sim{}, func(b *bench) {
		b.send(genImg...)
		b.hears(refused(CodeNoFinger)...)
		b.s.Press(1, synth.Good)
		b.send(append([]byte{1, 2, 0xef}, genImg...)...)
		b.hears(0xef, 1, 0xff, 0xff, 0xff, 0xff, 7, 0, 3, 0, 0, 0x0a)
		for _, v := range genImg {
			b.send(v)
			time.Sleep(time.Second)
		}
		b.hears(ok()...)
		b.send(append(bytes.Clone(genImg), genImg...)...)
		b.hears(append(ok(), ok()...)...)
	})
}

func TestSimRefusals(t *testing.T) {
	onBench(t, &Sim{Pages: 10}, func(b *bench) {
		wrong := packet{addressDefault, kindCommand, []byte{cmdGenImg}}.appendTo(nil)
		wrong[len(wrong)-1]++
		b.send(wrong...)
		b.hears(refused(CodePacket)...)
		b.send(packet{0x1234, kindCommand, []byte{cmdGenImg}}.appendTo(nil)...)
		b.hears()
		for _, c := range []struct {
			command []byte
			want    Code
		}{
			{command{cmdImg2Tz, 1}, CodeNoPicture}, {command{cmdImg2Tz}, CodePacket}, {command{cmdUpImage}, CodeUpPicture},
			{command{cmdUpChar, 1}, CodeUpload}, {command{cmdRegModel}, CodeDifferent}, {command{cmdMatch}, CodeNoMatch},
			{searching(cmdSearch, 1, 0, 10), CodeNotFound}, {searching(cmdFastSearch, 1, 0, 10), CodeNotFound},
			{paged(cmdStore, 1, 10), CodePage}, {paged(cmdStore, 1, 9), CodeFlash}, {paged(cmdLoadChar, 1, 10), CodePage},
			{paged(cmdLoadChar, 1, 9), CodeUnreadable}, {deleting(9, 2), CodeDelete}, {command{cmdSetSysPara, 4, 13}, CodeParameter},
			{command{cmdSetSysPara, 7, 1}, CodeParameter}, {worded(cmdVfyPwd, 1), CodePassword}, {command{0x99}, codeOK},
			{command{0x30}, CodePacket},
		} {
			b.command(c.command...)
			if c.want == codeOK {
				b.hears()
				continue
			}
			b.hears(refused(c.want)...)
		}
	})
}

func TestSimPassword(t *testing.T) {
	onBench(t, &Sim{}, func(b *bench) {
		b.command(worded(cmdSetPwd, 7)...)
		b.hears(ok()...)
		b.command(cmdGenImg)
		b.hears(refused(CodeNoFinger)...)
		b.s.SetPower(false)
		b.command(cmdGenImg)
		b.hears()
		b.s.SetPower(true)
		b.hears(simAwake)
		b.command(cmdGenImg)
		b.hears(refused(CodeNeedsPass)...)
		b.command(worded(cmdVfyPwd, 7)...)
		b.hears(ok()...)
		b.command(cmdGenImg)
		b.hears(refused(CodeNoFinger)...)
	})
}

// A picture takes the time that its bytes take: 288 packets of 139 bytes. Source of the 7 s: the same sum.
func TestSimPace(t *testing.T) {
	for _, c := range []struct {
		name  string
		speed float64
		want  time.Duration
	}{{"real", 1, 6950 * time.Millisecond}, {"tenfold", 10, 695 * time.Millisecond}, {"at once", math.Inf(1), 0}} {
		onBench(t, &Sim{Speed: c.speed}, func(b *bench) {
			b.s.Press(1, synth.Good)
			b.command(cmdGenImg)
			b.hears(ok()...)
			b.command(cmdUpImage)
			began := time.Now()
			b.wire.SetReadDeadline(began.Add(time.Minute))
			if _, err := io.ReadFull(b.wire, make([]byte, 12+288*139)); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took < c.want*98/100 || took > c.want*102/100 {
				t.Errorf("%s: took %v, want about %v", c.name, took, c.want)
			}
		})
	}
}

func TestSimAtAnotherSpeed(t *testing.T) {
	onBench(t, &Sim{}, func(b *bench) {
		b.command(cmdSetSysPara, paraBaud, 12)
		b.hears(ok()...)
		b.s.SetHostBaud(57600)
		b.command(cmdGenImg)
		b.hears()
		b.s.SetHostBaud(115200)
		b.command(cmdGenImg)
		b.hears(refused(CodeNoFinger)...)
	})
}

// Impressions of one finger match at every level, those of two at none.
func TestSimScores(t *testing.T) {
	for a := range int64(30) {
		for b := range int64(30) {
			n := score(seal(simPrint{a, 1}), seal(simPrint{b, 2}, simPrint{b, 3}))
			for level := 1; level <= 5; level++ {
				s := Sim{kept: simKept{security: level}}
				if (a == b) != (n >= s.bar()) {
					t.Fatalf("fingers %d and %d: score %d at level %d", a, b, n, level)
				}
			}
		}
	}
	if score([]byte("no template"), seal(simPrint{})) != 0 {
		t.Error("what is no template matches")
	}
	if bytes.Contains(seal(simPrint{seed: 0x1234567890abcdef}), []byte{0x12, 0x34, 0x56, 0x78}) {
		t.Error("a template shows whose it is")
	}
}

// Whatever a host sends, the module stays a module.
func FuzzSim(f *testing.F) {
	for _, c := range []command{{cmdGenImg}, {cmdImg2Tz, 1}, {cmdUpImage}, {cmdDownChar, 1}, searching(cmdSearch, 1, 0, 9), {cmdWriteNote, 3}} {
		f.Add(packet{addressDefault, kindCommand, c}.appendTo(nil))
	}
	f.Add(packet{addressDefault, kindLast, []byte("data that nobody asked for")}.appendTo(nil))
	f.Fuzz(func(t *testing.T, in []byte) {
		onBench(t, &Sim{Shape: synth.Shape{Width: 96, Height: 96, DPI: 500}, Speed: math.Inf(1), Extras: true}, func(b *bench) {
			b.s.Press(1, synth.Good)
			b.send(in...)
			b.all()
			b.s.with(func() { b.s.kept.address, b.s.kept.password = addressDefault, 0 })
			b.command(cmdGenImg)
			b.command(cmdGenImg)
			for range 2 + contentMax/12 {
				b.command(cmdGenImg) // a begun packet may swallow the first ones
			}
			if !bytes.Contains(b.all(), ok()) {
				t.Error("no picture can be taken any more")
			}
		})
	})
}
