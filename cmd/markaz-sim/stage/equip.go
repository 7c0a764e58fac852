package stage

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"

	"markaz.example/cmd/markaz-sim/machine"
	"markaz.example/devices/finger/zfm"
	"markaz.example/devices/paypoint"
	"markaz.example/devices/paypoint/terminal"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
	"markaz.example/devices/scale"
	"markaz.example/edge/berth"
)

// Names of the machines of a full stage; a lean one has the first alone.
const (
	Hall1   = "hall-1"   // the printer that slips come out of
	Hall2   = "hall-2"   // the printer that takes over
	ReaderA = "reader-a" // the fingerprint module of desk A
	InfantB = "infant-b" // the infant scale of desk B
	AdultC  = "adult-c"  // the platform of desk C
	ATM     = "atm-1"
	POS     = "pos-1"
)

// bank is the code of a bank that there is not.
const bank = "ravi"

// equip makes the devices.
func (s *Stage) equip() error {
	s.Machines = map[string]machine.Machine{}
	sim := &printer.Sim{Cutter: true, Speed: s.Fast}
	s.Printer = machine.NewPrinter(sim, s.path(Hall1))
	s.wire(Hall1, Profile, "", s.Printer)
	if !s.Full {
		return nil
	}
	for _, add := range []func() error{s.second, s.reader, s.scales, s.bank} {
		if err := add(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stage) wire(name, file, desk string, m machine.Machine) {
	s.Machines[name] = m
	s.wired = append(s.wired, wired{Name: name, Profile: file, Link: s.path(name), Desk: desk})
}

func (s *Stage) profile(file string) string { return filepath.Join(s.Profiles, file) }

func (s *Stage) second() error {
	const file = "printer-bixolon-srp-350iii.toml"
	p, err := profile.LoadPrinter(s.profile(file))
	if err != nil {
		return err
	}
	sim := printer.SimOf(p)
	sim.Speed = s.Fast
	s.wire(Hall2, file, "", machine.NewPrinter(sim, s.path(Hall2)))
	return nil
}

func (s *Stage) reader() error {
	const file = "finger-r307.toml"
	p, err := profile.LoadFinger(s.profile(file))
	if err != nil {
		return err
	}
	sim := zfm.SimOf(p)
	sim.Speed = s.Fast
	s.wire(ReaderA, file, "A", machine.NewFinger(sim, s.path(ReaderA)))
	return nil
}

func (s *Stage) scales() error {
	for _, d := range []struct{ name, file, desk string }{
		{InfantB, "scale-mt-bba231.toml", "B"},
		{AdultC, "scale-cas-nt200.toml", "C"},
	} {
		p, err := profile.LoadScale(s.profile(d.file))
		if err != nil {
			return err
		}
		sim := scale.SimOf(p)
		sim.Speed = s.Fast
		s.wire(d.name, d.file, d.desk, machine.NewScale(sim, s.path(d.name)))
	}
	return nil
}

// bank is one that tells by push of both its terminals, and whose POS speaks ISO 8583 besides.
func (s *Stage) bank() error {
	secret := []byte(rand.Text())
	if err := os.WriteFile(s.path("bank.secret"), secret, 0o600); err != nil {
		return err
	}
	sim := &paypoint.Sim{Seed: 1, Speed: s.Fast}
	for _, l := range []line{
		{Name: "ravi-push", Profile: "paypoint-bank-push.toml", Secret: s.path("bank.secret")},
		{Name: "ravi-pos", Profile: "paypoint-pos-iso8583-bcd.toml"},
	} {
		p, err := profile.LoadPaypoint(s.profile(l.Profile))
		if err != nil {
			return err
		}
		port, err := berth.Ports(1)
		if err != nil {
			return err
		}
		l.Bank, l.Addr = bank, fmt.Sprintf("127.0.0.1:%d", port)
		s.lines = append(s.lines, l)
		sim.Lines = append(sim.Lines, &paypoint.SimLine{Bank: bank, Profile: p, Addr: l.Addr, Secret: secret})
	}
	sim.Terminals = []*paypoint.SimTerminal{simTerminal(ATM, terminal.ATM, ""), simTerminal(POS, terminal.POS, "EOW00001")}
	s.Bank = &machine.Bank{Sim: sim}
	for _, t := range sim.Terminals {
		s.Machines[t.ID.Name] = s.Bank.Terminal(t)
	}
	return nil
}

func simTerminal(name string, kind terminal.Kind, tid string) *paypoint.SimTerminal {
	t := &paypoint.SimTerminal{}
	t.ID, t.Kind, t.TID = terminal.ID{Bank: bank, Name: name}, kind, tid
	return t
}
