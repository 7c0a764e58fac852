package blackout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strings"

	"markaz.example/cmd/markaz-rig/drive"
	"markaz.example/cmd/markaz-rig/machine"
)

// Stick is one start of a machine with updates in it: one that is good, then one whose box falls. Set the fields, then call
// Do once.
type Stick struct {
	Machine *machine.Debian // prepared, with a stick
	Drive   *drive.Drive
	To      string // version of the good update
	Out     io.Writer
}

// Do waits for both updates to end, and reports one that did not end as it must.
func (s *Stick) Do(ctx context.Context) (err error) {
	door, err := net.ListenUnix("unix", &net.UnixAddr{Name: s.Machine.Drive})
	if err != nil {
		return err
	}
	defer door.Close()
	err = s.Drive.While(door, func() error {
		m, err := s.Machine.Start(ctx)
		if err == nil {
			err = errors.Join(s.ends(ctx, m), m.Kill())
		}
		return err
	})
	told := ended.FindAllString(tail(s.Machine.Console()), -1)
	fmt.Fprintln(s.Out, strings.Join(told, "\n"))
	if err != nil {
		return fmt.Errorf("%w; the end of its console:\n%s", err, tail(s.Machine.Console()))
	}
	return s.judge(told)
}

// ended is the line on which the machine tells how an update ended.
var ended = regexp.MustCompile(`(?m)^STICK .*$`)

func (s *Stick) ends(ctx context.Context, m *machine.Powered) error {
	return await(ctx, stickLimit, "two updates", func() (bool, string) {
		select {
		case <-m.Ended():
			return true, ""
		default:
		}
		text, err := os.ReadFile(s.Machine.Console())
		return strings.Contains(string(text), "STICK end"), fmt.Sprint(err)
	})
}

// judge wants the good version after both, and the box at work.
func (s *Stick) judge(told []string) error {
	wants := fmt.Sprintf(" version=%s install ok installed box=active ", s.To)
	if len(told) != 3 {
		return fmt.Errorf("%w: the machine told of %d updates", ErrBroken, len(told)-1)
	}
	for _, line := range told[:2] {
		if !strings.Contains(line, wants) {
			return fmt.Errorf("%w: %s; want%s", ErrBroken, line, wants)
		}
	}
	return nil
}
