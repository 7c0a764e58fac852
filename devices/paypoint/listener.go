package paypoint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"markaz.example/devices/paypoint/terminal"
	"markaz.example/devices/profile"
)

// Terminal is one that the centre has, with the names that it has on each bank's lines.
type Terminal struct {
	terminal.Terminal
	LUNO  string // its number in NDC, 3 or 9 digits; empty: not heard that way
	TID   string // its field 41 in ISO 8583, up to 8 characters; empty: not heard that way
	Probe string // host:port that the box may connect to, to see whether it is there; empty: not probed
}

// Line is one way in which one bank tells.
type Line struct {
	Name    string           // unique in a Listener: "hbl-atm"
	Bank    string           // code of the bank whose terminals it may speak of
	Profile profile.Paypoint //
	Addr    string           // host:port to listen on
	Secret  []byte           // of a push; shared with the bank

	Listen func(context.Context) (net.Listener, error) // nil means TCP on Addr
}

// Listener runs all lines. Set the fields before the first Run; State, Changes and Board may be called from any
// goroutine, whether Run is running or not.
type Listener struct {
	Terminals  []Terminal
	Lines      []Line
	ProbeEvery time.Duration // 0 means 30 s
	Log        *slog.Logger  // nil means silence

	// Known is the time, and whether somebody vouches for it; nil means the machine's, vouched for. Without, no message is
	// refused because of its time.
	Known func() (now time.Time, known bool)

	once     sync.Once
	board    *terminal.Board
	wrong    error
	troubles troubles

	mu      sync.Mutex // guards changes
	changes chan State
}

// ErrConfig is a line or terminal that cannot be as it is configured.
var ErrConfig = errors.New("payment terminals are not configured as they should be")

// Board is where the terminals are. It reports what is wrong with the configuration.
func (l *Listener) Board() (*terminal.Board, error) {
	l.once.Do(func() {
		var list []terminal.Terminal
		for _, t := range l.Terminals {
			list = append(list, t.Terminal)
		}
		l.board, l.wrong = terminal.NewBoard(list)
		l.wrong = errors.Join(l.wrong, l.checkLines())
		if l.wrong != nil {
			l.wrong = fmt.Errorf("%w: %w", ErrConfig, l.wrong)
		}
	})
	return l.board, l.wrong
}

func (l *Listener) checkLines() error {
	var errs []error
	names := map[string]bool{}
	for _, line := range l.Lines {
		if line.Name == "" || names[line.Name] {
			errs = append(errs, fmt.Errorf("line %q: each needs a name of its own", line.Name))
		}
		names[line.Name] = true
		if line.Profile.Protocol == profile.ProtocolPush && len(line.Secret) < secretBytesMin {
			errs = append(errs, fmt.Errorf("line %s: a secret of %d bytes, want %d or more", line.Name, len(line.Secret), secretBytesMin))
		}
		if err := line.Profile.Check(); err != nil {
			errs = append(errs, fmt.Errorf("line %s: %w", line.Name, err))
		}
	}
	return errors.Join(errs...)
}

// Run listens on every line until the context ends, whose error it returns, or until a line cannot be listened on. It
// never retries, rack does. What was heard before stays on the board.
func (l *Listener) Run(ctx context.Context) error {
	board, err := l.Board()
	if err != nil {
		return err
	}
	open, err := l.open(ctx)
	if err != nil {
		return err
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var parts sync.WaitGroup
	run := func(part func(context.Context) error) { parts.Go(func() { fail(part(ctx)) }) }
	run(board.Run)
	run(l.watch)
	for i, line := range l.Lines {
		run(func(ctx context.Context) error { return l.serve(ctx, line, open[i]) })
	}
	for _, t := range l.Terminals {
		if t.Probe != "" {
			run(func(ctx context.Context) error { return l.probe(ctx, t) })
		}
	}
	parts.Wait()
	return context.Cause(ctx)
}

// open listens on all lines or none.
func (l *Listener) open(ctx context.Context) (all []net.Listener, err error) {
	for _, line := range l.Lines {
		one, err := line.listen(ctx)
		if err != nil {
			for _, o := range all {
				_ = o.Close() // nobody has used it
			}
			return nil, fmt.Errorf("line %s: %w", line.Name, err)
		}
		all = append(all, one)
	}
	return all, nil
}

func (l Line) listen(ctx context.Context) (net.Listener, error) {
	if l.Listen != nil {
		return l.Listen(ctx)
	}
	var tcp net.ListenConfig // keeps connections alive by its defaults, so that half-open ones end
	return tcp.Listen(ctx, "tcp", l.Addr)
}

// watch tells of every change on the board, and looks for troubles that have passed.
func (l *Listener) watch(ctx context.Context) error {
	news := l.board.Subscribe()
	defer news.Close()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		l.publish()
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case c := <-news.C:
			l.log().Info("payment terminal changed", "dev", c.ID.String(), "what", c.What, "was", c.Before.String(), "now", c.Now.String(), "why", c.Why)
		case <-tick.C:
		}
	}
}

// trouble counts what was wrong on a line, and says so.
func (l *Listener) trouble(line Line, why string) {
	if l.troubles.add(line.Name, why, time.Now()) {
		l.log().Warn("a bank's message was not accepted", "dev", line.Name, "why", why)
	}
	l.publish()
}

// hear is where every line puts what it heard.
func (l *Listener) hear(r terminal.Report) error {
	err := l.board.Hear(r)
	l.publish()
	return err
}

// names are a bank's terminals by what one of its lines calls them.
func (l *Listener) names(bank string, by func(Terminal) string) map[string]terminal.ID {
	out := map[string]terminal.ID{}
	for _, t := range l.Terminals {
		if name := by(t); name != "" && t.ID.Bank == bank {
			out[name] = t.ID
		}
	}
	return out
}

// State is how everything is now.
func (l *Listener) State() State {
	s := State{Troubles: l.troubles.list()}
	if board, err := l.Board(); err == nil {
		s.Terminals = board.Statuses()
	}
	return s
}

// Changes gives the present state and then each new one. It holds one: a state that was not fetched is replaced by the
// next. All callers share one channel.
func (l *Listener) Changes() <-chan State {
	l.mu.Lock()
	missing := l.changes == nil
	if missing {
		l.changes = make(chan State, 1)
	}
	l.mu.Unlock()
	if missing {
		l.publish()
	}
	return l.changes
}

func (l *Listener) publish() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changes == nil {
		return
	}
	select {
	case <-l.changes:
	default:
	}
	l.changes <- l.State()
}

func (l *Listener) log() *slog.Logger { return cmp.Or(l.Log, slog.New(slog.DiscardHandler)) }
