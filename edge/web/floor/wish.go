package floor

import (
	"context"
	"net/http"
	"time"

	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// wish is headquarters' wish to look into the box.
type wish struct {
	ID, Who, Why string
	Asked        string // "22 Nov 09:05"; empty when the box does not know the time
}

const (
	// putOffFor is how long "not now" holds.
	putOffFor = time.Hour

	// laterMax bounds the wishes that were put off: the book holds four, and a stranger may name others.
	laterMax = 64
)

// firstWish is the newest that nobody put off, and how many were.
func (d *Pages) firstWish(all []diagnosis.Wish) (first *wish, off int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range all {
		switch {
		case d.Diagnose == nil:
		case time.Now().Before(d.later[w.ID]):
			off++
		case first == nil:
			first = &wish{string(w.ID), w.Who, w.Why, d.moment(w.Wall, minuteLayout)}
		}
	}
	return first, off
}

// answerWish takes the answer of the people here to a wish to look into the box.
func (d *Pages) answerWish(w http.ResponseWriter, r *http.Request) {
	if !d.kit.Form(w, r) {
		return
	}
	name := id.Errand(r.PostForm.Get("wish"))
	var err error
	switch answer := r.PostForm.Get("answer"); {
	case answer == "again":
		d.putBack()
	case name.Check() != nil || d.Diagnose == nil:
		d.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", "/floor")
		return
	case answer == "allow":
		err = d.allow(r.Context(), name)
	case answer == "refuse":
		err = d.Floor.RefuseDiagnosis(r.Context(), "floor", name)
	case answer == "later":
		d.putOff(name)
	default:
		d.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", "/floor")
		return
	}
	d.kit.Done(w, r, err, "/floor?lang="+string(page.LangOf(r)), func(refused *page.Refusal, status int) {
		d.writeFloor(w, r, status, refused)
	})
}

func (d *Pages) allow(ctx context.Context, name id.Errand) error {
	g, err := d.Diagnose(ctx)
	if err != nil {
		return err
	}
	g.ID = name
	return d.Floor.GiveDiagnosis(ctx, "floor", g)
}

// putOff hides a wish for a while, and forgets those whose while is over.
func (d *Pages) putOff(name id.Errand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for w, until := range d.later {
		if time.Now().After(until) {
			delete(d.later, w)
		}
	}
	if len(d.later) < laterMax {
		d.later[name] = time.Now().Add(putOffFor)
	}
	d.tell()
}

// putOffChanged is closed when a wish was put off, or shown again: the ledger does not tell.
func (d *Pages) putOffChanged() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.told
}

func (d *Pages) tell() {
	close(d.told)
	d.told = make(chan struct{})
}

func (d *Pages) putBack() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.later)
	d.tell()
}
