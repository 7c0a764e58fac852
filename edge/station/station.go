package station

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"markaz.example/edge/book/identity"
	"markaz.example/edge/book/reading"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

// Fingers is a fingerprint reader beside a desk.
type Fingers interface {
	// Name is how records call the reader: "finger/desk-a".
	Name() string
	// Take waits for one finger, "right-index", until the context ends. Whatever happens there is a result; quality is 0
	// to 100. What the reader itself complains of is identity.Trouble and in its own log.
	Take(ctx context.Context, finger string) (r identity.Result, quality int)
}

// Instruments are those of one desk; nil means none.
type Instruments struct {
	Fingers Fingers
	Scale   Scale
}

// Floor is what a station records through.
type Floor interface {
	Identity(context.Context, id.Desk) (desk.Identity, error)
	Tried(context.Context, id.Desk, id.Visit, identity.Tried) error
	Readings(context.Context, id.Desk) (desk.Readings, error)
	Measured(context.Context, id.Desk, id.Visit, []reading.Taken) error
}

// Station serves the desks that have instruments. Make it with New; Take works while Run runs.
type Station struct {
	floor Floor
	log   *slog.Logger
	bays  map[id.Desk]*bay
}

// bay is one desk.
type bay struct {
	Instruments
	asked chan taking // to Run

	mu        sync.Mutex
	now       *taking       // guarded by mu: nil while no finger is waited for
	measuring *measuring    // guarded by mu: nil while nobody is measured
	changed   chan struct{} // guarded by mu: closed at the next change
}

// taking is one finger that is waited for.
type taking struct {
	visit  id.Visit
	finger string
	stop   context.CancelFunc
	ctx    context.Context
}

// New makes a station for the desks that have instruments.
func New(floor Floor, desks map[id.Desk]Instruments, log *slog.Logger) *Station {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s := &Station{floor: floor, log: log, bays: map[id.Desk]*bay{}}
	for d, own := range desks {
		s.bays[d] = &bay{Instruments: own, asked: make(chan taking), changed: make(chan struct{})}
	}
	return s
}

// Run takes fingers and listens to scales until the context ends.
func (s *Station) Run(ctx context.Context) error {
	var desks sync.WaitGroup
	for _, d := range slices.Sorted(maps.Keys(s.bays)) {
		desks.Go(func() { s.serve(ctx, d, s.bays[d]) })
		if s.bays[d].Scale != nil {
			desks.Go(func() { s.follow(ctx, s.bays[d]) })
		}
	}
	desks.Wait()
	<-ctx.Done()
	return nil
}

// Has is the instruments of a desk.
func (s *Station) Has(d id.Desk) Instruments {
	if b, ok := s.bays[d]; ok {
		return b.Instruments
	}
	return Instruments{}
}

// Changed is closed when what is under way at a desk changes; nil for a desk without instruments.
func (s *Station) Changed(d id.Desk) <-chan struct{} {
	b, ok := s.bays[d]
	if !ok {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}
