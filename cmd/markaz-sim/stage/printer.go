package stage

import (
	"sync"

	"markaz.example/devices/outlet"
	"markaz.example/devices/printer"
)

// Printer is a simulated printer, the state of its switches, and the pages that came out.
type Printer struct {
	outlet.Outlet
	Sim *printer.Sim

	mu    sync.Mutex
	pages []printer.Page // guarded by mu
	paper bool           // guarded by mu
	cover bool           // guarded by mu
}

// newPrinter is fast times as quick as a real one.
func newPrinter(link string, fast float64) *Printer {
	p := &Printer{paper: true}
	p.Sim = &printer.Sim{Cutter: true, Speed: fast, OnPage: p.keep}
	p.Device, p.Link = p.Sim, link
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

// rollMM is a full roll of thermal paper.
const rollMM = 80_000

// SetPaper puts a new roll in, or takes the paper out.
func (p *Printer) SetPaper(in bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.paper = in; in {
		p.Sim.SetPaper(rollMM)
	} else {
		p.Sim.SetPaper(0)
	}
}

// SetCover opens or closes the cover.
func (p *Printer) SetCover(open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cover = open
	p.Sim.SetCover(open)
}

// Paper reports whether there is paper.
func (p *Printer) Paper() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.paper
}

// Cover reports whether the cover is open.
func (p *Printer) Cover() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cover
}

// Pages is everything that came out, in order.
func (p *Printer) Pages() []printer.Page {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pages[:len(p.pages):len(p.pages)]
}
