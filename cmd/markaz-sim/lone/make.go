package lone

import (
	"bytes"
	"fmt"
	"os"

	"markaz.example/cmd/markaz-sim/machine"
	"markaz.example/devices/fault"
	"markaz.example/devices/finger/zfm"
	"markaz.example/devices/paypoint"
	"markaz.example/devices/paypoint/terminal"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
	"markaz.example/devices/scale"
)

// Config is a device on a pseudo-terminal.
type Config struct {
	Link    string  // to make
	Profile string  // file
	Script  string  // file with a fault script; empty means nothing befalls it
	Speed   float64 // so many times quicker than a real one
}

func (c Config) script() (*fault.Script, error) {
	if c.Script == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.Script)
	if err != nil {
		return nil, err
	}
	s, err := fault.Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Script, err)
	}
	return s, nil
}

// Printer makes a printer of a model.
func Printer(c Config) (*Lone, error) {
	p, err := profile.LoadPrinter(c.Profile)
	if err != nil {
		return nil, err
	}
	sim := printer.SimOf(p)
	sim.Speed = c.Speed
	m := machine.NewPrinter(sim, c.Link)
	m.Script, err = c.script()
	return &Lone{Machine: m}, err
}

// Finger makes a serial fingerprint module of a model.
func Finger(c Config) (*Lone, error) {
	p, err := profile.LoadFinger(c.Profile)
	if err != nil {
		return nil, err
	}
	if p.Protocol != profile.ProtocolZFM {
		return nil, fmt.Errorf("%s: readers that speak %s have no serial line; choose one that speaks %s", c.Profile, p.Protocol, profile.ProtocolZFM)
	}
	sim := zfm.SimOf(p)
	sim.Speed = c.Speed
	m := machine.NewFinger(sim, c.Link)
	m.Script, err = c.script()
	return &Lone{Machine: m}, err
}

// Scale makes a scale of a model.
func Scale(c Config) (*Lone, error) {
	p, err := profile.LoadScale(c.Profile)
	if err != nil {
		return nil, err
	}
	sim := scale.SimOf(p)
	sim.Speed = c.Speed
	m := machine.NewScale(sim, c.Link)
	m.Script, err = c.script()
	return &Lone{Machine: m}, err
}

// Bank is one terminal of a bank, and the line on which the bank tells a box of it.
type Bank struct {
	To      string // host:port where the box listens
	Profile string // file
	Secret  string // file, for pushes
	ID      terminal.ID
	Kind    terminal.Kind
	LUNO    string // its number in NDC messages
	TID     string // its number in ISO 8583 messages
	Speed   float64
}

// Paypoint makes a terminal and its bank.
func Paypoint(b Bank) (*Lone, error) {
	p, err := profile.LoadPaypoint(b.Profile)
	if err != nil {
		return nil, err
	}
	line := &paypoint.SimLine{Bank: b.ID.Bank, Profile: p, Addr: b.To}
	if b.Secret != "" {
		secret, err := os.ReadFile(b.Secret)
		if err != nil {
			return nil, err
		}
		line.Secret = bytes.TrimSpace(secret)
	}
	sim := &paypoint.SimTerminal{}
	sim.ID, sim.Kind, sim.LUNO, sim.TID = b.ID, b.Kind, b.LUNO, b.TID
	bank := &machine.Bank{Sim: &paypoint.Sim{
		Terminals: []*paypoint.SimTerminal{sim}, Lines: []*paypoint.SimLine{line}, Seed: 1, Speed: b.Speed,
	}}
	return &Lone{
		Machine: bank.Terminal(sim), life: bank.Run,
		more: func() string { return fmt.Sprint("the box's answers: ", line.Counts()) },
	}, nil
}
