package promise

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
)

// program is a command of the repository, run in its top directory. {n} stands for the count, {seed} for the seed.
type program string

func (p program) run(ctx context.Context, j Job) (said string, err error) {
	text := strings.NewReplacer("{n}", fmt.Sprint(j.Count), "{seed}", fmt.Sprint(j.Seed)).Replace(string(p))
	words := strings.Fields(text)
	var keep bytes.Buffer
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	both := io.MultiWriter(&keep, j.Out)
	cmd.Stdout, cmd.Stderr = both, both // the same, so that one goroutine writes
	if err = cmd.Run(); err != nil {
		err = fmt.Errorf("%s: %w", text, err)
	}
	return gist(keep.String()), err
}

// telling are the lines of a run that say what it came to.
var telling = regexp.MustCompile(`(?i)seeds|lost|papers|caught|acknowledged|worlds|none found`)

// gist is the last line that says something; the last of all where none does.
func gist(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if telling.MatchString(lines[i]) {
			return short(lines[i])
		}
	}
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "ok") {
		return short(last)
	}
	return "all passed"
}

func short(line string) string {
	const most = 160
	line = strings.Join(strings.Fields(line), " ")
	return line[:min(most, len(line))]
}

// runs is a row of programs. Caught is a control that succeeds when it catches what was planted; fails is one that must
// end in an error. Either may be empty.
func runs(p, caught, fails program) func(context.Context, Job) Outcome {
	return func(ctx context.Context, j Job) Outcome {
		said, err := p.run(ctx, j)
		out := Outcome{Result: said, Control: "in the same tests", Err: err}
		switch {
		case caught != "":
			_, err := caught.run(ctx, j)
			out.Control, out.Err = "what is planted is caught", errors.Join(out.Err, err)
		case fails != "":
			_, err := fails.run(ctx, j)
			out.Control, out.Err = "fails, as it must", errors.Join(out.Err, toothed(err != nil))
		}
		return out
	}
}
