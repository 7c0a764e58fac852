package ledger

import (
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/disk"
)

// Event is something that happened. Its value is the body of a record.
type Event interface {
	Kind() chain.Kind // of the type, the same for every value
	Check() error     // whether the value could have happened
}

// Book is one subject the centre keeps: the kinds of its events, and the view they project into.
type Book struct {
	Name    string // of the view; never changes
	Version uint   // raised when projections change; the view is then rebuilt at the next start
	Kinds   []Kind // in the order they were introduced
}

// Kind is one kind of event and its projection. Make it with Define.
type Kind struct {
	name    chain.Kind
	project func(View, chain.Header, Event) error
	decode  func(body []byte) (Event, error)
}

// Define ties a type of event to its projection. The projection reads only the event, its header and its own view:
// no clock, no randomness, no other book.
func Define[E Event](project func(E, View, chain.Header) error) Kind {
	var zero E
	return Kind{
		name:    zero.Kind(),
		project: func(v View, h chain.Header, e Event) error { return project(e.(E), v, h) },
		decode: func(body []byte) (Event, error) {
			var e E
			if err := chain.DecodeBody(body, &e); err != nil {
				return nil, err
			}
			return e, e.Check()
		},
	}
}

// shelf is every book of a ledger, by kind.
type shelf struct {
	books []Book
	kinds map[chain.Kind]shelved
}

type shelved struct {
	Kind
	book  int
	until disk.Room // the shortest in which it is recorded
}

func newShelf(books []Book, room Rationing) (shelf, error) {
	s := shelf{books: books, kinds: map[chain.Kind]shelved{}}
	for i, b := range books {
		for _, k := range b.Kinds {
			if err := k.name.Check(); err != nil {
				return s, fmt.Errorf("book %s: %w", b.Name, err)
			}
			if _, twice := s.kinds[k.name]; twice {
				return s, fmt.Errorf("kind %s stands in two books", k.name)
			}
			s.kinds[k.name] = shelved{k, i, room.until(b.Name)}
		}
	}
	return s, nil
}

// Decode reads a record's event. It reports false for a kind that no book here knows, as a newer version may have
// written.
func (l *Ledger) Decode(r chain.Record) (Event, bool, error) {
	k, ok := l.shelf.kinds[r.Kind]
	if !ok {
		return nil, false, nil
	}
	e, err := k.decode(r.Body)
	return e, true, err
}
