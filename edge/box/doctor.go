package box

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"markaz.example/devices/kit"
	"markaz.example/devices/usb"
	"markaz.example/edge/book/pack"
	"markaz.example/edge/chain"
	"markaz.example/edge/depot"
	"markaz.example/edge/doctor"
	"markaz.example/edge/door"
	"markaz.example/edge/health"
	"markaz.example/edge/ledger"
	"markaz.example/edge/web/page"
	"markaz.example/edge/witness"
)

// Patient is the box of a configuration file for a doctor, whether it runs, is stopped, or cannot be configured.
func Patient(file, software string) doctor.Patient {
	p := doctor.Patient{Root: "/", Software: software, Now: time.Now(), Config: file}
	c, err := Load(file)
	if p.ConfigErr = err; err != nil {
		return p
	}
	p.Data, p.Vault, p.USB, p.Desks = c.Data, c.vaultDir(), c.usbSocket(), c.DesksDir()
	p.Registers = slices.ContainsFunc(c.Desks, func(d Desk) bool { return d.Registers })
	if h := c.Headquarters; h != nil {
		p.Identity, p.Name, p.Addresses = h.Identity, h.Name, h.addresses()
	}
	p.Devices = c.examined()
	p.Live = func(ctx context.Context) (l doctor.Live, err error) {
		err = NewDoorClient(c).Call(ctx, "GET", "/state", nil, &l)
		if errors.Is(err, ErrNotRunning) && !errors.Is(err, os.ErrPermission) {
			err = doctor.ErrStopped
		}
		return l, err
	}
	p.Ledger, p.Packs = c.standing, c.stoppedPacks
	return p
}

// usbSocket is where markaz-usb answers; nothing when no device needs it.
func (c Config) usbSocket() string {
	if !slices.ContainsFunc(c.Devices, func(d Device) bool { return d.USB != "" }) {
		return ""
	}
	if c.USB == "" {
		return usb.SocketPath
	}
	return c.USB
}

// examined are the devices, with what is wrong with their profiles.
func (c Config) examined() (out []doctor.Device) {
	for _, d := range c.Devices {
		m := kit.Machine{Profiles: os.DirFS(c.Profiles), USB: usb.Socket{Path: c.USB}, Log: slog.New(slog.DiscardHandler)}
		_, err := m.Open(d.Profile, kit.Wire{Serial: d.Serial, TCP: d.TCP, USB: d.USB, Service: d.Service})
		out = append(out, doctor.Device{Name: d.Name, Serial: d.Serial, Profile: d.Profile, Err: err})
	}
	return out
}

// standing reads a stopped box's ledger, as far as it comes before the context ends.
func (c Config) standing(ctx context.Context) (s doctor.Standing, err error) {
	file := filepath.Join(c.Data, ledgerName)
	if err := isOf(file, c.Centre.Code); err != nil {
		return s, err
	}
	l, err := ledger.OpenReadOnly(file, Books())
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	s.Head, s.Confirmed = l.Acknowledged().Seq, l.Confirmed().Seq
	if said, ok, _ := witness.Read(file); ok { // one that cannot be read says nothing
		s.Witnessed = said.Head.Seq
	}
	if s.Last, err = lastWall(l); err != nil {
		return s, err
	}
	_, err = l.Verify(ctx, nil)
	s.Whole = err == nil
	if ctx.Err() != nil {
		err = nil // there was no time for all of it
	}
	return s, err
}

// stoppedPacks are those of a stopped box.
func (c Config) stoppedPacks(ctx context.Context) (out []doctor.Pack, err error) {
	l, err := ledger.OpenReadOnly(filepath.Join(c.Data, ledgerName), Books())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, doctor.ErrNoLedger
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	return c.packs(ctx, l)
}

// packs are what headquarters sent to work by, each with what is wrong with its file.
func (c Config) packs(ctx context.Context, l *ledger.Ledger) (out []doctor.Pack, err error) {
	err = l.View(ctx, func(s ledger.Snapshot) error {
		for _, series := range pack.All(s) {
			out = append(out, examinedPack(filepath.Join(c.Data, packsName), series))
		}
		return nil
	})
	return out, err
}

func examinedPack(dir string, s pack.Series) doctor.Pack {
	p := doctor.Pack{Name: s.Name}
	if s.Offered != nil {
		p.Offered = s.Offered.Version
	}
	if s.Active != nil {
		p.Active = s.Active.Version
	}
	if r := s.Refusal; r != nil && r.Version > p.Active {
		p.Refused = strings.TrimSpace(fmt.Sprintf("version %d was refused: %s %s", r.Version, r.Reason, r.Detail))
	}
	if err := depot.Examine(dir, s); err != nil {
		p.Fault = err.Error()
	}
	return p
}

// lastWall is when the newest record was made.
func lastWall(l *ledger.Ledger) (time.Time, error) {
	head := l.Acknowledged().Seq
	if head == l.Base().Seq {
		return time.Time{}, nil
	}
	records, err := l.Read(head-1, 1)
	if err != nil || len(records) == 0 {
		return time.Time{}, err
	}
	r, err := chain.Decode(records[0])
	return r.Stamp.Time(), err
}

// stateVerb tells a doctor how the running box is. Details stay on the floor page: they may be somebody's.
func (b *Box) stateVerb(d *door.Door, l *ledger.Ledger, board *health.Board) {
	door.Verb(d, "GET /state", func(ctx context.Context, _ struct{}) (doctor.Live, error) {
		now := l.Clock().Now()
		out := doctor.Live{Software: b.Software, Seq: l.Acknowledged().Seq, Confirmed: l.Confirmed().Seq, Grade: now.Grade.String(), Now: now.Time()}
		if b.road != nil {
			out.Up, _ = b.road.state()
		}
		for _, c := range board.List() {
			out.Conditions = append(out.Conditions, doctor.Condition{
				Code: c.Code, Dev: c.Dev, Severity: c.Severity.String(),
				Text: b.site.Text(page.English, "condition."+c.Code), Remedy: b.site.Text(page.English, c.Remedy()),
			})
		}
		var err error
		out.Packs, err = b.packs(ctx, l)
		return out, err
	})
}
