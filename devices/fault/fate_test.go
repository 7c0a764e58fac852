package fault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"markaz.example/devices/port"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a fate between a device, which the test plays, and a box that keeps what it hears with the time.
type rig struct {
	t     *testing.T
	fate  *Fate
	began time.Time
	stop  context.CancelFunc
	parts sync.WaitGroup

	mu     sync.Mutex
	device io.ReadWriteCloser // guarded by mu, as all below
	box    net.Conn
	heard  []byte
	said   []string // hooks and their times
}

// inBubble plays a script in fake time.
func inBubble(t *testing.T, script string, story func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, began: time.Now()}
		r.fate = MustParse(script).Start(Hooks{Plug: r.plug, Power: func(on bool) { r.note("power", on) }})
		ctx, stop := context.WithCancel(t.Context())
		r.stop = stop
		r.connect()
		r.parts.Go(func() { r.fate.Run(ctx) })
		story(r)
		r.mu.Lock()
		r.device.Close()
		r.box.Close()
		r.mu.Unlock()
		stop()
		r.parts.Wait()
	})
}

func (r *rig) note(what string, on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, fmt.Sprintf("%v %s %v", time.Since(r.began), what, on))
}

// plug is what an outlet does: another cable each time.
func (r *rig) plug(in bool) {
	r.note("plug", in)
	if in {
		r.connect()
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.device.Close()
}

func (r *rig) connect() {
	far, near := net.Pipe()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.device, r.box = r.fate.Wrap(far), near
	r.parts.Go(func() {
		b := make([]byte, 4096)
		for {
			n, err := near.Read(b)
			r.mu.Lock()
			r.heard = append(r.heard, b[:n]...)
			r.mu.Unlock()
			if err != nil {
				return
			}
		}
	})
}

func (r *rig) wire() io.ReadWriteCloser {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.device
}

// says is the device's word; the bytes that went through and the error.
func (r *rig) says(text string) (int, error) { return r.wire().Write([]byte(text)) }

// hears is what of the box's bytes reached the device.
func (r *rig) hears(text string) (string, error) {
	r.mu.Lock()
	box, device := r.box, r.device
	r.mu.Unlock()
	var sending sync.WaitGroup
	sending.Go(func() { box.Write([]byte(text)); box.SetReadDeadline(time.Time{}) })
	var got []byte
	b := make([]byte, 64)
	done := make(chan error, 1)
	go func() {
		for {
			n, err := device.Read(b)
			got = append(got, b[:n]...)
			if err != nil {
				done <- err
				return
			}
		}
	}()
	synctest.Wait()
	select {
	case err := <-done:
		device.Close()
		sending.Wait()
		return string(got), err
	default:
	}
	device.Close()
	<-done
	sending.Wait()
	return string(got), nil
}

func (r *rig) box4(want string) {
	r.t.Helper()
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	if string(r.heard) != want {
		r.t.Errorf("after %v the box heard %q, want %q", time.Since(r.began), r.heard, want)
	}
	r.heard = nil
}

func (r *rig) hooks(want ...string) {
	r.t.Helper()
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	if diff := cmp.Diff(want, r.said); diff != "" {
		r.t.Error(diff)
	}
}

func TestUnplugOnTheVeryByteIn(t *testing.T) {
	inBubble(t, "after 37 bytes in: unplug for 3s", func(r *rig) {
		text := strings.Repeat("x", 50)
		if n, err := r.says(text); n != 37 || !errors.Is(err, port.ErrGone) {
			t.Errorf("the device said %d bytes, %v", n, err)
		}
		r.box4(text[:37])
		r.hooks("0s plug false")
		if _, err := r.says(text); err == nil {
			t.Error("a pulled cable carries")
		}
		time.Sleep(3 * time.Second)
		r.hooks("0s plug false", "3s plug true")
		<-r.fate.Done()
		if _, err := r.says(text); err != nil {
			t.Errorf("plugged in again: %v", err)
		}
		r.box4(text)
	})
}

func TestUnplugOnTheVeryByteOut(t *testing.T) {
	inBubble(t, "at byte 5 out: unplug", func(r *rig) {
		if got, err := r.hears("0123456789"); got != "01234" || err == nil {
			t.Errorf("the device heard %q, %v", got, err)
		}
		r.hooks("0s plug false")
	})
}

func TestOneAfterAnother(t *testing.T) {
	inBubble(t, `
		after 2s: silence for 5s
		then: power off for 10s
		after 1s: unplug
		after 3 bytes in: unplug   # never comes: nothing passes a pulled plug
	`, func(r *rig) {
		r.says("a")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		r.says("b")
		r.box4("a")
		time.Sleep(5 * time.Second)
		synctest.Wait()
		r.says("c")
		r.box4("")
		time.Sleep(10 * time.Second)
		synctest.Wait()
		r.says("d")
		r.box4("d")
		time.Sleep(time.Minute)
		r.hooks("7s power false", "17s power true", "18s plug false")
		select {
		case <-r.fate.Done():
			t.Error("the script is over, with a line to come")
		default:
		}
	})
}

func TestRepeatCountsAnew(t *testing.T) {
	inBubble(t, "at byte 4 in: drop 2 bytes\nrepeat 3", func(r *rig) {
		for _, c := range "abcdefghijklmnopqrstuvwxyz" {
			r.says(string(c))
		}
		r.box4("abcdghklopqrstuvwxyz")
		<-r.fate.Done()
	})
}

func TestEveryStandsBeside(t *testing.T) {
	inBubble(t, "every 3 bytes in: drop 1 byte\nafter 5 bytes in: silence for 1s", func(r *rig) {
		r.says("abcdefghij")
		r.box4("abce")
		time.Sleep(time.Second)
		synctest.Wait()
		r.says("klmnop")
		r.box4("klno")
		<-r.fate.Done()
	})
}

func TestEveryTime(t *testing.T) {
	inBubble(t, "every 2s: unplug for 1s", func(r *rig) {
		time.Sleep(7500 * time.Millisecond)
		r.hooks("2s plug false", "3s plug true", "5s plug false", "6s plug true")
	})
}

func TestDeafAndStuck(t *testing.T) {
	inBubble(t, "then: deaf for 1s\nthen: drop 2 bytes out\nthen: well\nthen: drop 3 bytes out", func(r *rig) {
		device := r.wire()
		go r.box.Write([]byte("lost"))
		go func() { time.Sleep(2 * time.Second); r.box.Write([]byte("half")) }()
		b := make([]byte, 8)
		if n, err := device.Read(b); string(b[:n]) != "f" || err != nil || time.Since(r.began) != 2*time.Second {
			t.Errorf("heard %q, %v after %v", b[:n], err, time.Since(r.began))
		}
	})
	inBubble(t, "then: stuck for 3s", func(r *rig) {
		go r.box.Write([]byte("wait"))
		b := make([]byte, 8)
		if n, err := r.wire().Read(b); string(b[:n]) != "wait" || err != nil || time.Since(r.began) != 3*time.Second {
			t.Errorf("heard %q, %v after %v", b[:n], err, time.Since(r.began))
		}
	})
	inBubble(t, "then: stuck\nafter 2s: unplug", func(r *rig) {
		if _, err := r.wire().Read(make([]byte, 8)); err == nil || time.Since(r.began) != 2*time.Second {
			t.Errorf("a stuck device whose plug is pulled: %v after %v", err, time.Since(r.began))
		}
	})
	inBubble(t, "then: stuck", func(r *rig) {
		device := r.wire()
		go func() { time.Sleep(time.Second); device.Close() }()
		if _, err := device.Read(make([]byte, 8)); !errors.Is(err, port.ErrClosed) {
			t.Errorf("closed while stuck: %v", err)
		}
	})
}

func TestHalfAndLateAnswers(t *testing.T) {
	inBubble(t, "then: half answers for 1s\nthen: delay answers 800ms for 1s", func(r *rig) {
		for _, c := range "answer" {
			r.says(string(c))
			time.Sleep(5 * time.Millisecond)
		}
		r.box4("")
		time.Sleep(answerGap)
		r.says("second")
		time.Sleep(answerGap)
		r.box4("anssec")
		time.Sleep(time.Second)
		r.says("late")
		time.Sleep(799 * time.Millisecond)
		r.box4("")
		r.says("!")
		time.Sleep(time.Millisecond)
		r.box4("late")
		time.Sleep(300 * time.Millisecond) // the delay is over, and what waited comes first
		r.says("now")
		r.box4("")
		time.Sleep(500 * time.Millisecond)
		r.box4("!now")
		r.says("at once")
		r.box4("at once")
	})
}

func TestBabbleAndFlipFollowTheSeed(t *testing.T) {
	hear := func(seed int) (out []byte) {
		inBubble(t, fmt.Sprintf("seed %d\nthen: babble 4096 bytes\nthen: flip 3 bits", seed), func(r *rig) {
			<-r.fate.Done()
			r.says("zzzzzz")
			synctest.Wait()
			r.mu.Lock()
			out = bytes.Clone(r.heard)
			r.mu.Unlock()
		})
		return out
	}
	one, again, other := hear(1), hear(1), hear(2)
	if !bytes.Equal(one, again) || bytes.Equal(one, other) || len(one) != 4102 {
		t.Errorf("%d bytes; the same seed gives the same: %v, another seed another: %v", len(one), bytes.Equal(one, again), !bytes.Equal(one, other))
	}
	tail, bits := one[4096:], 0
	for _, b := range tail {
		for x := b ^ 'z'; x != 0; x &= x - 1 {
			bits++
		}
	}
	if bits != 3 || string(tail[3:]) != "zzz" {
		t.Errorf("%d bits turned in % x", bits, tail)
	}
}

// A device that babbles into a box that does not read holds nothing else up.
func TestBabbleBlocksNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		far, near := net.Pipe()
		var when time.Duration
		began := time.Now()
		fate := MustParse("then: babble 9 bytes\nevery 1s: power off for 1s").Start(Hooks{Power: func(on bool) {
			if !on && when == 0 {
				when = time.Since(began)
			}
		}})
		fate.Wrap(far)
		ctx, stop := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer stop()
		go func() { <-ctx.Done(); near.Close() }()
		fate.Run(ctx)
		if when != time.Second {
			t.Errorf("the power went off after %v", when)
		}
	})
}

func TestWellLiftsAll(t *testing.T) {
	inBubble(t, "then: unplug\nafter 1s: power off\nafter 1s: silence\nafter 1s: well", func(r *rig) {
		time.Sleep(4 * time.Second)
		r.hooks("0s plug false", "1s power false", "3s plug true", "3s power true")
		r.says("here")
		r.box4("here")
	})
	inBubble(t, "then: power off\nafter 1s: power on\nthen: unplug\nafter 1s: plug", func(r *rig) {
		time.Sleep(3 * time.Second)
		r.hooks("0s power false", "1s power true", "1s plug false", "2s plug true")
	})
}

// A script that takes over ends what the one before it held, and begins with the next byte.
func TestAnotherScriptTakesOver(t *testing.T) {
	inBubble(t, "then: unplug\nafter 1h: power off", func(r *rig) {
		r.hooks("0s plug false")
		first := r.fate.Done()
		second := r.fate.Begin(MustParse("after 5 bytes in: power off for 1s\nafter 2s: silence"))
		r.hooks("0s plug false", "0s plug true")
		<-first
		r.says("abcde")
		r.hooks("0s plug false", "0s plug true", "0s power false")
		time.Sleep(2 * time.Hour)
		r.hooks("0s plug false", "0s plug true", "0s power false", "1s power true")
		<-second
		r.box4("abcde")
		r.says("lost")
		r.box4("")
		r.fate.Begin(&Script{})
		<-r.fate.Done()
		r.says("heard")
		r.box4("heard")
	})
}

// A babble that the box does not read is cut short by the next script: no more than what was under way arrives.
func TestABabbleIsTakenOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := MustParse("then: babble 16000000 bytes").Start(Hooks{})
		far, near := net.Pipe()
		f.Wrap(far)
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { f.Run(ctx) })
		synctest.Wait()
		f.Begin(&Script{})
		near.SetReadDeadline(time.Now().Add(time.Second))
		if heard, _ := io.ReadAll(near); len(heard) != babbleChunk {
			t.Errorf("the box heard %d bytes, want the %d that were under way", len(heard), babbleChunk)
		}
		far.Close()
		stop()
		running.Wait()
	})
}

// A read that waits while a script takes over stops at that script's byte: the rest does not pass the pulled plug.
func TestTakenOverWhileTheDeviceReads(t *testing.T) {
	inBubble(t, "", func(r *rig) {
		device := r.wire()
		got := make(chan int, 1)
		go func() {
			n, _ := device.Read(make([]byte, 64))
			got <- n
		}()
		synctest.Wait()
		r.fate.Begin(MustParse("after 5 bytes out: unplug"))
		r.mu.Lock()
		box := r.box
		r.mu.Unlock()
		r.parts.Go(func() { box.Write([]byte("0123456789")) })
		if n := <-got; n != 5 {
			t.Errorf("the device read %d bytes, want 5", n)
		}
		if n, err := device.Read(make([]byte, 64)); n != 0 || err == nil {
			t.Errorf("past the pulled plug it read %d bytes, %v", n, err)
		}
		r.hooks("0s plug false")
	})
}
