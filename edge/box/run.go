package box

import (
	"context"
	"sync"
)

// part is something that runs until its context ends.
type part func(context.Context) error

// all runs parts side by side. The first to end stops the others; its error is the result, nil when the context ended.
func all(ctx context.Context, parts ...part) error {
	inner, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var wg sync.WaitGroup
	for _, p := range parts {
		wg.Go(func() { fail(p(inner)) })
	}
	wg.Wait()
	return outcome(ctx, inner)
}

// during runs a body on a base that outlives it: when the context ends the body is waited for before the base is
// stopped. A base that ends by itself stops the body.
func during(ctx context.Context, base, body part) error {
	below, stop := context.WithCancel(context.WithoutCancel(ctx))
	inner, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var wg sync.WaitGroup
	wg.Go(func() { fail(base(below)) })
	fail(body(inner))
	stop()
	wg.Wait()
	return outcome(ctx, inner)
}

func outcome(ctx, inner context.Context) error {
	if ctx.Err() != nil {
		return nil // asked to stop; what parts say on their way out is no news
	}
	if err := context.Cause(inner); err != context.Canceled {
		return err
	}
	return nil
}
