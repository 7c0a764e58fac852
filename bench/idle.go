package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/devices/finger/uru"
	"markaz.example/devices/finger/zfm"
	"markaz.example/devices/outlet"
	"markaz.example/devices/paypoint/push"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
	"markaz.example/devices/scale"
	"markaz.example/devices/usb"
	"markaz.example/edge/berth"
)

// idleTimes measures what a box does while nobody comes: its processor time, as the kernel counts it, with every kind of
// device attached, and again when everything on a serial line was pulled out. The devices are simulated in this process,
// at the pace of real ones, so only the box is counted.
func idleTimes(b *bench) ([]row, error) {
	h, err := openIdle(filepath.Join(b.dir, "idle"))
	if err != nil {
		return nil, err
	}
	attached, errAttached := h.spent(b, h.allWell)
	for _, o := range h.outlets {
		o.Plug(false)
	}
	pulled, errPulled := h.spent(b, h.nobodyThere)
	percent := func(part float64) string { return fmt.Sprintf("%.2f %% of one core", 100*part) }
	return []row{
		{what: "idle box: two printers, two readers, two scales, two payment terminals attached", ours: percent(attached), goal: "1 %"},
		{what: "the same with its serial devices pulled out", ours: percent(pulled), goal: "1 %"},
	}, errors.Join(errAttached, errPulled, h.close())
}

// idle is a box that is a process, and its devices.
type idle struct {
	dir, address, desks, bank string
	outlets                   []*outlet.Outlet
	usb, tcp                  net.Listener
	box                       *exec.Cmd
	stop                      func() error
}

const (
	idleDevices = 8 // in the configuration below, payment terminals among them

	idleTicks  = 100 // of the kernel's clock a second, as /proc tells them: USER_HZ
	idleSecret = "a secret of the bench that is long enough"
	pushEvery  = 30 * time.Second
	comeUp     = time.Minute
)

func openIdle(dir string) (*idle, error) {
	h := &idle{dir: dir}
	for _, step := range []func() error{func() error { return os.MkdirAll(h.dir, 0o700) }, h.build, h.choose, h.plug, h.configure, h.start} {
		if err := step(); err != nil {
			return nil, errors.Join(err, h.close())
		}
	}
	return h, nil
}

func (h *idle) path(name string) string { return filepath.Join(h.dir, name) }

// build makes the program as it is shipped.
func (h *idle) build() error {
	out, err := exec.Command("go", "build", "-C", "..", "-trimpath", "-buildvcs=false", "-o", h.path("markaz"), "./cmd/markaz").CombinedOutput()
	if err != nil {
		return fmt.Errorf("build the box: %w\n%s", err, out)
	}
	return nil
}

// plug puts devices on pseudo-terminals, a printer on the network, and a reader behind the socket of a USB process.
func (h *idle) plug() (err error) {
	if h.usb, err = usb.Listen(h.path("usb.sock")); err != nil {
		return err
	}
	if h.tcp, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return err
	}
	for link, d := range map[string]outlet.Device{
		"printer": &printer.Sim{Cutter: true},
		"reader":  &zfm.Sim{Extras: true},
		"infant":  &scale.Sim{Protocol: profile.ScaleSICS, Division: 5, Capacity: 15_000},
		"adult":   &scale.Sim{Protocol: profile.ScaleCAS22, Division: 50, Capacity: 150_000},
	} {
		h.outlets = append(h.outlets, &outlet.Outlet{Link: h.path(link), Device: d})
	}
	network := &printer.Sim{Cutter: true}
	parts := []func(context.Context) error{
		network.Run, func(ctx context.Context) error { return answerCalls(ctx, h.tcp, network) },
		func(ctx context.Context) error { return (&usb.Server{Bus: oneReader{&uru.Sim{}}}).Run(ctx, h.usb) },
		h.pushes,
	}
	for _, o := range h.outlets {
		o.Plug(true)
		parts = append(parts, o.Run)
	}
	h.stop = together(parts...)
	return nil
}

// answerCalls serves each connection until the context ends.
func answerCalls(ctx context.Context, l net.Listener, sim *printer.Sim) error {
	defer context.AfterFunc(ctx, func() { l.Close() })()
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		_ = sim.Serve(ctx, c)
	}
}

// oneReader is a USB bus with a fingerprint reader on it.
type oneReader struct{ sim *uru.Sim }

func (r oneReader) List(_ context.Context, raw []usb.ID) ([]usb.Device, error) {
	d := usb.Device{Path: "1-9", Address: 9, Vendor: uru.Vendor, Product: uru.Product4500, Serial: "SIM00000001"}
	return usb.Describe(d, []usb.Setting{{Config: 1, Class: 0xff, Endpoints: []usb.Endpoint{
		{Address: 0x81, Transfer: usb.Interrupt, Packet: 64}, {Address: 0x82, Transfer: usb.Bulk, Packet: 512},
	}}}, raw), nil
}

func (r oneReader) Open(ctx context.Context, _ usb.Device) (usb.Handle, error) {
	return r.sim.OpenUSB(ctx)
}

// pushes is a bank that tells how its two terminals are, in turn. A box that is not up yet is told again soon.
func (h *idle) pushes(ctx context.Context) error {
	notes := 1200
	bank := push.Client{URL: "http://" + h.bank + "/", Secret: []byte(idleSecret)}
	for seq := uint64(1); ; {
		m := push.Message{
			V: 1, Source: "hbl", Terminal: []string{"047", "048"}[seq%2], Seq: seq, At: time.Now(), Service: "in", Link: "up", Receipt: "ok",
			Cassettes: []push.Cassette{{N: 1, Denom: 1000, Count: &notes}},
		}
		pause := pushEvery / 2
		if _, err := bank.Send(ctx, m); err == nil {
			seq++
		}
		if seq <= 2 {
			pause = time.Second
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// choose takes addresses that are free now: they stand in the configuration, so they must be known before.
func (h *idle) choose() (err error) {
	for _, address := range []*string{&h.address, &h.desks, &h.bank} {
		if *address, err = berth.Address(); err != nil {
			return err
		}
	}
	return nil
}

func (h *idle) configure() error {
	profiles, err := filepath.Abs(filepath.Join("..", "firmware-configs"))
	if err != nil {
		return err
	}
	toml := strings.NewReplacer("DIR", h.dir, "PROFILES", profiles, "WEB", h.address, "DESKS", h.desks, "BANK", h.bank, "NETWORK", h.tcp.Addr().String()).Replace(idleConfig)
	return errors.Join(
		os.WriteFile(h.path("box.toml"), []byte(toml), 0o600),
		os.WriteFile(h.path("secret"), []byte(idleSecret), 0o600),
	)
}

func (h *idle) start() error {
	h.box = exec.Command(h.path("markaz"), "run", "--config", h.path("box.toml"))
	return h.box.Start()
}

// spent is the part of a core that the box takes, once the state holds and has been so for a while.
func (h *idle) spent(b *bench, holds func() error) (float64, error) {
	var err error
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		if err = holds(); err == nil {
			break
		}
		if time.Since(began) > comeUp {
			return 0, err
		}
	}
	time.Sleep(b.settle)
	began, before, err := h.ticks()
	if err != nil {
		return 0, err
	}
	time.Sleep(b.still)
	ended, after, err := h.ticks()
	if err == nil {
		err = holds() // still
	}
	return float64(after-before) / idleTicks / ended.Sub(began).Seconds(), err
}

// ticks is the processor time of the box so far, its own and the kernel's for it. Source: proc_pid_stat(5), utime and
// stime, fields 14 and 15.
func (h *idle) ticks() (at time.Time, n int, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", h.box.Process.Pid))
	if err != nil {
		return at, 0, err
	}
	_, rest, _ := bytes.Cut(b, []byte(") ")) // the second field may hold spaces
	f := strings.Fields(string(rest))
	if len(f) < 13 {
		return at, 0, fmt.Errorf("the kernel tells %q of the box", b)
	}
	user, errUser := strconv.Atoi(f[11])
	system, errSystem := strconv.Atoi(f[12])
	return time.Now(), user + system, errors.Join(errUser, errSystem)
}

// allWell is nil once the box knows that each device is well.
func (h *idle) allWell() error { return h.each(func(m machineShown) bool { return m.well() }) }

// nobodyThere is nil once it knows that none of those on a line is there, and that the others are well.
func (h *idle) nobodyThere() error {
	return h.each(func(m machineShown) bool { return m.well() != strings.HasPrefix(m.Wire, h.dir) })
}

// machineShown is what the box says of a device.
type machineShown struct {
	Name, Wire string
	Facts      []struct{ Key, Value string }
}

func (m machineShown) well() bool {
	for _, f := range m.Facts {
		switch f.Key + " " + f.Value {
		case "state ready", "steady yes", "service in-service":
			return true
		}
	}
	return false
}

func (h *idle) each(right func(machineShown) bool) error {
	browser := http.Client{Transport: client.Transport(filepath.Join(h.dir, "data", "tls", "authority.crt"), nil)}
	defer browser.CloseIdleConnections()
	r, err := browser.Get("https://" + h.desks + "/api/devices")
	if err != nil {
		return err
	}
	defer r.Body.Close()
	var all []machineShown
	if err := json.NewDecoder(r.Body).Decode(&all); err != nil || r.StatusCode != http.StatusOK {
		return fmt.Errorf("ask the box for its devices: %s, %w", r.Status, err)
	}
	// The banks' lines have a card too, on which nothing stands when they are well.
	all = slices.DeleteFunc(all, func(m machineShown) bool { return m.Name == "paypoint/listener" })
	for _, m := range all {
		if !right(m) {
			return fmt.Errorf("%s on %s is not as it should be: %v", m.Name, m.Wire, m.Facts)
		}
	}
	if len(all) != idleDevices {
		return fmt.Errorf("the box shows %d devices, want %d", len(all), idleDevices)
	}
	return nil
}

func (h *idle) close() error {
	var err error
	if h.box != nil && h.box.Process != nil {
		err = errors.Join(h.box.Process.Signal(os.Interrupt), h.box.Wait())
	}
	if h.stop != nil {
		err = errors.Join(err, h.stop())
	}
	return err
}

const idleConfig = `data = "DIR/data"
profiles = "PROFILES"
usb_socket = "DIR/usb.sock"
[centre]
code = "ISB-01"
name_en = "One Window Centre, Islamabad"
name_ur = "ون ونڈو مرکز، اسلام آباد"
[web]
listen = "WEB"
desks = "DESKS"
public = "http://10.1.0.1:8080"
[[device]]
name = "hall-1"
profile = "printer-epson-tm-t20iii.toml"
serial = "DIR/printer"
[[device]]
name = "hall-2"
profile = "printer-epson-tm-m30.toml"
tcp = "NETWORK"
[[device]]
name = "reader-a"
profile = "finger-r307.toml"
serial = "DIR/reader"
[[device]]
name = "reader-b"
profile = "finger-uareu-4500.toml"
usb = "1-9"
[[device]]
name = "infant-1"
profile = "scale-mt-bba231.toml"
serial = "DIR/infant"
[[device]]
name = "adult-1"
profile = "scale-cas-nt200.toml"
serial = "DIR/adult"
[[bank]]
name = "hbl-push"
bank = "hbl"
profile = "paypoint-bank-push.toml"
listen = "BANK"
secret = "DIR/secret"
[[terminal]]
bank = "hbl"
name = "047"
kind = "atm"
[[terminal]]
bank = "hbl"
name = "048"
kind = "atm"
[[service]]
code = "kafaalat"
letter = "K"
name_en = "Kafaalat stipend"
name_ur = "کفالت وظیفہ"
room = "1"
[[desk]]
code = "A"
name_en = "Desk A"
name_ur = "کاؤنٹر اے"
room = "1"
serves = ["kafaalat"]
devices = ["reader-a", "infant-1"]
[[desk]]
code = "B"
name_en = "Desk B"
name_ur = "کاؤنٹر بی"
room = "2"
serves = ["kafaalat"]
devices = ["reader-b", "adult-1"]
`
