package box

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// diary notes the order in which parts end.
type diary struct {
	mu  sync.Mutex
	end []string // guarded by mu
}

// part runs until its context ends, then for a while longer.
func (d *diary) part(name string, longer time.Duration) part {
	return func(ctx context.Context) error {
		<-ctx.Done()
		time.Sleep(longer)
		d.ends(name)
		return ctx.Err()
	}
}

// fails ends by itself.
func (d *diary) fails(name string, after time.Duration, err error) part {
	return func(context.Context) error {
		time.Sleep(after)
		d.ends(name)
		return err
	}
}

func (d *diary) ends(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.end = append(d.end, name)
}

var errPart = errors.New("a part has failed")

func TestPartsEndInOrder(t *testing.T) {
	for _, c := range []struct {
		name string
		run  func(*diary, context.Context) error
		want []string // the order of the ends
		err  error
	}{
		{"asked to stop, the body is waited for before its base ends", func(d *diary, ctx context.Context) error {
			return during(ctx, d.part("ledger", 0), d.part("paper", time.Minute))
		}, []string{"paper", "ledger"}, nil},
		{"two bases", func(d *diary, ctx context.Context) error {
			return during(ctx, d.part("ledger", 0), func(ctx context.Context) error {
				return during(ctx, d.part("devices", 0), d.part("paper", time.Minute))
			})
		}, []string{"paper", "devices", "ledger"}, nil},
		{"a base that fails ends the body", func(d *diary, ctx context.Context) error {
			return during(ctx, d.fails("ledger", time.Second, errPart), d.part("paper", time.Minute))
		}, []string{"ledger", "paper"}, errPart},
		{"a body that fails ends the base", func(d *diary, ctx context.Context) error {
			return during(ctx, d.part("ledger", 0), d.fails("paper", time.Second, errPart))
		}, []string{"paper", "ledger"}, errPart},
		{"side by side, the first to fail ends the others", func(d *diary, ctx context.Context) error {
			return all(ctx, d.part("pages", time.Minute), d.fails("work", time.Second, errPart))
		}, []string{"work", "pages"}, errPart},
		{"asked to stop, what parts say on their way out is no news", func(d *diary, ctx context.Context) error {
			return all(ctx, d.part("pages", 0), d.fails("work", 2*time.Hour, errPart))
		}, []string{"pages", "work"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				d := &diary{}
				if err := c.run(d, ctx); !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
					t.Errorf("ended with %v, want %v", err, c.err)
				}
				if !slices.Equal(d.end, c.want) {
					t.Errorf("the ends were %q, want %q", d.end, c.want)
				}
			})
		})
	}
}
