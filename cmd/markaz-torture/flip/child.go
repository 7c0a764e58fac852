package flip

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// variable of the environment that makes a program an examiner.
const variable = "MARKAZ_TORTURE_EXAMINER"

// spot is one bit.
type spot struct {
	At  int64
	Bit uint
}

// order is what an examiner is to do.
type order struct {
	Whole, Dir string
	Spots      []spot
}

// finding is what it says of one spot: a line of JSON with the verdict and, where that is not harmless, another with what
// bbolt's own check finds, whose goroutine nobody can guard.
type finding struct {
	Verdict Verdict `json:",omitempty"` // empty in the second line
	Why     string  // of the verdict; of the second line what bbolt finds, empty for nothing
	Failed  string  `json:",omitempty"` // the examiner could not work
}

// Main is the whole program when it was started as an examiner; false when it was not. Call it first in main and TestMain.
func Main() bool {
	text := os.Getenv(variable)
	if text == "" {
		return false
	}
	if err := examine(context.Background(), text); err != nil {
		say(finding{Failed: err.Error()})
	}
	return true
}

func examine(ctx context.Context, file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var o order
	if err := json.Unmarshal(b, &o); err != nil {
		return err
	}
	x, err := newExaminer(ctx, o.Whole, o.Dir)
	if err != nil {
		return err
	}
	for _, s := range o.Spots {
		v, why := x.one(ctx, s.At, s.Bit)
		if say(finding{Verdict: v, Why: textOf(why)}); v != Harmless {
			say(finding{Why: textOf(x.alone(s.At, s.Bit))})
		}
	}
	return nil
}

func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func say(f finding) {
	b, err := json.Marshal(f)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	fmt.Println(string(b))
}

// start starts an examiner. It dies with whoever started it.
func start(ctx context.Context, file string, complaint io.Writer) (*exec.Cmd, *bufio.Scanner, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), variable+"="+file, "GOTRACEBACK=single", "GODEBUG=invalidptr=0") // the last as in the units
	cmd.Stderr = complaint
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	return cmd, lines, cmd.Start()
}
