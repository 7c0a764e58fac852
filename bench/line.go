package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
)

// wire is a line between driver and simulated printer, and how many bytes a second it carries.
type wire struct {
	name string
	rate int
	open func(sim *printer.Sim) (opener port.Opener, parts []func(context.Context) error, err error)
}

// wires are a serial line at its usual speed, on a pseudo-terminal, and USB at full speed, whose bulk transfers carry
// some 1 MB a second, as a pipe in memory.
func wires() []wire {
	return []wire{
		{"serial line of 115,200 baud", 115200 / 10, func(sim *printer.Sim) (port.Opener, []func(context.Context) error, error) {
			far, err := port.NewPTY("")
			if err != nil {
				return nil, nil, err
			}
			serve := func(ctx context.Context) error { return sim.Serve(ctx, far) }
			return port.Serial{Path: far.Name(), Baud: 115200}, []func(context.Context) error{sim.Run, serve}, nil
		}},
		{"USB at full speed, 1 MB/s", 1_000_000, func(sim *printer.Sim) (port.Opener, []func(context.Context) error, error) {
			return sim, []func(context.Context) error{sim.Run}, nil
		}},
	}
}

// lineTimes measures how long after the last byte of a slip can have left the line its printer's word is believed. The
// printer is paced like a real one: line, buffer of 4 kB, paper at 150 mm a second. The limit is the same picture in plain
// commands until the one question behind it is answered.
func lineTimes(b *bench) (rows []row, err error) {
	dir := filepath.Join(b.dir, "line")
	p, err := lineProfile(dir)
	if err != nil {
		return nil, err
	}
	picture, err := linePicture(b.rows)
	if err != nil {
		return nil, err
	}
	for _, w := range wires() {
		ours, whole, line, err := printPaced(w, p, picture, b.slips)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.name, err)
		}
		limit, err := replayPaced(w, picture, b.slips)
		if err != nil {
			return nil, fmt.Errorf("%s, plain: %w", w.name, err)
		}
		rows = append(rows, row{
			what:  fmt.Sprintf("last byte to confirmation, %s (whole slip %.0f ms, %.0f of them the line's)", w.name, whole.median(), line),
			ours:  spread(ours),
			limit: "its bytes to the same simulator, answer read: " + spread(limit),
			ratio: limit.median() / ours.median(),
		})
	}
	return rows, nil
}

func lineProfile(dir string) (profile.Printer, error) {
	if err := writeModel(dir); err != nil {
		return profile.Printer{}, err
	}
	return profile.LoadPrinter(filepath.Join(dir, "sim.toml"))
}

// linePicture is a slip, or as much of it as a quick run has time for.
func linePicture(rows int) (*slip.Bitmap, error) {
	c, err := slip.NewComposer()
	if err != nil {
		return nil, err
	}
	whole, err := c.Compose(slipDoc("K042"), paperDots)
	if err != nil || rows >= whole.Height {
		return whole, err
	}
	part := slip.NewBitmap(paperDots, rows)
	copy(part.Bits, whole.Bits)
	return part, nil
}

// printPaced prints through the driver. line is what the bytes of one slip need on the wire, in milliseconds.
func printPaced(w wire, p profile.Printer, picture *slip.Bitmap, slips int) (after, whole samples, line float64, err error) {
	sim := &printer.Sim{Cutter: true, Line: w.rate}
	opener, parts, err := w.open(sim)
	if err != nil {
		return nil, nil, 0, err
	}
	meter := &meter{Opener: opener}
	d := &printer.Driver{Port: meter, Profile: p}
	defer together(append(parts, d.Run)...)()
	blank := slip.NewBitmap(paperDots, 1)
	for tries := 0; d.Print(context.Background(), blank) != nil; tries++ {
		if tries == asksMax {
			return nil, nil, 0, errors.New("the printer never came up")
		}
		time.Sleep(askEvery)
	}
	for range slips {
		if err := d.Print(context.Background(), picture); err != nil {
			return nil, nil, 0, err
		}
		sent, took := meter.read()
		line = float64(sent) / float64(w.rate) * 1e3
		after, whole = append(after, took-line), append(whole, took)
	}
	return after, whole, line, nil
}

func replayPaced(w wire, picture *slip.Bitmap, slips int) (after samples, err error) {
	sim := &printer.Sim{Cutter: true, Line: w.rate}
	opener, parts, err := w.open(sim)
	if err != nil {
		return nil, err
	}
	defer together(parts...)()
	conn, err := opener.Open(context.Background())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	job, answers := plainSlip(picture)
	for range slips {
		took, err := timed(func() error { return replay(conn, job, answers) })
		if err != nil {
			return nil, err
		}
		after = append(after, (took.Seconds()-float64(len(job))/float64(w.rate))*1e3)
	}
	return after, nil
}

// meter counts the bytes that a driver sends, and the time, from the head of a slip on.
type meter struct {
	port.Opener

	mu    sync.Mutex
	sent  int
	began time.Time
}

func (m *meter) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	c, err := m.Opener.Open(ctx)
	return metered{c, m}, err
}

// read gives the bytes and the milliseconds so far.
func (m *meter) read() (sent int, took float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sent, time.Since(m.began).Seconds() * 1e3
}

type metered struct {
	io.ReadWriteCloser
	meter *meter
}

func (c metered) Write(b []byte) (int, error) {
	c.meter.count(b)
	return c.ReadWriteCloser.Write(b)
}

func (m *meter) count(b []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if bytes.HasPrefix(b, []byte{0x1b, '@'}) {
		m.sent, m.began = 0, time.Now()
	}
	m.sent += len(b)
}
