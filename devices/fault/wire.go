package fault

import (
	"io"
	"sync"
	"time"

	"markaz.example/devices/port"
)

// wire is one cable as the device holds it: Read is what the box sent, Write what the device says.
type wire struct {
	fate   *Fate
	cable  io.ReadWriteCloser
	dead   bool // guarded by fate.mu: pulled
	closed chan struct{}
	once   sync.Once
	ahead  []byte // read from the cable and not through the plug yet; owned by Read

	saying  turn // one Write of the device at a time
	talking turn // one write to the cable at a time, the fate's own among them
}

// turn is a lock that is held while a cable is written, which may take long: fake time passes while others wait for it,
// as it does not for a mutex.
type turn chan struct{}

func (t turn) take()  { t <- struct{}{} }
func (t turn) leave() { <-t }

// Write says what the device says, up to each byte at which something happens.
func (w *wire) Write(b []byte) (n int, err error) {
	w.saying.take()
	defer w.saying.leave()
	for n < len(b) {
		out, took, err := w.fate.say(w, b[n:])
		if err != nil {
			return n, err
		}
		if err := w.tell(out); err != nil {
			return n, err
		}
		n += took
		w.fate.passed(In, took)
	}
	return n, nil
}

func (w *wire) tell(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	w.talking.take()
	defer w.talking.leave()
	_, err := w.cable.Write(b)
	return err
}

// Read hears what the box sent, up to the byte at which something happens.
func (w *wire) Read(b []byte) (int, error) {
	for len(b) > 0 {
		room, err := w.fate.room(w, len(b))
		if err != nil {
			return 0, err
		}
		n, err := w.take(b[:room])
		if n > 0 {
			n = w.hear(b[:n])
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, nil
}

// take reads what was kept back before it reads the cable.
func (w *wire) take(b []byte) (int, error) {
	if len(w.ahead) == 0 {
		return w.cable.Read(b)
	}
	n := copy(b, w.ahead)
	w.ahead = w.ahead[n:]
	return n, nil
}

// hear is as far as something happens; a script that took over while the cable was read may have less room.
func (w *wire) hear(b []byte) int {
	w.fate.mu.Lock()
	defer w.fate.mu.Unlock()
	if w.dead {
		return 0
	}
	n := w.fate.until(Out, len(b))
	w.ahead = append(append([]byte(nil), b[n:]...), w.ahead...)
	return w.fate.hear(b[:n])
}

// Close lets go of the cable.
func (w *wire) Close() error {
	w.once.Do(func() { close(w.closed) })
	return w.cable.Close()
}

// room waits while the device is stuck, and is then how many bytes may pass before something happens.
func (f *Fate) room(w *wire, most int) (int, error) {
	f.mu.Lock()
	for f.harm.is(stuck) && !w.dead {
		changed := f.changed
		f.mu.Unlock()
		select {
		case <-changed:
		case <-w.closed:
			return 0, port.ErrClosed
		}
		f.mu.Lock()
	}
	defer f.mu.Unlock()
	if w.dead {
		return 0, port.ErrGone
	}
	return f.until(Out, most), nil
}

// until is how many bytes of a direction may pass before something happens.
func (f *Fate) until(w Way, most int) int {
	for _, t := range f.tracks {
		if t.counts(w) {
			most = int(min(int64(most), t.bytes))
		}
	}
	return most
}

func (t *track) counts(w Way) bool {
	return !t.idle && t.acting == nil && t.bytes > 0 && (t.way == Both || t.way == w)
}

// hear spoils in place what the box sent, counts it, and is how many bytes are left of it. With mu held.
func (f *Fate) hear(b []byte) int {
	kept := len(f.spoil(Out, b))
	if f.harm.is(powerOff) || f.harm.is(deaf) {
		kept = 0
	}
	f.pass(Out, len(b))
	return kept
}

// say is what of b reaches the box now, and how many bytes of b that stands for.
func (f *Fate) say(w *wire, b []byte) (out []byte, took int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if w.dead {
		return nil, 0, port.ErrGone
	}
	took = f.until(In, len(b))
	out = f.spoil(In, append([]byte(nil), b[:took]...))
	if f.harm.is(powerOff) || f.harm.is(silence) {
		return nil, took, nil
	}
	if f.harm.is(halfAnswers) || f.harm.is(delayAnswers) || len(f.late) > 0 || f.posting {
		f.postpone(out)
		return nil, took, nil
	}
	return out, took, nil
}

// spoil drops and flips in place.
func (f *Fate) spoil(w Way, b []byte) []byte {
	gone := min(int64(len(b)), f.harm.drops[w])
	f.harm.drops[w] -= gone
	kept := b[:copy(b, b[gone:])]
	for i := range kept {
		if f.harm.flips[w] == 0 {
			break
		}
		f.harm.flips[w]--
		kept[i] ^= 1 << f.random.IntN(8)
	}
	return kept
}

func (f *Fate) passed(w Way, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pass(w, n)
}

// pass counts, and does what was waited for.
func (f *Fate) pass(w Way, n int) {
	f.counted[w] += int64(n)
	now, reached := time.Now(), false
	for _, t := range f.tracks {
		if !t.counts(w) {
			continue
		}
		if t.bytes -= min(t.bytes, int64(n)); t.bytes == 0 {
			t.due, reached = now, true
		}
	}
	if reached {
		f.advance(now)
		f.wake()
	}
}

// parcel is bytes that the box will hear later.
type parcel struct {
	at    time.Time
	said  time.Time // its last byte
	bytes []byte
	half  bool
}

// postpone puts bytes at the end of what waits. An answer is half known only when it is over, so each of its bytes
// moves its time.
func (f *Fate) postpone(b []byte) {
	if len(b) == 0 || f.lateSum+len(b) > lateBytesMax {
		return
	}
	f.lateSum += len(b)
	now := time.Now()
	p := parcel{at: now, said: now, bytes: b, half: f.harm.is(halfAnswers)}
	if f.harm.is(delayAnswers) {
		p.at = p.at.Add(f.harm.delay)
	}
	if p.half {
		p.at = p.at.Add(answerGap)
	}
	if last := len(f.late) - 1; last >= 0 {
		before := &f.late[last]
		if p.half && before.half && now.Sub(before.said) < answerGap {
			before.bytes, before.at, before.said = append(before.bytes, b...), p.at, now
			f.wake()
			return
		}
		if p.at.Before(before.at) {
			p.at = before.at
		}
	}
	f.late = append(f.late, p)
	f.wake()
}

// post sends the first of what waits on its way.
func (f *Fate) post() {
	p, w := f.late[0], f.live
	f.late, f.lateSum, f.posting = f.late[1:], f.lateSum-len(f.late[0].bytes), true
	if p.half {
		p.bytes = p.bytes[:len(p.bytes)/2]
	}
	f.talk = append(f.talk, func() {
		w.tell(p.bytes) // into a cable that was pulled meanwhile: lost, as it should be
		f.mu.Lock()
		defer f.mu.Unlock()
		f.posting = false
		f.wake()
	})
}

// babble says random bytes, in pieces, as long as there is a cable; then the line of the script is over.
func (f *Fate) babble(n int64, t *track) {
	for n > 0 {
		f.mu.Lock()
		w := f.live
		b := make([]byte, min(n, babbleChunk))
		for i := range b {
			b[i] = byte(f.random.Uint32())
		}
		dead := w == nil || w.dead || t.gone
		f.mu.Unlock()
		if dead || w.tell(b) != nil {
			break
		}
		n -= int64(len(b))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !t.gone {
		f.lineOver(t, time.Now())
	}
	f.advance(time.Now())
	f.wake()
}
