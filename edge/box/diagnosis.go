package box

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/book/pack"
	"markaz.example/edge/door"
	"markaz.example/edge/health"
	"markaz.example/edge/ledger"
	"markaz.example/edge/mask"
)

// formatText is the format of a diagnosis: lines of text, compressed.
const formatText = "text+gzip"

// diagnose composes what headquarters is given when it may look into the box: how the program, the ledger, the road and
// the machines are. Nothing in it is about a visitor. When it is too large the oldest lines of the log are left out.
func (b *Box) diagnose(l *ledger.Ledger, board *health.Board) (diagnosis.Given, error) {
	head, lines := b.report(l, board), b.tail.kept.all()
	for {
		packed, err := compress(head + strings.Join(lines, "\n") + "\n")
		if err != nil {
			return diagnosis.Given{}, err
		}
		if len(packed) <= diagnosis.ReportBytesMax {
			return diagnosis.Given{Format: formatText, Report: packed}, nil
		}
		if len(lines) == 0 {
			return diagnosis.Given{}, errors.New("the report is too large even without the log")
		}
		lines = lines[(len(lines)+1)/2:]
	}
}

func compress(text string) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	if err := errors.Join(err, z.Close()); err != nil {
		return nil, fmt.Errorf("compress a report: %w", err)
	}
	return b.Bytes(), nil
}

// Diagnosis is what the running box of a configuration would tell headquarters, if its people allowed it.
type Diagnosis struct {
	Text string `json:"text"`
}

// diagnosisVerb tells it to whoever runs the box's machine.
func (b *Box) diagnosisVerb(d *door.Door, l *ledger.Ledger, board *health.Board) {
	door.Verb(d, "GET /diagnosis", func(context.Context, struct{}) (Diagnosis, error) {
		return Diagnosis{b.report(l, board) + strings.Join(b.tail.kept.all(), "\n") + "\n"}, nil
	})
}

// report is everything but the log.
func (b *Box) report(l *ledger.Ledger, board *health.Board) string {
	var out strings.Builder
	say := func(what, format string, values ...any) {
		fmt.Fprintf(&out, "%-12s %s\n", what, fmt.Sprintf(format, values...))
	}
	now := l.Clock().Now()
	say("centre", "%s", b.Centre.Code)
	say("software", "%s, %s, %s/%s", b.Software, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	say("clock", "%s, grade %s", now.Time().Format("2006 Jan 2 15:04:05"), now.Grade)
	say("up", "%s, start %d", time.Duration(now.Mono)*time.Millisecond, now.Boot)
	b.reportLedger(l, say)
	b.reportRoad(say)
	for _, c := range board.List() {
		say("condition", "%s %s %s: %s", c.Severity, c.Code, c.Dev, mask.Line(c.Detail))
	}
	for _, d := range b.shownDevices() {
		say("device", "%s, %s, %s, down %v, facts %d", d.Name, d.Class, d.Model, d.Down, len(d.Facts))
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	say("memory", "%d KiB in use, %d KiB of the system, %d goroutines", m.HeapInuse>>10, m.Sys>>10, runtime.NumGoroutine())
	return out.String() + "\n"
}

func (b *Box) reportLedger(l *ledger.Ledger, say func(string, string, ...any)) {
	say("ledger", "at record %d, headquarters holds %d", l.Acknowledged().Seq, l.Confirmed().Seq)
	ctx, cancel := context.WithTimeout(context.Background(), takeWait)
	defer cancel()
	err := l.View(ctx, func(s ledger.Snapshot) error {
		for _, p := range pack.All(s) {
			if p.Active != nil {
				say("pack", "%s version %d", p.Name, p.Active.Version)
			}
		}
		return nil
	})
	if err != nil {
		say("packs", "%v", err)
	}
}

func (b *Box) reportRoad(say func(string, string, ...any)) {
	switch s := b.road; {
	case s == nil:
		say("road", "no headquarters in the configuration")
	case s.last.Load() == nil:
		say("road", "nothing is known yet")
	default:
		last := s.last.Load()
		say("road", "up %v, behind %d, forked %v, %s %s", last.Up, last.Behind, last.Forked, last.Code, mask.Line(last.Detail))
	}
}
