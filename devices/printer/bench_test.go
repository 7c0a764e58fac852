package printer

import (
	"context"
	"math"
	"sync"
	"testing"

	"markaz.example/devices/port"
	"markaz.example/devices/profile"
)

func BenchmarkEncode(b *testing.B) {
	p := model()
	p.WidthDots, p.Image.RowsPerBlock = 576, 128
	s := picture(576, 509, 1)
	b.SetBytes(int64(len(s.Bits)))
	b.ReportAllocs()
	for b.Loop() {
		encode(p, s)
	}
}

// BenchmarkSlip is a whole slip over a pseudo-terminal to its confirmation: at the pace of a real printer, which the
// line dominates, and without any pacing, which leaves the driver's own part.
func BenchmarkSlip(b *testing.B) {
	for name, speed := range map[string]float64{"real": 1, "unpaced": math.Inf(1)} {
		b.Run(name, func(b *testing.B) { benchmarkSlip(b, speed) })
	}
}

func benchmarkSlip(b *testing.B, speed float64) {
	p, err := profile.LoadPrinter("../../firmware-configs/printer-epson-tm-t20iii.toml")
	if err != nil {
		b.Fatal(err)
	}
	far, err := port.NewPTY("")
	if err != nil {
		b.Fatal(err)
	}
	sim := &Sim{Cutter: true, Speed: speed}
	d := &Driver{Port: port.Serial{Path: far.Name(), Baud: p.Line.Baud}, Profile: p}
	ctx, cancel := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() { sim.Run(ctx) })
	parts.Go(func() { sim.Serve(ctx, far) })
	parts.Go(func() { d.Run(ctx) })
	defer parts.Wait()
	defer cancel()
	s := picture(p.WidthDots, 509, 1)
	for d.Print(ctx, s) != nil {
	}
	for b.Loop() {
		sim.SetPaper(simRoll)
		if err := d.Print(ctx, s); err != nil {
			b.Fatal(err)
		}
	}
}
