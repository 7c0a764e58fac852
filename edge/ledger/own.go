package ledger

import (
	"encoding/binary"
	"errors"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
)

const ownName = "ledger"

// own is the ledger's own book: when the box started, and when it was told the time.
func own() Book {
	return Book{Name: ownName, Version: 2, Kinds: []Kind{
		Define(Started.project),
		Define(TimeTold.project),
		Define(Succeeded.project),
	}}
}

// Started is the first record after every start of the box. Its commit also makes permanent whatever state was found.
type Started struct {
	Software string `cbor:"1,keyasint"` // "markaz 0.1.0"
}

// Kind is ledger.started/1.
func (Started) Kind() chain.Kind { return "ledger.started/1" }

// Check reports a missing version.
func (s Started) Check() error {
	if s.Software == "" {
		return errors.New("a start must name the software")
	}
	return nil
}

func (s Started) project(v View, h chain.Header) error {
	return v.Put(bootKey("started", h.Stamp.Boot), []byte(s.Software))
}

// TimeTold records that somebody trusted told the box the time. With it every stamp of the same boot can be placed.
type TimeTold struct {
	Mono  uint64 `cbor:"1,keyasint"` // of this boot, milliseconds, when it was told
	Wall  int64  `cbor:"2,keyasint"` // the true time then, milliseconds since 1970 UTC
	Grade uint8  `cbor:"3,keyasint"` // of the source
}

// Kind is ledger.time-told/1.
func (TimeTold) Kind() chain.Kind { return "ledger.time-told/1" }

// Check reports a grade that no source can have.
func (t TimeTold) Check() error {
	if g := clock.Grade(t.Grade); g <= clock.RTC || g > clock.GradeMax {
		return errors.New("time can be told only by a person or over the network")
	}
	return nil
}

func (t TimeTold) project(v View, h chain.Header) error {
	at := binary.BigEndian.AppendUint64(nil, uint64(t.Wall))
	return v.Put(binary.BigEndian.AppendUint64(bootKey(toldPrefix, h.Stamp.Boot), t.Mono), append(at, t.Grade))
}

// Succeeded is a successor's first record: whose records it goes on after. Its fields are those of
// chain.Succession, which headquarters reads it as.
type Succeeded struct {
	Ancestor string `cbor:"1,keyasint"` // an incarnation as text
	Last     uint64 `cbor:"2,keyasint"` // its last record here
	Hash     []byte `cbor:"3,keyasint"` // of that record, 32 bytes
	Reason   string `cbor:"4,keyasint"` // a person's words
}

// Kind is ledger.succeeded/1.
func (Succeeded) Kind() chain.Kind { return chain.KindSucceeded }

// Check reports chain.ErrSuccession.
func (s Succeeded) Check() error { return chain.Succession(s).Check() }

func (s Succeeded) project(v View, h chain.Header) error {
	return v.Put(binary.BigEndian.AppendUint64([]byte("succeeded/"), h.Seq), []byte(s.Ancestor))
}

const toldPrefix = "told"

func bootKey(what string, boot uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte(what+"/"), boot)
}

// toldBy is what a record says of the time, if it is of that kind and can be read.
func toldBy(r chain.Record) (clock.Told, bool) {
	if r.Kind != (TimeTold{}).Kind() {
		return clock.Told{}, false
	}
	var t TimeTold
	if err := chain.DecodeBody(r.Body, &t); err != nil || t.Check() != nil {
		return clock.Told{}, false
	}
	return clock.Told{Boot: r.Stamp.Boot, Mono: t.Mono, Wall: t.Wall, Grade: clock.Grade(t.Grade)}, true
}

// Place is the true time of a stamp, in milliseconds since 1970 UTC, wherever somebody told the time in its boot, before or
// after it. It is false, and what the box believed, where nobody did.
func Place(src Source, s clock.Stamp) (wall int64, exact bool) {
	var p clock.Placer
	src.Reader(ownName).Scan(bootKey(toldPrefix, s.Boot), func(k, v []byte) bool {
		if len(v) == 9 {
			p.Add(clock.Told{
				Boot: s.Boot, Mono: binary.BigEndian.Uint64(k[len(k)-8:]),
				Wall: int64(binary.BigEndian.Uint64(v)), Grade: clock.Grade(v[8]),
			})
		}
		return true
	})
	return p.Place(s)
}
