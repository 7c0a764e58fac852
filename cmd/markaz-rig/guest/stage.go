package guest

import (
	"context"
	"fmt"
	"sync"

	"markaz.example/devices/finger/uru"
	"markaz.example/devices/outlet"
	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/usb"
	"markaz.example/devices/usb/vhci"
)

// What the simulated devices call themselves.
var (
	printerID = usb.ID{Vendor: 0x04b8, Product: 0x0e28}
	serialID  = usb.ID{Vendor: 0x0525, Product: 0xa4a7}
	readerID  = usb.ID{Vendor: uru.Vendor, Product: uru.Product4500}
)

// portReady is the port status of a printer that is well.
const portReady = port.PortNoError | port.PortSelected

// printerText is the simulated printer's IEEE 1284 id.
const printerText = "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;CLS:PRINTER;"

// paperPrinter is a simulated printer with its plug, its port status and the papers that came out of it.
type paperPrinter struct {
	vhci.Outlet
	sim *printer.Sim

	mu     sync.Mutex
	pages  []printer.Page // guarded by mu
	status byte           // guarded by mu
}

func newPaperPrinter(serial string) *paperPrinter {
	p := &paperPrinter{status: portReady}
	p.sim = &printer.Sim{Cutter: true, Speed: simSpeed, OnPage: p.keep}
	p.Host = vhci.Kernel{Port: vhci.AnyPort}
	p.Device = &vhci.Printer{
		Sim: p.sim, Vendor: printerID.Vendor, Product: printerID.Product, Serial: serial, ID: printerText,
		Status: p.portStatus, Reset: func() { p.sim.SetPower(true) },
	}
	return p
}

// keep leaves out the white strip that a printer cuts off while it is cleared.
func (p *paperPrinter) keep(page printer.Page) {
	if !page.Inked() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages = append(p.pages, page)
}

// papers are those that came out, in order.
func (p *paperPrinter) papers() []printer.Page {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]printer.Page(nil), p.pages...)
}

func (p *paperPrinter) portStatus() byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

func (p *paperPrinter) setStatus(b byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status = b
}

// newSerial is a simulator on a USB serial line.
func newSerial(sim outlet.Device) (*vhci.Outlet, *vhci.Serial) {
	line := &vhci.Serial{Sim: sim, Vendor: serialID.Vendor, Product: serialID.Product, Name: "serial line", Serial: "SIMS1"}
	return &vhci.Outlet{Device: line, Host: vhci.Kernel{Port: vhci.AnyPort}}, line
}

// newReader is a simulated fingerprint reader.
func newReader(scrambled bool) (*vhci.Outlet, *uru.Sim) {
	sim := &uru.Sim{Serial: "SIMF1", Speed: simSpeed, Scrambled: scrambled}
	return &vhci.Outlet{Device: &vhci.Reader{Sim: sim}, Host: vhci.Kernel{Port: vhci.AnyPort}}, sim
}

// profiles is where the guest has the device profiles.
const profiles = "/firmware-configs"

// part is a device or a listener that lives beside the checks.
type part func(context.Context) error

// parts runs them until stop; what ended one early is in the log of the machine.
func parts(ctx context.Context, all ...part) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for _, p := range all {
		wg.Go(func() {
			if err := p(ctx); err != nil && ctx.Err() == nil {
				fmt.Println("BOOT a simulated device ended:", err)
			}
		})
	}
	return func() { cancel(); wg.Wait() }
}

// running runs one driver until stop, which waits for its end.
func running(ctx context.Context, driver part) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = driver(ctx)
	}()
	return func() { cancel(); <-ended }
}
