package voice

import (
	"cmp"
	"slices"
	"time"
)

// Older orders calls as they are said.
func Older(a, b Call) int { return cmp.Compare(a.Seq, b.Seq) }

// Queue is what one loudspeaker has to say. It is told who is called, whenever that may have changed, and keeps no call
// that it is not told of again: whoever came or gave up is not called any more. Times are of a clock that never jumps.
// It belongs to one goroutine, or to whoever holds its lock.
type Queue struct {
	Late  time.Duration // how old a call may be when its turn comes; zero means LateAfter
	calls []queued      // in the order of their sequence
}

type queued struct {
	Call
	since time.Duration // when the queue first heard of it
	said  bool
}

// Tell replaces what the queue knows by everybody who is called now, in any order.
func (q *Queue) Tell(calls []Call, now time.Duration) {
	next := make([]queued, 0, len(calls))
	for _, c := range calls {
		i := slices.IndexFunc(q.calls, func(k queued) bool { return k.Seq == c.Seq })
		if i < 0 {
			next = append(next, queued{Call: c, since: now})
			continue
		}
		next = append(next, q.calls[i])
	}
	slices.SortFunc(next, func(a, b queued) int { return Older(a.Call, b.Call) })
	q.calls = next
}

// Due is what may be said now, the oldest call first, whether or not it was said: a page that shows it remembers what it
// has said itself.
func (q *Queue) Due(now time.Duration) []Call {
	var out []Call
	for _, k := range q.calls {
		if !q.late(k, now) {
			out = append(out, k.Call)
		}
	}
	return out
}

// Next takes what is to be said now. It reports false when there is nothing.
func (q *Queue) Next(now time.Duration) (Call, bool) {
	for i := range q.calls {
		k := &q.calls[i]
		if !k.said && !q.late(*k, now) {
			k.said = true
			return k.Call, true
		}
	}
	return Call{}, false
}

func (q *Queue) late(k queued, now time.Duration) bool {
	late := q.Late
	if late == 0 {
		late = LateAfter
	}
	return now-k.since > late
}
