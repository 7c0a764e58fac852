package victim

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"

	"markaz.example/devices/outlet"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
	realbox "markaz.example/edge/box"
	"markaz.example/edge/id"
)

const (
	printerProfile = "printer-epson-tm-t20iii.toml"
	printerSpeed   = 200 // so many times quicker than a real one: 20 ms a slip
)

// Root is the certificate of a floor's authority, below its Dir.
const Root = "data/tls/authority.crt"

// runFloor is the whole box, its printer a simulated one, whose line is not on the disk that is taken away.
func (c Config) runFloor(ctx context.Context, m *mouth) error {
	p, err := profile.LoadPrinter(filepath.Join(c.Profiles, printerProfile))
	if err != nil {
		return err
	}
	sim := printer.SimOf(p)
	sim.Speed = printerSpeed
	plug := outlet.Outlet{Device: sim, Link: filepath.Join(c.Scrap, "printer")}
	plug.Plug(true)
	b, err := realbox.Open(c.floor(plug.Link), realbox.Options{
		Software: "markaz torture", Ballast: c.ballast(), Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	printed := make(chan error, 1)
	go func() { printed <- plug.Run(ctx) }()
	err = b.Run(ctx)
	stop()
	<-printed
	if err == nil {
		err = errors.New("the box ended by itself")
	}
	m.text(Leaves, err)
	return nil
}

// ballast is as on any box, or none.
func (c Config) ballast() int64 {
	if c.Ahead {
		return 0
	}
	return noBallast
}

func (c Config) floor(line string) realbox.Config {
	out := realbox.Config{
		Data: filepath.Join(c.Dir, "data"), Profiles: c.Profiles,
		Centre:  realbox.Centre{Code: "ISB-01", NameEn: "Made-up centre", NameUr: "فرضی مرکز"},
		Web:     realbox.Web{Listen: c.Listen, Desks: c.Desks, Public: "http://10.1.0.1:8080"},
		Devices: []realbox.Device{{Name: "hall-1", Profile: printerProfile, Serial: line}},
	}
	for _, s := range offers().Services {
		out.Services = append(out.Services, realbox.Service{
			Code: s.Code, Letter: s.Letter, NameEn: s.NameEn, NameUr: s.NameUr, Pictogram: s.Pictogram, Room: s.Room,
		})
	}
	for _, d := range offers().Desks {
		out.Desks = append(out.Desks, realbox.Desk{Code: d.Code, NameEn: d.NameEn, NameUr: d.NameUr, Room: d.Room, Serves: []id.Service{"kafaalat", "loans"}})
	}
	return out
}
