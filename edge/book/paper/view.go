package paper

import (
	"encoding/binary"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// The view's keys. SEQ is 8 bytes, big-endian.
//
//	j/JOB      the job, whole
//	s/SUBJECT  -> its job
//	o/SEQ      -> open job, by the record that made it
//	w/SEQ      -> queued job, by its place
//	p/SEQ      -> printing job, by the record that started it
//	h/SEQ      -> held or uncertain job, by the record that brought it there
//	count      how many are in each state
const (
	openPrefix     = "o/"
	queuedPrefix   = "w/"
	printingPrefix = "p/"
	heldPrefix     = "h/"
	countName      = "count"
)

func jobKey(j id.Job) []byte           { return []byte("j/" + j) }
func subjectKey(s string) []byte       { return []byte("s/" + s) }
func seqKey(p string, s uint64) []byte { return binary.BigEndian.AppendUint64([]byte(p), s) }

// alter projects an event that changes a job. The decision that recorded it saw the job there.
func alter(v ledger.View, job id.Job, h chain.Header, change func(*Job)) error {
	before, ok := read(v.Reader, job)
	if !ok {
		return fmt.Errorf("no print job %q", job)
	}
	after := before
	change(&after)
	after.Since = h.Seq
	return replace(v, &before, &after)
}

// replace stores a job and moves its index entries and counts. Before is nil for a new one.
func replace(v ledger.View, before, after *Job) error {
	c := counts(v.Reader)
	if before != nil {
		c.add(before.State, -1)
		for _, key := range indexes(before) {
			if err := v.Delete(key); err != nil {
				return err
			}
		}
	}
	c.add(after.State, +1)
	for _, key := range append(indexes(after), subjectKey(after.Subject)) {
		if err := v.Put(key, []byte(after.ID)); err != nil {
			return err
		}
	}
	if err := put(v, []byte(countName), c); err != nil {
		return err
	}
	return put(v, jobKey(after.ID), after)
}

// indexes are the keys under which a job is found by its state, as a function of the job alone.
func indexes(j *Job) [][]byte {
	var keys [][]byte
	if j.Open() {
		keys = append(keys, seqKey(openPrefix, j.Made))
	}
	switch {
	case j.State == StateQueued:
		keys = append(keys, seqKey(queuedPrefix, j.Place))
	case j.State == StatePrinting:
		keys = append(keys, seqKey(printingPrefix, j.Since))
	case j.held():
		keys = append(keys, seqKey(heldPrefix, j.Since))
	}
	return keys
}

// Counts is how many jobs are in each open state.
type Counts struct {
	Queued    int `cbor:"1,keyasint"`
	Printing  int `cbor:"2,keyasint"`
	Held      int `cbor:"3,keyasint"`
	Uncertain int `cbor:"4,keyasint"`
}

func (c *Counts) add(s State, n int) {
	switch s {
	case StateQueued:
		c.Queued += n
	case StatePrinting:
		c.Printing += n
	case StateHeld:
		c.Held += n
	case StateUncertain:
		c.Uncertain += n
	}
}

// put stores a value of this package.
func put(v ledger.View, key []byte, value any) error {
	b, err := chain.EncodeBody(value)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put(key, b)
}

// get reads what put stored; false when there is nothing. The ledger vouches for the bytes, so others are a mistake.
func get(r ledger.Reader, key []byte, into any) bool {
	b := r.Get(key)
	if b == nil {
		return false
	}
	if err := chain.DecodeBody(b, into); err != nil {
		panic(fmt.Sprintf("BUG: view %s, key %q: %v", Name, key, err))
	}
	return true
}
