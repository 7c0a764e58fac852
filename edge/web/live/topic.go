package live

import (
	"context"
	"maps"
	"math/rand/v2"
	"sync"
	"time"
)

// topic is a Topic that is being watched.
type topic struct {
	Topic
	hub  *Hub
	stop context.CancelFunc

	mu      sync.Mutex
	shown   Parts                // guarded by mu: what every socket has been handed; nil before the first render
	trouble bool                 // guarded by mu: the last render failed
	sockets map[*socket]struct{} // guarded by mu
}

func newTopic(h *Hub, t Topic) *topic {
	return &topic{Topic: t, hub: h, sockets: map[*socket]struct{}{}}
}

// add hands a socket all that is shown. Before the first render there is nothing; it will be handed out to all.
func (t *topic) add(s *socket) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sockets[s] = struct{}{}
	if t.shown != nil || t.trouble {
		s.offer(message{Parts: maps.Clone(t.shown), Trouble: t.trouble})
	}
}

// remove reports how many are left.
func (t *topic) remove(s *socket) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.sockets, s)
	return len(t.sockets)
}

// run renders at first and after every change, until nobody watches.
func (t *topic) run(ctx context.Context) {
	for {
		changed, also := t.hub.Changed(), t.also() // before the render, or a change during it would be missed
		t.render(ctx)
		if !t.await(ctx, changed, also) {
			return
		}
	}
}

// await returns when the topic is to be rendered again. It reports false when the topic has ended.
func (t *topic) await(ctx context.Context, changed, also <-chan struct{}) bool {
	if t.Pace == Phone { // the spread comes after the change: a hall full of phones must not wake at one instant
		return pause(ctx, changed, also, phoneAgain) && pause(ctx, nil, nil, rand.N(settlePhone))
	}
	return pause(ctx, nil, nil, settleScreen) && pause(ctx, changed, also, screenAgain)
}

func (t *topic) also() <-chan struct{} {
	if t.Also == nil {
		return nil
	}
	return t.Also()
}

// pause waits for one of two signals or the end of d. It reports false when ctx ended first.
func pause(ctx context.Context, signal, also <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-signal:
	case <-also:
	case <-timer.C:
	}
	return true
}

func (t *topic) render(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, renderMax)
	defer cancel()
	parts, err := t.Render(ctx)
	if err != nil && ctx.Err() == nil {
		t.hub.Log.Warn("screen not rendered", "screen", t.Key, "err", err)
	}
	t.show(parts, err != nil)
}

// show hands every socket what differs from what it has.
func (t *topic) show(parts Parts, trouble bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	news := message{Trouble: trouble, Parts: difference(t.shown, parts)}
	if len(news.Parts) == 0 && trouble == t.trouble {
		return
	}
	t.trouble = trouble
	if !trouble {
		t.shown = parts
	}
	for s := range t.sockets {
		s.offer(news)
	}
}

func difference(old, parts Parts) Parts {
	out := Parts{}
	for name, html := range parts {
		if was, ok := old[name]; !ok || was != html {
			out[name] = html
		}
	}
	return out
}
