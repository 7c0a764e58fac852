package box

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"markaz.example/edge/mask"
)

// tail is a log handler that also keeps the newest lines, masked, for a diagnosis. Copies of it share them.
type tail struct {
	slog.Handler
	kept  *keptLines
	attrs []slog.Attr
}

// keptLines is a ring of lines.
type keptLines struct {
	mu    sync.Mutex
	lines []string // guarded by mu: at most tailLines, oldest first
}

func newTail(h slog.Handler) *tail { return &tail{Handler: h, kept: &keptLines{}} }

// Enabled also wants what is kept.
func (t *tail) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelInfo || t.Handler.Enabled(ctx, l)
}

// Handle keeps a line and passes it on.
func (t *tail) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelInfo {
		t.kept.add(line(r, t.attrs))
	}
	if !t.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return t.Handler.Handle(ctx, r)
}

// WithAttrs is a copy whose lines have these besides.
func (t *tail) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &tail{t.Handler.WithAttrs(attrs), t.kept, append(slices.Clip(t.attrs), attrs...)}
}

// WithGroup is a copy in a group. The kept lines know no groups.
func (t *tail) WithGroup(name string) slog.Handler {
	return &tail{t.Handler.WithGroup(name), t.kept, t.attrs}
}

// told are the keys whose values a diagnosis may tell: those that name nobody. An error's text is masked.
var told = []string{"centre", "desk", "dev", "seq", "kind", "err", "code", "reason"}

func line(r slog.Record, attrs []slog.Attr) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s", r.Time.UTC().Format(time.TimeOnly), r.Level, r.Message)
	add := func(a slog.Attr) bool {
		if slices.Contains(told, a.Key) {
			fmt.Fprintf(&b, " %s=%s", a.Key, a.Value.Resolve())
		}
		return true
	}
	for _, a := range attrs {
		add(a)
	}
	r.Attrs(add)
	return mask.Line(cut(b.String()))
}

func cut(s string) string {
	if len(s) <= tailBytesMax {
		return s
	}
	n := tailBytesMax
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func (k *keptLines) add(line string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.lines) == tailLines {
		k.lines = k.lines[1:]
	}
	k.lines = append(k.lines, line)
}

func (k *keptLines) all() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.lines)
}
