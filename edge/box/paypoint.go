package box

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"markaz.example/devices/paypoint"
	"markaz.example/devices/paypoint/terminal"
	"markaz.example/devices/profile"
	book "markaz.example/edge/book/paypoint"
	"markaz.example/edge/ledger"
	"markaz.example/edge/web/devices"
)

// paypointName is how conditions call the listener for payment terminals.
const paypointName = "paypoint/listener"

// openPaypoints makes the listener, or nothing where no bank tells anything.
func (b *Box) openPaypoints() error {
	if len(b.Banks)+len(b.Terminals) == 0 {
		return nil
	}
	l := &paypoint.Listener{Log: b.Log, Known: b.time.now}
	for _, t := range b.Terminals {
		l.Terminals = append(l.Terminals, paypoint.Terminal{
			Terminal: terminal.Terminal{ID: terminal.ID{Bank: t.Bank, Name: t.Name}, Kind: terminal.Kind(t.Kind)},
			LUNO:     t.LUNO, TID: t.TID, Probe: t.Probe,
		})
	}
	for _, k := range b.Banks {
		if k.Secret != "" && b.Secrets.locked() {
			continue // nobody can say whether the bank speaks
		}
		line, err := b.bankLine(k)
		if err != nil {
			return fmt.Errorf("bank %s: %w", k.Name, err)
		}
		l.Lines = append(l.Lines, line)
	}
	_, err := l.Board()
	b.paypoints = l
	return err
}

func (b *Box) bankLine(k Bank) (paypoint.Line, error) {
	p, err := profile.LoadPaypointFS(os.DirFS(b.Profiles), k.Profile)
	if err != nil {
		return paypoint.Line{}, err
	}
	line := paypoint.Line{Name: k.Name, Bank: k.Bank, Profile: p, Addr: k.Listen}
	if k.Secret == "" {
		return line, nil
	}
	secret, err := b.Secrets.shared(k)
	line.Secret = bytes.TrimSpace(secret)
	return line, err
}

// notes records what changed about payment terminals, until the context ends. A full disk or a stop loses a note, not
// the state: the next change of the same thing is recorded again.
func (b *Box) notes(l *ledger.Ledger) part {
	return func(ctx context.Context) error {
		board, err := b.paypoints.Board()
		if err != nil {
			return err
		}
		changes := board.Subscribe()
		defer changes.Close()
		for {
			select {
			case <-ctx.Done():
				return nil
			case c := <-changes.C:
				if err := note(ctx, l, c); err != nil && ctx.Err() == nil {
					b.Log.Warn("a change of a payment terminal was not recorded", "terminal", c.ID, "err", err)
				}
			}
		}
	}
}

func note(ctx context.Context, l *ledger.Ledger, c terminal.Change) error {
	if !book.Recorded(c.What) {
		return nil
	}
	return l.Update(ctx, "box", func(tx *ledger.Tx) error {
		return book.Note(tx, book.Changed{Terminal: c.ID.String(), What: c.What, Now: c.Now.String(), Reason: c.Why, Source: string(c.By)})
	})
}

// shownTerminals is every payment terminal for the page of devices: what people are told, and the last changes.
func (b *Box) shownTerminals() (out []devices.Device) {
	if b.paypoints == nil {
		return nil
	}
	board, err := b.paypoints.Board()
	if err != nil {
		return nil
	}
	out = append(out, b.shownLines())
	for _, s := range board.Statuses() {
		d := devices.Device{Down: s.Can.Can == terminal.No, Name: "paypoint/" + s.ID.String(), Class: profile.ClassPaypoint, Model: string(s.Kind), Wire: b.lineOf(s.ID), Exchanges: []devices.Exchange{}}
		d.Facts = append(d.Facts, devices.Fact{Key: "pay", Value: s.Can.Can.String()})
		if s.Can.Why != "" {
			d.Facts = append(d.Facts, devices.Fact{Key: "why", Value: s.Can.Why})
		}
		for a, v := range s.Told {
			if v != terminal.Unknown && v != terminal.None {
				d.Facts = append(d.Facts, devices.Fact{Key: terminal.Axis(a).String(), Value: v.String()})
			}
		}
		d.Facts = append(d.Facts, heard("heard", s.Heard), heard("money", s.Money))
		out = append(out, d)
	}
	return out
}

// shownLines is what was wrong on the lines of banks, counted since the box started.
func (b *Box) shownLines() devices.Device {
	d := devices.Device{Name: paypointName, Class: profile.ClassPaypoint, Exchanges: []devices.Exchange{}}
	var names []string
	for _, k := range b.Banks {
		names = append(names, k.Name+" "+k.Listen)
	}
	d.Model, d.Wire = fmt.Sprintf("%d terminals", len(b.Terminals)), strings.Join(names, ", ")
	for _, t := range b.paypoints.State().Troubles {
		d.Facts = append(d.Facts, devices.Fact{Key: t.Line + ": " + t.Why, Value: fmt.Sprint(t.Count)})
	}
	return d
}

// heard is when something last was, in the time of the centre.
func heard(key string, at time.Time) devices.Fact {
	if at.IsZero() {
		return devices.Fact{Key: key, Value: terminal.Unknown.String()}
	}
	return devices.Fact{Key: key, Value: at.In(pakistan).Format("15:04:05")}
}

// lineOf names the lines that may speak of a terminal.
func (b *Box) lineOf(t terminal.ID) string {
	var names []string
	for _, k := range b.Banks {
		if k.Bank == t.Bank {
			names = append(names, k.Name)
		}
	}
	return cmp.Or(strings.Join(names, ", "), "—")
}
