package guest

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"
)

// judge counts what holds. It belongs to one goroutine.
type judge struct {
	out            io.Writer
	passed, failed int
}

// check runs one check and gives its verdict. One that hangs is left behind with its goroutines shown.
func (j *judge) check(ctx context.Context, name string, holds func(context.Context) (seen string, err error)) {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	type answer struct {
		seen string
		err  error
	}
	began := time.Now()
	done := make(chan answer, 1)
	go func() {
		seen, err := holds(ctx)
		done <- answer{seen, err}
	}()
	select {
	case a := <-done:
		j.verdict(name, time.Since(began), a.seen, a.err)
	case <-time.After(checkLimit + checkLimit/10):
		stacks := make([]byte, 1<<16)
		j.verdict(name, time.Since(began), string(stacks[:runtime.Stack(stacks, true)]), fmt.Errorf("still running"))
	}
}

func (j *judge) verdict(name string, took time.Duration, seen string, err error) {
	took = took.Round(time.Millisecond)
	if err == nil {
		j.passed++
		fmt.Fprintf(j.out, "PASS %s (%v): %s\n", name, took, seen)
		return
	}
	j.failed++
	fmt.Fprintf(j.out, "FAIL %s (%v): %s; %s\n", name, took, strings.ReplaceAll(err.Error(), "\n", " / "), seen)
}

func (j *judge) sum() { fmt.Fprintf(j.out, "RIG pass=%d fail=%d\n", j.passed, j.failed) }

// await looks until something holds; why says what was seen last.
func await(ctx context.Context, what string, holds func() (ok bool, why string)) error {
	for {
		ok, why := holds()
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited in vain for %s: %s", what, why)
		case <-time.After(look):
		}
	}
}
