package guest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"markaz.example/devices/finger"
	"markaz.example/devices/finger/synth"
	"markaz.example/devices/finger/uru"
)

// reader lets the distribution's libfprint, which nobody of this project wrote, take fingers: one from a reader that sends
// its pictures clear, one from a reader that scrambles them.
func reader(ctx context.Context, j *judge) {
	for _, r := range []struct {
		name      string
		scrambled bool
		lost      int
	}{{"clear", false, 0}, {"scrambled", true, lostPixels}} {
		o, sim := newReader(r.scrambled)
		stop := parts(ctx, o.Run)
		j.check(ctx, "the kernel sees the fingerprint reader", func(ctx context.Context) (string, error) {
			o.Plug(true)
			path, err := awaitDevice(ctx, readerID, "")
			return "at " + path, err
		})
		j.check(ctx, "libfprint takes a finger, "+r.name, func(ctx context.Context) (string, error) {
			return judged(ctx, press(ctx, sim), r.lost)
		})
		j.check(ctx, "control: it is not taken for another finger's", func(context.Context) (string, error) {
			other := synth.New(2).Picture(synth.Shape{Width: 384, Height: 289, DPI: 500}, 1, synth.Good)
			pixels, err := witnessed(other)
			if err != nil {
				return "", err
			}
			if _, err = compare(pixels, other.Pix, r.lost); err == nil {
				return "", errors.New("the pictures of two fingers pass for equal")
			}
			return err.Error(), nil
		})
		o.Plug(false)
		j.check(ctx, "reader unplugged", func(ctx context.Context) (string, error) { return "gone", awaitGone(ctx, readerID) })
		stop()
	}
}

// lostPixels are those of the simulated reader's scrambled picture that no host can get back: the scrambling moves every
// byte of a block by one, and the last of each of its four scrambled blocks falls out.
const lostPixels = 4

// press puts a finger on the glass, and takes it off once its picture was taken: a reader asks for that too.
func press(ctx context.Context, sim *uru.Sim) finger.Picture {
	taken := sim.Taken()
	pressed := sim.PressSynth(1, 1, synth.Good)
	go func() {
		_ = await(ctx, "a picture", func() (bool, string) { return sim.Taken() > taken, "" })
		sim.Lift()
	}()
	return pressed
}

// blankRow is how libfprint's file begins: it makes every picture 290 rows high, one more than the sensor has, and the row
// that never came is white and the first.
func blankRow(pressed finger.Picture) []byte {
	head := fmt.Appendf(nil, "P5\n%d %d\n255\n", pressed.Width, pressed.Height+1)
	return append(head, bytes.Repeat([]byte{0xff}, pressed.Width)...)
}

// witness is where libfprint's newest picture lies.
const witness = "/run/finger.pgm"

// judged compares libfprint's picture with what was pressed, pixel by pixel.
func judged(ctx context.Context, pressed finger.Picture, lost int) (string, error) {
	said, err := exec.CommandContext(ctx, "/bin/fpcap", witness).CombinedOutput()
	said = bytes.TrimSpace(said)
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, said)
	}
	pixels, err := witnessed(pressed)
	if err != nil {
		return "", err
	}
	seen, err := compare(pixels, pressed.Pix, lost)
	return string(said) + "; " + seen, err
}

// witnessed reads libfprint's picture of a finger.
func witnessed(pressed finger.Picture) ([]byte, error) {
	got, err := os.ReadFile(witness)
	if err != nil {
		return nil, err
	}
	pixels, ok := bytes.CutPrefix(got, blankRow(pressed))
	if !ok {
		return nil, fmt.Errorf("libfprint's picture begins %.20q", got)
	}
	return pixels, nil
}

// compare counts the pixels that differ.
func compare(got, want []byte, most int) (string, error) {
	if len(got) != len(want) {
		return "", fmt.Errorf("%d pixels, want %d", len(got), len(want))
	}
	differ := 0
	for i := range want {
		if got[i] != want[i] {
			differ++
		}
	}
	if differ > most {
		return "", fmt.Errorf("%d of %d pixels differ", differ, len(want))
	}
	return fmt.Sprintf("%d of %d pixels equal", len(want)-differ, len(want)), nil
}
