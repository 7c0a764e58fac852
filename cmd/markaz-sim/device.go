package main

import (
	"bufio"
	"context"
	"os"

	"markaz.example/cmd/markaz-sim/lone"
	"markaz.example/devices/paypoint/terminal"
)

// deviceCmd is one simulated device by itself.
type deviceCmd struct {
	Printer  devicePrinterCmd  `cmd:"" help:"A printer on a pseudo-terminal. Acts: paper, cover, jam, mains, plug."`
	Finger   deviceFingerCmd   `cmd:"" help:"A serial fingerprint module. Acts: press PERSON good|wet|small, lift, plug."`
	Scale    deviceScaleCmd    `cmd:"" help:"A scale. Acts: put GRAMS, wriggle, mains, plug."`
	Paypoint devicePaypointCmd `cmd:"" help:"A bank that tells a box of one terminal. Acts: empty, paper, jam, supervisor, link, service."`
}

// onLine is a device on a pseudo-terminal.
type onLine struct {
	Link   string  `required:"" type:"path" help:"Make the line here; name it as serial in a box's configuration."`
	Script string  `type:"existingfile" placeholder:"FILE" help:"Fault script that befalls the device from the start; devices/fault/FORMAT.md."`
	Speed  float64 `default:"1" help:"So many times quicker than a real one."`
}

func (o onLine) config(profile string) lone.Config {
	return lone.Config{Link: o.Link, Profile: profile, Script: o.Script, Speed: o.Speed}
}

type devicePrinterCmd struct {
	onLine
	Profile string `default:"firmware-configs/printer-epson-tm-t20iii.toml" type:"existingfile" help:"Model."`
	Papers  string `type:"existingdir" placeholder:"DIR" help:"Write what comes out here, as PNG."`
}

func (c devicePrinterCmd) Run(ctx context.Context) error {
	l, err := lone.Printer(c.config(c.Profile))
	if err != nil {
		return err
	}
	l.Papers = c.Papers
	return attend(ctx, l)
}

type deviceFingerCmd struct {
	onLine
	Profile string `default:"firmware-configs/finger-r307.toml" type:"existingfile" help:"Model."`
}

func (c deviceFingerCmd) Run(ctx context.Context) error {
	l, err := lone.Finger(c.config(c.Profile))
	if err != nil {
		return err
	}
	return attend(ctx, l)
}

type deviceScaleCmd struct {
	onLine
	Profile string `default:"firmware-configs/scale-mt-bba231.toml" type:"existingfile" help:"Model."`
}

func (c deviceScaleCmd) Run(ctx context.Context) error {
	l, err := lone.Scale(c.config(c.Profile))
	if err != nil {
		return err
	}
	return attend(ctx, l)
}

type devicePaypointCmd struct {
	To       string  `required:"" placeholder:"HOST:PORT" help:"Where the box listens to the bank."`
	Profile  string  `default:"firmware-configs/paypoint-bank-push.toml" type:"existingfile" help:"How the bank tells."`
	Secret   string  `type:"existingfile" placeholder:"FILE" help:"What the box and the bank share, for pushes."`
	Bank     string  `required:"" help:"Code of the bank, as in [[terminal]]."`
	Terminal string  `required:"" help:"Name of the terminal, as in [[terminal]]."`
	Kind     string  `default:"atm" enum:"atm,pos" help:"atm or pos."`
	LUNO     string  `name:"luno" help:"Its number in NDC messages."`
	TID      string  `name:"tid" help:"Its number in ISO 8583 messages."`
	Speed    float64 `default:"1" help:"Customers come so many times more often."`
}

func (c devicePaypointCmd) Run(ctx context.Context) error {
	l, err := lone.Paypoint(lone.Bank{
		To: c.To, Profile: c.Profile, Secret: c.Secret, ID: terminal.ID{Bank: c.Bank, Name: c.Terminal},
		Kind: terminal.Kind(c.Kind), LUNO: c.LUNO, TID: c.TID, Speed: c.Speed,
	})
	if err != nil {
		return err
	}
	return attend(ctx, l)
}

// attend runs a device; each line that is typed is an act.
func attend(ctx context.Context, l *lone.Lone) error {
	acts := make(chan string)
	go read(acts) // a read of a terminal cannot be woken: it ends with the program
	l.Acts, l.Out = acts, os.Stdout
	return l.Run(ctx)
}

func read(acts chan<- string) {
	defer close(acts)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		acts <- lines.Text()
	}
}
