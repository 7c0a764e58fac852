package lone

import (
	"context"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"time"

	"markaz.example/cmd/markaz-sim/machine"
)

// Lone is one device under way. Set the fields, then call Run once.
type Lone struct {
	Machine machine.Machine
	Acts    <-chan string // what is done to it, a line each; a closed one does nothing any more
	Out     io.Writer     // what there is to see, whenever it changes
	Papers  string        // directory for a printer's papers, as PNG; empty keeps none

	life  func(context.Context) error // of what is behind the machine; nil means the machine's own
	more  func() string               // there is to see besides; may be nil
	shown string
	kept  int // papers written
}

// lookEvery is how soon a change is shown: at once, for a person.
const lookEvery = 100 * time.Millisecond

// Run goes on until the context ends, or the device cannot be plugged in.
func (l *Lone) Run(ctx context.Context) error {
	if l.life == nil {
		l.life = l.Machine.Run
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- l.life(ctx) }()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case act, ok := <-l.Acts:
			if !ok {
				l.Acts = nil
				continue
			}
			if err := l.do(act); err != nil {
				fmt.Fprintln(l.Out, err)
			}
		case <-tick.C:
		}
		if err := l.look(); err != nil {
			stop()
			<-ended
			return err
		}
	}
}

func (l *Lone) do(act string) error {
	if act == "" {
		return nil
	}
	return l.Machine.Do(act)
}

// look shows what has changed, and keeps what was printed.
func (l *Lone) look() error {
	s := l.Machine.See()
	now := fmt.Sprint(s.Says, " ", s.Holds)
	if l.more != nil {
		now += " " + l.more()
	}
	if now != l.shown {
		fmt.Fprintln(l.Out, now)
		l.shown = now
	}
	p, ok := l.Machine.(*machine.Printer)
	if !ok {
		return nil
	}
	return l.keep(p)
}

func (l *Lone) keep(p *machine.Printer) error {
	for _, page := range p.Pages()[l.kept:] {
		l.kept++
		fmt.Fprintf(l.Out, "paper %d: %d by %d dots\n", l.kept, page.Bitmap.Width, page.Bitmap.Height)
		if l.Papers == "" {
			continue
		}
		f, err := os.Create(filepath.Join(l.Papers, fmt.Sprintf("paper-%03d.png", l.kept)))
		if err != nil {
			return err
		}
		if err := png.Encode(f, page.Bitmap); err != nil {
			f.Close()
			return fmt.Errorf("write %s: %w", f.Name(), err)
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}
