package machine

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"markaz.example/devices/fault"
	"markaz.example/devices/paypoint"
	"markaz.example/devices/paypoint/terminal"
	"markaz.example/devices/printer"
	"markaz.example/devices/scale"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 30 * time.Second

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not come about", what)
		}
	}
}

func running(t *testing.T, life func(context.Context) error) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() {
		if err := life(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { stop(); parts.Wait() })
}

// What a script does to plug and mains is seen as what a person does is, and ends with it.
func TestScriptsAreSeen(t *testing.T) {
	for name, m := range map[string]Scripted{
		"printer": NewPrinter(&printer.Sim{Speed: 100}, filepath.Join(t.TempDir(), "p")),
		"scale":   NewScale(&scale.Sim{Speed: 100}, filepath.Join(t.TempDir(), "s")),
	} {
		running(t, m.Run)
		m.Befall(fault.MustParse("then: unplug\nthen: power off"))
		eventually(t, name+" without plug and mains", func() bool {
			held := m.See().Holds
			return slices.Contains(held, "plug") && slices.Contains(held, "mains")
		})
		if v := m.See(); v.Says != "no mains" || !v.Bad {
			t.Errorf("%s looks %+v", name, v)
		}
		m.Befall(&fault.Script{})
		eventually(t, name+" well again", func() bool { return !m.See().Bad })
	}
}

// A load beyond the scale's capacity is seen as its display shows it.
func TestOverloadIsSeen(t *testing.T) {
	s := NewScale(&scale.Sim{Speed: 1000}, filepath.Join(t.TempDir(), "s"))
	if err := s.Do("put 52000"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "overload", func() bool { v := s.See(); return v.Says == "overload" && v.Bad })
}

func TestUnknownActsNameTheKnown(t *testing.T) {
	pos := &paypoint.SimTerminal{}
	pos.Kind = terminal.POS
	err := (&Bank{Sim: &paypoint.Sim{}}).Terminal(pos).Do("empty")
	if !errors.Is(err, ErrAct) || !strings.Contains(err.Error(), "jam, link, paper, service") {
		t.Errorf("a POS that is emptied: %v", err)
	}
}
