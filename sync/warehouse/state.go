package warehouse

import (
	"errors"
	"time"

	"markaz.example/edge/chain"
)

// State is how the warehouse is, for a page.
type State struct {
	Loading bool         `json:"loading"`  // this node brings the records
	LooksOn bool         `json:"looks_on"` // another node brings them, and this one sees how far that is
	Reason  string       `json:"reason"`   // why it does not, in words; empty while it does
	Known   bool         `json:"known"`    // PostgreSQL was asked; otherwise everything counts as waiting
	Loaded  uint64       `json:"loaded"`   // records in PostgreSQL, those set aside included
	Waiting uint64       `json:"waiting"`  // records in the archive that are not there yet
	Poison  uint64       `json:"poison"`   // of the loaded, those that could not become a row
	Rewinds int          `json:"rewinds"`  // how often the end of a chain was taken back
	Last    time.Time    `json:"last"`     // when records came last; zero when none did
	Chains  []ChainState `json:"chains"`   // those with something waiting or in trouble, ordered by centre
}

// ChainState is how one chain is.
type ChainState struct {
	Chain   string `json:"chain"` // centre and nonce
	Loaded  uint64 `json:"loaded"`
	Waiting uint64 `json:"waiting"`
	Trouble string `json:"trouble,omitempty"` // why it does not go on; the others do
}

// State is how the warehouse is now.
func (w *Warehouse) State() State {
	chains := w.Archive.Chains()
	w.mu.Lock()
	defer w.mu.Unlock()
	s := State{Loading: w.reason == nil && w.known, Known: w.known, Last: w.last}
	s.LooksOn = w.known && errors.Is(w.reason, ErrOther)
	if w.reason != nil {
		s.Reason = w.reason.Error()
	} else if !w.known {
		s.Reason = "PostgreSQL was not reached yet"
	}
	for _, u := range w.cursors {
		s.Loaded += u.at.Seq
		s.Poison += u.poison
		s.Rewinds += u.rewinds
		if u.moved.After(s.Last) {
			s.Last = u.moved
		}
	}
	for _, c := range chains {
		one := ChainState{Chain: c.Incarnation.String(), Loaded: w.cursors[c.Incarnation].at.Seq}
		one.Waiting = c.Held.Seq - min(c.Held.Seq, one.Loaded)
		if err := w.trouble[c.Incarnation]; err != nil {
			one.Trouble = err.Error()
		}
		if s.Waiting += one.Waiting; one.Waiting > 0 || one.Trouble != "" {
			s.Chains = append(s.Chains, one)
		}
	}
	return s
}

// learn takes over what the tables say.
func (w *Warehouse) learn(all map[chain.Incarnation]cursor) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cursors, w.known = all, true
}

// advance takes over what was committed.
func (w *Warehouse) advance(spans []*span) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range spans {
		w.cursors[p.in] = p.cursor
		if p.cursor.at != p.from {
			w.last = time.Now()
		}
	}
}

func (w *Warehouse) cursorOf(in chain.Incarnation) (cursor, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, ok := w.cursors[in]
	return u, ok
}

// troubled keeps why a chain does not go on, or that it does again.
func (w *Warehouse) troubled(in chain.Incarnation, err error) {
	w.mu.Lock()
	before := w.trouble[in]
	if w.trouble == nil {
		w.trouble = map[chain.Incarnation]error{}
	}
	w.trouble[in] = err
	w.mu.Unlock()
	if err != nil && (before == nil || before.Error() != err.Error()) {
		w.Log.Warn("a chain cannot be brought to the warehouse", "centre", in.Centre, "err", err)
	}
}
