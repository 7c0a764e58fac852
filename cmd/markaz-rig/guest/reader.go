package guest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"

	"markaz.example/devices/finger"
	"markaz.example/devices/finger/synth"
	"markaz.example/devices/finger/uru"
)

// reader lets the distribution's libfprint, which nobody of this project wrote, take a finger.
func reader(ctx context.Context, j *judge) {
	o, sim := newReader()
	stop := parts(ctx, o.Run)
	defer stop()
	j.check(ctx, "the kernel sees the fingerprint reader", func(ctx context.Context) (string, error) {
		o.Plug(true)
		path, err := awaitDevice(ctx, readerID, "")
		return "at " + path, err
	})
	j.check(ctx, "libfprint takes the finger", func(ctx context.Context) (string, error) {
		pressed := press(ctx, sim)
		return judged(ctx, pressed)
	})
	o.Plug(false)
	j.check(ctx, "reader unplugged", func(ctx context.Context) (string, error) { return "gone", awaitGone(ctx, readerID) })
}

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

// judged compares libfprint's picture with what was pressed, pixel by pixel.
func judged(ctx context.Context, pressed finger.Picture) (string, error) {
	const file = "/tmp/finger.pgm"
	said, err := exec.CommandContext(ctx, "/bin/fpcap", file).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, bytes.TrimSpace(said))
	}
	got, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	pixels, ok := bytes.CutPrefix(got, blankRow(pressed))
	if !ok {
		return "", fmt.Errorf("picture begins %.20q", got)
	}
	differ := 0
	for i, want := range pressed.Pix {
		if i >= len(pixels) || pixels[i] != want {
			differ++
		}
	}
	if differ > 0 {
		return "", fmt.Errorf("%d of %d pixels differ; %s", differ, len(pressed.Pix), bytes.TrimSpace(said))
	}
	return fmt.Sprintf("%s; %d pixels equal", bytes.TrimSpace(said), len(pixels)), nil
}
