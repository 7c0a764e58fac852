// Package stage sets up a whole centre on one machine and runs it: the real box and the real headquarters as processes,
// simulated devices on pseudo-terminals and loopback, and between the two a cable that can be cut.
//
// A lean stage has one printer. A full one has every class of device: two printers, a fingerprint module at desk A, an
// infant scale at desk B and a platform at desk C, and a bank with an ATM and a POS.
//
// It owns one directory: the authority and its certificates, both configurations, the data of both programs and their
// logs. Nothing in it is worth keeping.
package stage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"markaz.example/cmd/markaz-sim/cable"
	"markaz.example/cmd/markaz-sim/machine"
	"markaz.example/edge/berth"
	"markaz.example/edge/id"
	"markaz.example/edge/web/proof"
)

// Profile is the first printer of the stage, a file of firmware-configs.
const Profile = "printer-epson-tm-t20iii.toml"

// Desks are the desks of box.toml.tmpl.
func Desks() []id.Desk {
	return []id.Desk{"A", "B", "C", "D", "E", "F", "G", "H", "J", "K", "L", "M"}
}

// Config is where the stage stands. Ports of 0 are chosen by the kernel.
type Config struct {
	Dir       string  // everything is kept here
	Bin       string  // directory of markaz and markaz-hq
	Profiles  string  // directory of device profiles
	Clips     string  // directory of clips; the hall's screen is silent when it is not there
	BoxPort   int     // of the box's pages for everybody
	DesksPort int     // of its pages for desks
	PagePort  int     // of headquarters' page
	FramePort int     // of a page that may show the box's pages in frames; 0 for none
	Own       string  // network of the centre's machines, as the box is told; empty for none
	Full      bool    // every class of device, not one printer alone
	Fast      float64 // devices are so many times quicker than real ones
	Baud      int     // what the box believes of the printer's line; 0 means what its profile says. Not on a full stage
	Log       *slog.Logger
}

// Stage is a centre and its headquarters. Make it with SetUp, then Run it.
type Stage struct {
	Config
	Box, HQ *Process
	Printer *machine.Printer // the first
	Cable   *cable.Cable

	Machines map[string]machine.Machine // every device, by the name that the box has for it; Printer among them
	Bank     *machine.Bank              // nil on a lean stage

	wired []wired // how the box reaches them
	lines []line  // on which it hears of terminals
}

// SetUp makes the authority, the certificates and the configurations, unless an earlier run left them.
func SetUp(ctx context.Context, c Config) (*Stage, error) {
	s := &Stage{Config: c}
	if err := s.choosePorts(); err != nil {
		return nil, err
	}
	road, err := berth.Ports(1)
	if err != nil {
		return nil, err
	}
	if s.Cable, err = cable.Listen("127.0.0.1:0", fmt.Sprintf("127.0.0.1:%d", road)); err != nil {
		return nil, err
	}
	if err := s.issue(ctx); err != nil {
		return nil, err
	}
	if err := s.quicken(); err != nil {
		return nil, err
	}
	if err := s.equip(); err != nil {
		return nil, err
	}
	if err := s.configure(road); err != nil {
		return nil, err
	}
	s.Box = s.process("markaz", "run", "--config", s.path("box.toml"))
	s.HQ = s.process("markaz-hq", "run", "--config", s.path("hq.toml"))
	return s, nil
}

func (s *Stage) path(name string) string { return filepath.Join(s.Dir, name) }

func (s *Stage) program(name string) string { return filepath.Join(s.Bin, name) }

func (s *Stage) process(name string, args ...string) *Process {
	return &Process{Name: name, Path: s.program(name), Args: args, Log: s.path(name + ".log"), Slog: s.Log}
}

// choosePorts gives every 0 a free port: the addresses stand in the configurations, so they must be known before.
func (s *Stage) choosePorts() (err error) {
	for _, p := range []*int{&s.BoxPort, &s.DesksPort, &s.PagePort} {
		if *p == 0 {
			if *p, err = berth.Ports(1); err != nil {
				return err
			}
		}
	}
	return nil
}

// issue makes a root and certificates with headquarters' own tool.
func (s *Stage) issue(ctx context.Context) error {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(s.path("authority")); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, args := range [][]string{
		{"authority", "init", s.path("authority")},
		{"authority", "issue-hq", s.path("authority"), hqName, "--out", s.path("hq-tls")},
		{"authority", "issue-box", s.path("authority"), "ISB-01", "--out", s.path("box-tls")},
	} {
		if out, err := exec.CommandContext(ctx, s.program("markaz-hq"), args...).CombinedOutput(); err != nil {
			return fmt.Errorf("markaz-hq %s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return nil
}

// hqName is what headquarters' certificate says; boxes check it whatever address they dial.
const hqName = "markaz-hq"

// quicken writes a profile of a faster line: a box that grants a slow line its time would wait for bytes that a quick
// printer has had long ago.
func (s *Stage) quicken() error {
	if s.Baud == 0 {
		return nil
	}
	b, err := os.ReadFile(filepath.Join(s.Profiles, Profile))
	if err != nil {
		return err
	}
	own := baudKey.ReplaceAll(b, fmt.Appendf(nil, "baud = %d", s.Baud))
	s.Profiles = s.Dir
	return os.WriteFile(s.path(Profile), own, 0o600)
}

var baudKey = regexp.MustCompile(`(?m)^baud = [0-9]+$`)

func (s *Stage) configure(road int) error {
	frames := "[]"
	if s.FramePort != 0 {
		frames = fmt.Sprintf("[%q, %q]", fmt.Sprintf("http://127.0.0.1:%d", s.FramePort), fmt.Sprintf("http://localhost:%d", s.FramePort))
	}
	box, err := s.boxConfig(frames)
	if err != nil {
		return err
	}
	hq := fmt.Sprintf("name = \"hq-1\"\ndir = %q\nroster = %q\ncertificates = %q\nroad = \"127.0.0.1:%d\"\npage = \"127.0.0.1:%d\"\nframe_ancestors = %s\n",
		s.path("hq"), s.path("roster.toml"), s.path("hq-tls"), road, s.PagePort, frames)
	roster := "[[centre]]\ncode = \"ISB-01\"\nname = \"Islamabad\"\nname_ur = \"اسلام آباد\"\ndistrict = \"Islamabad\"\n"
	return errors.Join(
		os.WriteFile(s.path("box.toml"), box, 0o600),
		os.WriteFile(s.path("hq.toml"), []byte(hq), 0o600),
		os.WriteFile(s.path("roster.toml"), []byte(roster), 0o600),
	)
}

// Run plays until the context ends. Programs that end are started again.
func (s *Stage) Run(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var wg sync.WaitGroup
	parts := []func(context.Context) error{s.Cable.Run, s.HQ.Run, s.Box.Run}
	for _, m := range s.Machines {
		parts = append(parts, m.Run)
	}
	if s.Bank != nil {
		parts = append(parts, s.Bank.Run)
	}
	for _, part := range parts {
		wg.Go(func() {
			if err := part(ctx); err != nil {
				fail(err)
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// BoxURL is the address of a page of the box, on the listener that has it: BoxURL("/kiosk").
func (s *Stage) BoxURL(path string) string {
	if proof.AtDesks(path) {
		return fmt.Sprintf("https://127.0.0.1:%d%s", s.DesksPort, path)
	}
	return fmt.Sprintf("http://127.0.0.1:%d%s", s.BoxPort, path)
}

// Tool runs a tool of the box on its configuration: Tool(ctx, "staff", "list").
func (s *Stage) Tool(ctx context.Context, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, s.program("markaz"), append(args, "--config", s.path("box.toml"))...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("markaz %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// Root is the file of the box's own authority, which the box makes at its first start.
func (s *Stage) Root() string { return s.path("box/tls/authority.crt") }

// HQURL is the address of a page of headquarters.
func (s *Stage) HQURL(path string) string {
	return fmt.Sprintf("http://127.0.0.1:%d%s", s.PagePort, path)
}

// lookEvery is how often Await looks.
const lookEvery = 20 * time.Millisecond

// Await waits until an address answers with 200.
func Await(ctx context.Context, url string) error {
	for {
		if r, err := http.Get(url); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", url, ctx.Err())
		case <-time.After(lookEvery):
		}
	}
}
