package victim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"markaz.example/edge/chain"
)

// Kind is a writer.
type Kind string

// The writers.
const (
	Ledger  Kind = "ledger"  // of a box
	Archive Kind = "archive" // of headquarters
	Group   Kind = "group"   // raft log and archive of a node of headquarters
	Floor   Kind = "floor"   // a whole box with its pages
)

// Config is one run of a victim.
type Config struct {
	Kind   Kind
	Dir    string                    // on the disk that is taken away
	Acked  map[string]chain.Position // what earlier runs acknowledged, by chain
	Seed   uint64                    // of what it does
	Early  bool                      // a control: it acknowledges before it saves
	Views  bool                      // the views of a ledger are compared with views made anew
	Blocks bool                      // a ledger seals records into blocks all the while
	Scrap  string                    // a directory elsewhere, with Views
	Stop   int                       // after so many answers it ends by itself, in order; 0 is never

	Listen   string // of a floor: host:port of its pages for all
	Desks    string // and of those for its desks
	Ahead    bool   // of a floor: it takes room ahead, and a ballast
	Profiles string // of a floor: directory of device profiles
}

// variable of the environment that makes a program a victim.
const variable = "MARKAZ_TORTURE_VICTIM"

// Environment is what makes a program a victim, as it stands in its environment.
func (c Config) Environment() (string, error) {
	text, err := json.Marshal(c)
	return variable + "=" + string(text), err
}

// Command starts this program again as a victim. It dies with whoever started it.
func Command(ctx context.Context, c Config) (*exec.Cmd, error) {
	victim, err := c.Environment()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), victim, "GOTRACEBACK=single")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd, nil
}

// Main is the whole program when it was started as a victim; false when it was not. Call it first in main and TestMain.
func Main() bool {
	text := os.Getenv(variable)
	if text == "" {
		return false
	}
	var c Config
	m := &mouth{to: os.Stdout}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		m.text(Unsound, err)
		return true
	}
	if err := c.run(context.Background(), m); err != nil {
		m.text(wordOf(err), err)
	}
	return true
}

// verdict is an error with its word.
type verdict struct {
	word Word
	error
}

func (v verdict) Unwrap() error { return v.error }

func lost(format string, args ...any) error { return verdict{Lost, fmt.Errorf(format, args...)} }

func unsound(format string, args ...any) error { return verdict{Unsound, fmt.Errorf(format, args...)} }

func wordOf(err error) Word {
	if v, ok := errors.AsType[verdict](err); ok {
		return v.word
	}
	return Refused
}

func (c Config) run(ctx context.Context, m *mouth) error {
	switch c.Kind {
	case Ledger:
		return (&box{Config: c, mouth: m}).run(ctx)
	case Archive:
		return (&archivist{Config: c, mouth: m}).run(ctx)
	case Group:
		return (&node{Config: c, mouth: m}).run(ctx)
	case Floor:
		return c.runFloor(ctx, m)
	}
	return unsound("there is no writer %q", c.Kind)
}
