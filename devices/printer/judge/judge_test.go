package judge

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"io"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// node runs one of our scripts. Without the judges there is no verdict, so the test fails.
func node(t *testing.T, in []byte, script string, args ...string) []byte {
	t.Helper()
	if _, err := os.Stat("node_modules/npos"); err != nil {
		t.Fatalf("the judges are not installed: run `make setup-judges` (%v)", err)
	}
	var complaint bytes.Buffer
	c := exec.Command("node", append([]string{"--no-deprecation", script}, args...)...)
	c.Stdin, c.Stderr = bytes.NewReader(in), &complaint
	out, err := c.Output()
	if err != nil {
		t.Fatalf("node %s %q: %v; run `make setup-judges` if a package or node itself is missing\n%s", script, args, err, &complaint)
	}
	return out
}

// verdict is what npos made of a job.
type verdict struct {
	Commands []string `json:"commands"`
	PNG      []byte   `json:"png"`
}

// A slip that the driver sends is, to npos, exactly the picture that went in, whatever the width and the blocks.
func TestOurRasterIsTheirPicture(t *testing.T) {
	for _, c := range []struct{ dots, rows int }{{384, 64}, {512, 128}, {576, 128}, {576, 100}} {
		p := model(profile.ImageGSv0, c.dots, c.rows)
		want := picture(t, c.dots)
		pieces := sent(t, p, want)
		var v verdict
		if err := json.Unmarshal(node(t, bytes.Join(pictures(pieces), nil), "decode.js"), &v); err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(v.PNG))
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dx() != want.Width || b.Dy() != want.Height {
			t.Fatalf("%d dots: npos sees %v", c.dots, b)
		}
		differ := 0
		for y := range want.Height {
			for x := range want.Width {
				r, _, _, _ := img.At(x, y).RGBA()
				if (r == 0) != want.Black(x, y) {
					differ++
				}
			}
		}
		if differ > 0 {
			t.Errorf("%d dots: %d of %d pixels differ", c.dots, differ, want.Width*want.Height)
		}
	}
}

// npos reads the pictures of each command, and the head and the tail of a slip, as the commands that they are.
func TestOurCommandsAreTheirCommands(t *testing.T) {
	for command, want := range map[string]string{
		profile.ImageGSv0:     "ESC@ FS. GSa GSv0 GSv0 ESCJ GSV GSr GSr",
		profile.ImageGSParenL: "ESC@ FS. GSa GS(L GS(L GS(L GS(L ESCJ GSV GSr GSr",
		profile.ImageESCStar:  "ESC@ FS. GSa ESC3 ESC* ESC* ESC* ESC* ESC* ESC* ESC* ESC* ESCJ GSV GSr GSr",
	} {
		p := model(command, 576, 96)
		pieces := sent(t, p, blank(576, 192))
		var v verdict
		if err := json.Unmarshal(node(t, bytes.Join(pieces, nil), "decode.js"), &v); err != nil {
			t.Fatal(err)
		}
		got := slices.DeleteFunc(v.Commands, func(c string) bool { return c == "STX" }) // line feeds, to npos
		if diff := cmp.Diff(strings.Fields(want), got); diff != "" {
			t.Errorf("%s (-want +npos):\n%s", command, diff)
		}
	}
}

// Receipts that we did not write run through our simulator: it knows every command, counts as many characters as the
// receipt has, cuts where it is told, and still answers in step afterwards.
func TestTheirReceiptsOnOurPrinter(t *testing.T) {
	const (
		receiptline = len("Registration centre") + len("Hall 2") + 48 + len("B042") + len("underlined") + len("inverse") + len("bold")
		encoder     = 20 + len("B042") + len("Token") + 48 // B042 in double width is centred with 20 blanks
	)
	for _, c := range []struct {
		maker, dialect string
		text           int // characters, blanks and rules among them
	}{
		{"receiptline", "escpos", receiptline},
		{"receiptline", "epson", receiptline},
		{"receiptline", "generic", receiptline},
		{"receiptline", "citizen", receiptline},
		{"receiptline", "sii", receiptline},
		{"encoder", "epson-tm-t20iii", encoder},
		{"encoder", "bixolon-srp350iii", encoder},
		{"encoder", "pos-8360", encoder},
	} {
		t.Run(c.maker+" "+c.dialect, func(t *testing.T) {
			pages, unknown := run(t, node(t, nil, "compose.js", c.maker, c.dialect))
			if len(unknown) > 0 {
				t.Errorf("commands the simulator does not know: %x", unknown)
			}
			if len(pages) == 0 {
				t.Fatal("no page was cut")
			}
			if pages[0].Text != c.text || !pages[0].Inked() {
				t.Errorf("%d characters, inked %v; want %d", pages[0].Text, pages[0].Inked(), c.text)
			}
		})
	}
}

func model(command string, dots, rows int) profile.Printer {
	return profile.Printer{
		Model: "judged", Class: "printer", WidthDots: dots, DPI: 203, Image: profile.Image{Command: command, RowsPerBlock: rows},
		Cutter: profile.CutPartial, FeedBeforeCut: 96, Status: profile.StatusASB, Clear: profile.ClearDLEDC4, KanjiOff: true,
		Line: profile.Line{Baud: 115200},
	}
}

// picture is a real slip.
func picture(t *testing.T, dots int) *slip.Bitmap {
	t.Helper()
	c, err := slip.NewComposer()
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.Compose(slip.Doc{Blocks: []slip.Block{
		slip.Text{Text: "ون ونڈو مرکز، اسلام آباد", Size: 48, Bold: true},
		slip.Gap(10), slip.Rule{Thick: 3}, slip.Gap(10),
		slip.Row{Left: slip.Text{Text: "Your number", Size: 28}, Right: slip.Text{Text: "آپ کا نمبر", Size: 46}},
		slip.Text{Text: "B042", Size: 240, Bold: true, Fit: true},
		slip.QR{Data: "HTTP://10.1.0.1:8080/T/K5QXG43UOVZGKZDT", Module: 4, Beside: slip.Text{Text: "Your turn on your phone", Size: 30}},
	}}, dots)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func blank(dots, rows int) *slip.Bitmap {
	b := slip.NewBitmap(dots, rows)
	for y := range rows {
		b.Set(y%dots, y)
	}
	return b
}

// sent is what the driver writes for one slip, questions about the state left out.
func sent(t *testing.T, p profile.Printer, b *slip.Bitmap) [][]byte {
	t.Helper()
	sim := printer.SimOf(p)
	sim.Speed = math.Inf(1)
	tape := &tape{sim: sim}
	d := &printer.Driver{Port: tape, Profile: p}
	ctx, cancel := context.WithCancel(t.Context())
	var parts sync.WaitGroup
	parts.Go(func() { sim.Run(ctx) })
	parts.Go(func() { d.Run(ctx) })
	defer parts.Wait()
	defer cancel()
	for d.State().Ready() != nil {
		time.Sleep(time.Millisecond)
	}
	for d.Print(ctx, blank(p.WidthDots, 1)) != nil {
		time.Sleep(time.Millisecond)
	}
	tape.rewind()
	if err := d.Print(ctx, b); err != nil {
		t.Fatal(err)
	}
	return tape.slip()
}

// pictures is the pieces that are GS v 0.
func pictures(pieces [][]byte) (out [][]byte) {
	for _, p := range pieces {
		if bytes.HasPrefix(p, []byte("\x1dv0")) {
			out = append(out, p)
		}
	}
	return out
}

// tape records what is written to a simulator.
type tape struct {
	sim *printer.Sim

	mu     sync.Mutex
	writes [][]byte
}

func (r *tape) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	c, err := r.sim.Open(ctx)
	return taped{c, r}, err
}

func (r *tape) rewind() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writes = nil
}

// slip is all writes from ESC @ on, without DLE EOT and without the proof that is asked a second time.
func (r *tape) slip() [][]byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	isQuestion := func(b []byte) bool { return bytes.HasPrefix(b, []byte{0x10, 0x04}) }
	out := slices.DeleteFunc(slices.Clone(r.writes), isQuestion)
	return out[:len(out)-1]
}

type taped struct {
	io.ReadWriteCloser
	tape *tape
}

func (c taped) Write(b []byte) (int, error) {
	c.tape.mu.Lock()
	c.tape.writes = append(c.tape.writes, bytes.Clone(b))
	c.tape.mu.Unlock()
	return c.ReadWriteCloser.Write(b)
}

// run prints a job and waits for the answer to a question behind it.
func run(t *testing.T, job []byte) (pages []printer.Page, unknown [][]byte) {
	t.Helper()
	sim := &printer.Sim{Cutter: true, Speed: math.Inf(1), OnPage: func(p printer.Page) { pages = append(pages, p) }}
	ctx, cancel := context.WithCancel(t.Context())
	var parts sync.WaitGroup
	parts.Go(func() { sim.Run(ctx) })
	wire, err := sim.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	asks := bytes.Count(job, []byte("\x1dr")) // receiptline ends with a question of its own
	if _, err := wire.Write(append(slices.Clone(job), 0x1d, 'r', 1)); err != nil {
		t.Fatal(err)
	}
	for got, deadline := 0, time.Now().Add(time.Minute); got <= asks; {
		n, _ := wire.Read(make([]byte, 64))
		if got += n; time.Now().After(deadline) {
			t.Fatal("the simulator does not answer behind the receipt: it has lost step")
		}
	}
	wire.Close()
	cancel()
	parts.Wait()
	return pages, sim.Unknown()
}
