// Package latest is a value that one side sets and others look at or wait for: how a device is now.
//
// A watcher misses steps when it is slow, and never the end.
package latest

import "sync"

// Value holds the newest T. The zero Value holds the zero T. Any goroutine may call it.
type Value[T any] struct {
	mu  sync.Mutex
	now T
	c   chan T // nil until somebody watches; holds one
}

// Get is the newest.
func (v *Value[T]) Get() T {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

// Changes gives the present value and then each that was news. It holds one: a value that was not fetched is replaced by
// the next. All callers share one channel.
func (v *Value[T]) Changes() <-chan T {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.c == nil {
		v.c = make(chan T, 1)
		v.c <- v.now
	}
	return v.c
}

// Set makes a new value of the one before, and says whether watchers should hear of it.
func (v *Value[T]) Set(alter func(before T) (now T, news bool)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	now, news := alter(v.now)
	v.now = now
	if news && v.c != nil {
		Replace(v.c, now)
	}
}

// Replace puts the newest into a channel of one, in the place of what was not fetched. Its callers take turns.
func Replace[T any](c chan T, newest T) {
	select {
	case <-c:
	default:
	}
	c <- newest
}
