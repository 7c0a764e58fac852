package printer

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/bits"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
)

var commands = []string{profile.ImageGSv0, profile.ImageGSParenL, profile.ImageESCStar}

// speaking is a model of some width that speaks one picture command.
func speaking(command string, dots int) profile.Printer {
	p := model()
	p.WidthDots, p.Image = dots, profile.Image{Command: command, RowsPerBlock: 48}
	return p
}

// The bytes are those of the command manuals, written out by hand.
func TestPictureBytes(t *testing.T) {
	b := slip.NewBitmap(256, 2)
	b.Set(0, 0)
	b.Set(255, 1)
	white := func(n int) []byte { return make([]byte, n) }
	column := func(b ...byte) []byte { return append(b, white(3*254)...) }
	for command, want := range map[string][][]byte{
		profile.ImageGSv0:     {{0x1d, 0x76, 0x30, 0x00, 0x20, 0x00, 0x02, 0x00, 0x80}, white(62), {0x01}},
		profile.ImageGSParenL: {{0x1d, 0x28, 0x4c, 0x4a, 0x00, 0x30, 0x70, 0x30, 1, 1, 0x31, 0x00, 0x01, 0x02, 0x00, 0x80}, white(62), {0x01}, {0x1d, 0x28, 0x4c, 0x02, 0x00, 0x30, 0x32}},
		profile.ImageESCStar:  {{0x1b, 0x2a, 0x21, 0x00, 0x01}, column(0x80, 0, 0), {0x40, 0, 0}, {0x0a}},
	} {
		if diff := cmp.Diff(bytes.Join(want, nil), block(command, b, 0, 2)); diff != "" {
			t.Errorf("%s:\n%s", command, diff)
		}
	}
	p := speaking(profile.ImageESCStar, 256)
	if head := prologue(p); !bytes.HasSuffix(head, []byte{0x1b, 0x33, 0x18}) {
		t.Errorf("strips need a line feed of 24 dots: % x", head)
	}
}

// golden is the dots of one picture of each width, so that all commands cannot change together unseen.
var golden = map[int]string{
	384: "c28c4c44f7c0670d",
	512: "2e437a0c63d3c7fe",
	576: "c35ebc3fbee30b0e",
}

// One slip gives the same dots by all three commands; only the last strip of ESC * is filled up with white.
func TestSameDotsByEveryCommand(t *testing.T) {
	for dots, want := range golden {
		for _, command := range commands {
			t.Run(fmt.Sprintf("%s %d", command, dots), func(t *testing.T) {
				inBubble(t, speaking(command, dots), func(t *testing.T, r *rig) {
					r.ready()
					b := picture(dots, 509, 11)
					if err := r.d.Print(t.Context(), b); err != nil {
						t.Fatal(err)
					}
					pages := r.pages()
					last := pages[len(pages)-1]
					if !shows(last, b) {
						t.Fatal("the paper differs from the picture")
					}
					sum := sha256.Sum256(last.Bitmap.Bits[:len(b.Bits)])
					if got := fmt.Sprintf("%x", sum[:8]); got != want {
						t.Errorf("dots %s, want %s", got, want)
					}
					if u := r.sim.Unknown(); len(u) > 0 {
						t.Errorf("the simulator was sent %x", u)
					}
				})
			})
		}
	}
}

// Whatever the picture and however it is cut into blocks, what comes off the paper is what went in.
func TestPicturesSurvive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := speaking(rapid.SampledFrom(commands).Draw(rt, "command"), 8*rapid.IntRange(4, 128).Draw(rt, "bytes"))
		p.Image.RowsPerBlock = profile.StripRows * rapid.IntRange(1, 5).Draw(rt, "strips")
		b := slip.NewBitmap(p.WidthDots, rapid.IntRange(1, 200).Draw(rt, "rows"))
		copy(b.Bits, rapid.SliceOfN(rapid.Byte(), 0, len(b.Bits)).Draw(rt, "dots"))
		onBench(t, &Sim{Width: p.WidthDots, Cutter: true}, func(bench *bench) {
			bench.send(bytes.Join(encode(p, b), nil)...)
			if pages := bench.pages(); len(pages) != 1 || !survives(pages[0], p, b) {
				rt.Errorf("%d pages, or other dots", len(pages))
			}
		})
	})
}

// survives says that a page shows a slip, but for the dots that were taken out of commands in it.
func survives(page Page, p profile.Printer, b *slip.Bitmap) bool {
	if shows(page, b) {
		return true
	}
	taken := 0
	for y := 0; y < b.Height; y += p.Image.RowsPerBlock {
		taken += 3 * bytes.Count(drawn(p.Image.Command, b, y, min(y+p.Image.RowsPerBlock, b.Height)), actAtOnce)
	}
	less := slip.NewBitmap(b.Width, b.Height)
	for i := range b.Bits {
		less.Bits[i] = b.Bits[i] & page.Bitmap.Bits[i]
		taken -= bits.OnesCount8(b.Bits[i] &^ less.Bits[i])
	}
	return taken >= 0 && shows(page, less)
}

// A picture may hold what is a command wherever it stands. The control is the same picture as it was drawn.
func TestCommandsInAPicture(t *testing.T) {
	for _, command := range commands {
		for name, act := range map[string][]byte{"clear": clearDLEDC4, "drawer": {dle, dc4, 1, 0, 1}} {
			p := speaking(command, 256)
			b := planted(command, act)
			onBench(t, &Sim{Width: 256, Cutter: true}, func(bench *bench) {
				bench.send(bytes.Join(encode(p, b), nil)...)
				if pages := bench.pages(); len(pages) != 1 || !survives(pages[0], p, b) || bench.s.Drawer() != 0 {
					t.Errorf("%s in %s: %d pages or other dots, the drawer was opened %d times", name, command, len(pages), bench.s.Drawer())
				}
			})
			onBench(t, &Sim{Width: 256, Cutter: true}, func(control *bench) {
				go discard(control)
				control.send(bytes.Join([][]byte{prologue(p), drawn(command, b, 0, b.Height), epilogue(p)}, nil)...)
				if pages := control.pages(); len(pages) == 1 && shows(pages[0], b) && control.s.Drawer() == 0 {
					t.Errorf("%s in %s: nothing is obeyed that was not taken out; the test proves nothing", name, command)
				}
			})
		}
	}
}

// planted is a picture of 24 rows in whose drawing the bytes stand.
func planted(command string, act []byte) *slip.Bitmap {
	b := slip.NewBitmap(256, profile.StripRows)
	if command != profile.ImageESCStar {
		copy(b.Bits, act)
		return b
	}
	for i, eight := range act { // three bytes are a column
		for row := range 8 {
			if eight&(0x80>>row) != 0 {
				x, y := i/3, i%3*8+row
				b.Bits[y*b.Stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return b
}

// The promise of the package, that no picture broken off anywhere spoils the next, holds for every command.
func TestHalfAPictureOfEveryCommand(t *testing.T) {
	for _, command := range commands {
		p := speaking(command, 256)
		p.Image.RowsPerBlock = profile.StripRows
		whole := block(command, picture(256, 24, 3), 0, 24)
		for n := 0; n < len(whole); n += 1 + n/16 {
			leaveHalf(t, p, whole[:n])
		}
	}
}

func FuzzBlock(f *testing.F) {
	f.Add(uint8(0), uint8(3), []byte{0x10, 0x04, 0x01})
	f.Add(uint8(1), uint8(30), bytes.Repeat([]byte{0x1d, 'V', 0}, 40))
	f.Add(uint8(2), uint8(25), []byte{0xff})
	f.Fuzz(func(t *testing.T, which, rows uint8, dots []byte) {
		p := speaking(commands[int(which)%len(commands)], 256)
		b := slip.NewBitmap(256, int(rows)+1)
		copy(b.Bits, dots)
		onBench(t, &Sim{Width: 256, Cutter: true}, func(bench *bench) {
			go discard(bench)
			bench.send(bytes.Join(encode(p, b), nil)...)
			if pages := bench.pages(); len(pages) != 1 || !survives(pages[0], p, b) {
				t.Errorf("%d pages, or other dots", len(pages))
			}
		})
	})
}
