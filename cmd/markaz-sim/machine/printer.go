package machine

import (
	"sync"

	"markaz.example/devices/outlet"
	"markaz.example/devices/printer"
)

// Printer is a simulated printer on a pseudo-terminal, and the pages that came out.
type Printer struct {
	outlet.Outlet
	Sim *printer.Sim

	mu    sync.Mutex
	pages []printer.Page // guarded by mu
}

// NewPrinter plugs a simulator in under a link. It keeps every page that has something on it.
func NewPrinter(sim *printer.Sim, link string) *Printer {
	p := &Printer{Sim: sim}
	sim.OnPage = p.keep
	p.Device, p.Link = sim, link
	p.Plug(true)
	return p
}

// keep leaves out the white strip that a printer cuts off while it is cleared.
func (p *Printer) keep(page printer.Page) {
	if !page.Inked() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages = append(p.pages, page)
}

// Pages is everything that came out, in order.
func (p *Printer) Pages() []printer.Page {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pages[:len(p.pages):len(p.pages)]
}

// rollMM is a full roll of thermal paper.
const rollMM = 80_000

// SetPaper puts a new roll in, or takes the paper out.
func (p *Printer) SetPaper(in bool) {
	if in {
		p.Sim.SetPaper(rollMM)
		return
	}
	p.Sim.SetPaper(0)
}

func (p *Printer) switches() toggles {
	see := p.Sim.See
	return toggles{
		"paper": inverse(func() bool { return see().PaperMM > 0 }, p.SetPaper),
		"cover": {func() bool { return see().Cover }, p.Sim.SetCover},
		"jam":   {func() bool { return see().Jam }, p.Sim.SetCutterJam},
		"mains": inverse(func() bool { return see().On }, p.Sim.SetPower),
		"plug":  inverse(p.Plugged, p.Plug),
	}
}

// Do does one act. ErrAct.
func (p *Printer) Do(act string) error { return p.switches().do(act) }

// See looks at it.
func (p *Printer) See() Sight {
	s := Sight{Holds: p.switches().hold()}
	s.worst("ready", [2]string{"mains", "no mains"}, [2]string{"plug", "unplugged"}, [2]string{"cover", "cover open"},
		[2]string{"paper", "paper out"}, [2]string{"jam", "something in the cutter"})
	return s
}
