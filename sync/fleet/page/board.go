package page

import (
	"sync"
	"time"
)

// board is one screen in one language, as the parts it is made of. Any goroutine may call it.
type board struct {
	render func() (map[string]string, error) // element id to HTML
	now    func() time.Time

	rendering sync.Mutex // held during a render, so that many who ask at once cost one

	mu       sync.Mutex
	parts    map[string]part // guarded by mu
	version  uint64          // guarded by mu; grows with every change
	at       time.Time       // guarded by mu; of the last render
	trouble  bool            // guarded by mu; the last render failed
	changed  chan struct{}   // guarded by mu; closed by the next version
	watchers int             // guarded by the hub
}

// part is one element with the version at which it changed last.
type part struct {
	html    string
	version uint64
}

func newBoard(now func() time.Time, render func() (map[string]string, error)) *board {
	return &board{now: now, render: render, parts: map[string]part{}, changed: make(chan struct{})}
}

// refresh renders unless that was done within the last moment.
func (b *board) refresh() error {
	b.rendering.Lock()
	defer b.rendering.Unlock()
	now := b.now()
	if age := now.Sub(b.rendered()); age >= 0 && age < settle {
		return nil
	}
	parts, err := b.render()
	b.show(parts, err, now)
	return err
}

func (b *board) rendered() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
}

// show takes a render over and, when it differs, makes a new version.
func (b *board) show(parts map[string]string, err error, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = now
	if next := b.version + 1; b.replace(parts, err, next) {
		b.version = next
		close(b.changed)
		b.changed = make(chan struct{})
	}
}

// replace reports whether anything is other than before. The lock is held.
func (b *board) replace(parts map[string]string, err error, next uint64) (differs bool) {
	if differs = b.trouble != (err != nil); err != nil {
		b.trouble = true
		return differs
	}
	b.trouble = false
	for id, html := range parts {
		if was, ok := b.parts[id]; !ok || was.html != html {
			b.parts[id] = part{html, next}
			differs = true
		}
	}
	for id := range b.parts {
		if _, ok := parts[id]; !ok {
			delete(b.parts, id) // the browser drops what the order no longer names
			differs = true
		}
	}
	return differs
}

// since is what changed after a version, and what is closed by the next change.
func (b *board) since(version uint64) (m message, changed <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m = message{Version: b.version, Trouble: b.trouble, Parts: map[string]string{}}
	for id, p := range b.parts {
		if p.version > version || version > b.version {
			m.Parts[id] = p.html
		}
	}
	return m, b.changed
}
