package uru

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"markaz.example/devices/finger"
	"markaz.example/devices/finger/synth"
	"pgregory.net/rapid"
)

func glass(seed int64, how synth.How) finger.Picture {
	return synth.New(seed).Picture(synth.Shape{Width: rowBytes, Height: rowsMax, DPI: dpi}, 1, how)
}

// What the scrambler hides it clears, but for the last byte, and both leave the same key behind.
func TestScramblerClearsWhatItHides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := scrambler(rapid.Uint32().Draw(t, "key"))
		want := rapid.SliceOfN(rapid.Byte(), 1, 2000).Draw(t, "bytes")
		got := bytes.Clone(want)
		after := key.hide(got)
		if again := key.clear(got); again != after || key.skip(len(got)) != after {
			t.Fatalf("keys %08x %08x %08x", after, again, key.skip(len(got)))
		}
		want[len(want)-1] = 0
		if !bytes.Equal(got, want) {
			t.Fatal("bytes differ")
		}
	})
}

// The shift register is written down bit by bit, as the description of the reader has it: taps at 1 3 4 7 11 13 20 23 26
// 29 32, counted from 1 at the lowest bit.
func TestScramblerStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.Uint32().Draw(t, "key")
		var top uint32
		for _, tap := range []int{1, 3, 4, 7, 11, 13, 20, 23, 26, 29, 32} {
			top ^= key >> (tap - 1) & 1
		}
		if got, want := uint32(scrambler(key).step()), key>>1|top<<31; got != want {
			t.Fatalf("step of %08x is %08x, want %08x", key, got, want)
		}
	})
}

func TestScrambledIsTold(t *testing.T) {
	for _, c := range []struct {
		scrambled bool
		finger    bool
	}{{false, false}, {false, true}, {true, false}, {true, true}} {
		s := &Sim{Scrambled: c.scrambled}
		s.init()
		if c.finger {
			s.PressSynth(3, 1, synth.Good)
		}
		r, err := parse(s.transfer())
		if err != nil {
			t.Fatal(err)
		}
		if got := r.scrambled(); got != c.scrambled {
			t.Errorf("scrambled %v, finger %v: told %v", c.scrambled, c.finger, got)
		}
	}
}

func TestBrokenTransfers(t *testing.T) {
	s := &Sim{}
	s.init()
	whole := s.transfer()
	with := func(change func(b []byte)) []byte {
		b := bytes.Clone(whole)
		change(b)
		return b
	}
	for name, b := range map[string][]byte{
		"nothing":       nil,
		"head alone":    whole[:headerBytes],
		"a byte short":  whole[:len(whole)-1],
		"no rows":       with(func(b []byte) { b[rowsAt], b[rowsAt+1] = 0, 0 }),
		"too many rows": with(func(b []byte) { binary.LittleEndian.PutUint16(b[rowsAt:], rowsMax+1) }),
		"no blocks":     with(func(b []byte) { clear(b[blocksAt:headerBytes]) }),
		"all absent": with(func(b []byte) {
			for i := range blocksMax {
				b[blocksAt+2*i] |= blockAbsent
			}
		}),
	} {
		if _, err := parse(b); !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := parse(whole); err != nil {
		t.Errorf("a whole one: %v", err)
	}
}

// Absent bands are blank and everything else keeps its place.
func TestAbsentBlocks(t *testing.T) {
	want := glass(5, synth.Good)
	head := make([]byte, headerBytes)
	binary.LittleEndian.PutUint16(head[rowsAt:], 200)
	copy(head[blocksAt:], []byte{blockAbsent, 50, 0, 100, blockAbsent, 39, 0, 100})
	turned := make([]byte, len(want.Pix))
	turn(turned, 0, want.Pix)
	sent := append(bytes.Clone(turned[50*rowBytes:150*rowBytes]), turned[189*rowBytes:]...)
	r, err := parse(append(head, sent...))
	if err != nil {
		t.Fatal(err)
	}
	blank(want.Pix, 0, 50*rowBytes)
	blank(want.Pix, 150*rowBytes, 39*rowBytes)
	if got := r.picture(); !bytes.Equal(got.Pix, want.Pix) {
		t.Error("pixels differ")
	}
}

func TestGood(t *testing.T) {
	s := &session{quality: qualityDefault}
	for _, c := range []struct {
		how  synth.How
		want error
	}{{synth.Good, nil}, {synth.Wet, finger.ErrMessy}, {synth.Small, finger.ErrSmall}, {synth.Empty, finger.ErrSmall}} {
		for seed := range int64(4) {
			p := glass(seed, c.how)
			q := finger.Quality(p)
			if err := s.good(finger.Capture{Quality: q, Picture: &p}); !errors.Is(err, c.want) || c.want == nil && err != nil {
				t.Errorf("how %d, seed %d, quality %d, %+v: %v", c.how, seed, q, lookAt(p), err)
			}
		}
	}
	strict := &session{quality: 101}
	p := glass(1, synth.Good)
	if err := strict.good(finger.Capture{Quality: finger.Quality(p), Picture: &p}); !errors.Is(err, finger.ErrPoor) {
		t.Errorf("a good picture that is not good enough: %v", err)
	}
}

// Whatever a transfer holds, the decoder keeps to its bounds and gives a whole picture or errBroken.
func FuzzTransfer(f *testing.F) {
	for _, s := range []*Sim{{}, {Scrambled: true}} {
		s.init()
		s.PressSynth(1, 1, synth.Good)
		b := s.transfer()
		f.Add(b[:headerBytes], uint32(1))
		f.Add(b[:headerBytes+3*rowBytes], uint32(2))
	}
	f.Fuzz(func(t *testing.T, b []byte, secret uint32) {
		if len(b) >= headerBytes { // the fuzzer changes heads; rows come from the last byte
			rows := int(binary.LittleEndian.Uint16(b[rowsAt:])) % (rowsMax + 2)
			for len(b) < headerBytes+rows*rowBytes {
				b = append(b, b[len(b)-1]^byte(len(b)))
			}
		}
		r, err := parse(b)
		if err != nil {
			if !errors.Is(err, errBroken) {
				t.Fatal(err)
			}
			return
		}
		r.scrambled()
		asked := 0
		if err := r.unscramble(func(n byte) (scrambler, error) { asked++; return scrambler(secret ^ uint32(n)), nil }); err != nil {
			t.Fatal(err)
		}
		if asked > 1+blocksMax {
			t.Fatalf("asked for %d keys", asked)
		}
		if p := r.picture(); len(p.Pix) != rowBytes*rowsMax || p.Width != rowBytes || p.Height != rowsMax {
			t.Fatalf("picture of %d by %d in %d bytes", p.Width, p.Height, len(p.Pix))
		}
	})
}

func FuzzEvent(f *testing.F) {
	f.Add(encodeEvent(eventOn))
	f.Add([]byte{0x56})
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, ok := decodeEvent(b); ok && !bytes.Equal(encodeEvent(e)[:2], b[:2]) {
			t.Errorf("%x became %04x", b[:2], e)
		}
	})
}
