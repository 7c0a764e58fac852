package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
	"markaz.example/edge/box"
	"markaz.example/edge/chain"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// silence is what the printer's driver waits for by design before it believes a confirmation: twice 20 ms.
const silence = 40 * time.Millisecond

// slipTimes measures a press at the kiosk of a whole box, over HTTP, to the slip that its printer confirmed and the
// ledger recorded, then its parts alone. The printer is simulated at the far end of a pseudo-terminal, without pacing.
// The limit is the bytes of that very slip written to the same printer and its last answer read: no decision, no
// picture, no commit, no proof.
func slipTimes(b *bench) ([]row, error) {
	dir := filepath.Join(b.dir, "slip")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	whole, paper, err := pressAll(dir, b.tokens)
	if err != nil {
		return nil, err
	}
	decision, err := askAll(dir, b.tokens)
	if err != nil {
		return nil, err
	}
	compose, allocations, err := composeAll(b.tokens)
	if err != nil {
		return nil, err
	}
	line, err := printAll(dir, paper, b.tokens)
	if err != nil {
		return nil, err
	}
	limit, err := replayAll(paper, b.tokens)
	if err != nil {
		return nil, err
	}
	against := func(s samples) (string, float64) {
		return "its bytes to the same simulator, answer read: " + spread(limit), limit.median() / s.median()
	}
	rows := []row{
		{what: "token, press at the kiosk to confirmed slip", ours: spread(whole)},
		{what: "of it: the number (decision, commit)", ours: spread(decision)},
		{what: "of it: the picture composed", ours: fmt.Sprintf("%s, %d allocations", spread(compose), allocations), goal: "5 ms"},
		{what: fmt.Sprintf("of it: encoded, sent, proved (of it %d ms silence by design)", silence.Milliseconds()), ours: spread(line)},
	}
	rows[0].limit, rows[0].ratio = against(whole)
	rows[3].limit, rows[3].ratio = against(line)
	return rows, nil
}

// spread is the median and the 99th percentile of milliseconds.
func spread(s samples) string {
	return fmt.Sprintf("p50 %.1f ms, p99 %.1f ms", s.median(), s.percentile(99))
}

// askAll takes the decision alone, on a ledger of its own.
func askAll(dir string, tokens int) (took samples, err error) {
	file := filepath.Join(dir, "ask.db")
	if err := ledger.Create(file, chain.Incarnation{Centre: centreCode}); err != nil {
		return nil, err
	}
	l, err := ledger.Open(file, ledger.Options{Books: box.Books(), Software: "bench"})
	if err != nil {
		return nil, err
	}
	stop := together(l.Run)
	floor := desk.Floor{Ledger: l, Catalogue: desk.Catalogue{Services: []desk.Service{{Code: "kafaalat", Letter: "K"}}}, Rand: rand.Reader}
	for range tokens {
		d, err := timed(func() error {
			_, err := floor.Ask(context.Background(), desk.Asking{Actor: "kiosk/1", Services: []id.Service{"kafaalat"}, Lang: "ur"})
			return err
		})
		if err != nil {
			return nil, errors.Join(err, stop(), l.Close())
		}
		took = append(took, d.Seconds()*1e3)
	}
	return took, errors.Join(stop(), l.Close())
}

// composeAll draws a slip with the lines of a real one, and counts what one of them allocates.
func composeAll(tokens int) (took samples, allocations uint64, err error) {
	c, err := slip.NewComposer()
	if err != nil {
		return nil, 0, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range tokens {
		doc := slipDoc(fmt.Sprintf("K%03d", 1+i%999))
		d, err := timed(func() error { _, err := c.Compose(doc, paperDots); return err })
		if err != nil {
			return nil, 0, err
		}
		took = append(took, d.Seconds()*1e3)
	}
	runtime.ReadMemStats(&after)
	return took, (after.Mallocs - before.Mallocs) / uint64(tokens), nil
}

// printAll prints one picture through the driver, on a line of its own.
func printAll(dir string, picture *slip.Bitmap, tokens int) (took samples, err error) {
	p, err := profile.LoadPrinter(filepath.Join(dir, "sim.toml"))
	if err != nil {
		return nil, err
	}
	line, sim, err := openSim()
	if err != nil {
		return nil, err
	}
	d := &printer.Driver{Port: port.Serial{Path: line.Name(), Baud: p.Line.Baud}, Profile: p}
	stop := together(sim.Run, func(ctx context.Context) error { return sim.Serve(ctx, line) }, d.Run)
	defer stop()
	for tries := 0; d.Print(context.Background(), picture) != nil; tries++ {
		if tries == asksMax {
			return nil, errors.New("the printer never came up")
		}
		time.Sleep(askEvery)
	}
	for range tokens {
		took1, err := timed(func() error { return d.Print(context.Background(), picture) })
		if err != nil {
			return nil, err
		}
		took = append(took, took1.Seconds()*1e3)
	}
	return took, nil
}

func openSim() (*port.PTY, *printer.Sim, error) {
	line, err := port.NewPTY("")
	sim := &printer.Sim{Cutter: true, Speed: math.Inf(1)}
	sim.SetPaper(math.Inf(1))
	return line, sim, err
}

// replayAll writes a slip plainly and reads until its question is answered.
func replayAll(picture *slip.Bitmap, tokens int) (took samples, err error) {
	line, sim, err := openSim()
	if err != nil {
		return nil, err
	}
	stop := together(sim.Run, func(ctx context.Context) error { return sim.Serve(ctx, line) })
	defer stop()
	wire, err := port.Serial{Path: line.Name(), Baud: 115200}.Open(context.Background())
	if err != nil {
		return nil, err
	}
	defer wire.Close()
	bytes, answers := plainSlip(picture)
	for range tokens {
		d, err := timed(func() error { return replay(wire, bytes, answers) })
		if err != nil {
			return nil, err
		}
		took = append(took, d.Seconds()*1e3)
	}
	return took, nil
}

// plainSlip is the least that prints a picture and tells when it is out: ESC @, one GS v 0 for every 128 rows, ESC J and
// GS V 1, and GS r 1, which is answered from behind all of that with one byte. A picture that holds DLE EOT by chance
// brings an answer to that too.
func plainSlip(b *slip.Bitmap) (out []byte, answers int) {
	const rows = 128
	out = []byte{0x1b, '@'}
	for y := 0; y < b.Height; y += rows {
		n := min(rows, b.Height-y)
		out = append(out, 0x1d, 'v', '0', 0, byte(b.Stride), byte(b.Stride>>8), byte(n), byte(n>>8))
		out = append(out, b.Bits[y*b.Stride:(y+n)*b.Stride]...)
	}
	out = append(out, 0x1b, 'J', 96, 0x1d, 'V', 1, 0x1d, 'r', 1)
	answers = 1
	for n := byte(1); n <= 4; n++ {
		answers += bytes.Count(out, []byte{0x10, 0x04, n})
	}
	return out, answers
}

func replay(wire io.ReadWriter, bytes []byte, answers int) error {
	if _, err := wire.Write(bytes); err != nil {
		return err
	}
	buffer := make([]byte, 64)
	for answers > 0 {
		n, err := wire.Read(buffer)
		if err != nil && !errors.Is(err, port.ErrQuiet) {
			return err
		}
		answers -= n
	}
	return nil
}
