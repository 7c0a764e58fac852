package office

import (
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/letter"
	"markaz.example/sync/archive"
)

// ChainRead tells what the records of a chain up to To say to the office. It has its effect when the chain was read up to
// After, and none when somebody has read on: so whoever reads, and however often, each record counts once.
type ChainRead struct {
	Centre   id.Centre  `cbor:"1,keyasint"`
	Nonce    []byte     `cbor:"2,keyasint"` // of the chain
	After    uint64     `cbor:"3,keyasint"`
	To       uint64     `cbor:"4,keyasint"`
	Received uint64     `cbor:"5,keyasint"` // the newest letter that had its effect at the centre; 0 for no news
	Returned []Return   `cbor:"6,keyasint"`
	Asked    []Question `cbor:"7,keyasint"`
	Given    uint64     `cbor:"8,keyasint"` // the record of the newest diagnosis; 0 for no news
	Refused  uint64     `cbor:"9,keyasint"` // the record of the newest refusal of one; 0 for no news
}

// Return is a part of a lease that came back.
type Return struct {
	ID    id.Errand `cbor:"1,keyasint"`
	From  uint64    `cbor:"2,keyasint"`
	Count uint64    `cbor:"3,keyasint"`
}

// Question is what a centre wants to know.
type Question struct {
	ID          id.Errand `cbor:"1,keyasint"`
	What        string    `cbor:"2,keyasint"`
	Subject     string    `cbor:"3,keyasint"` // a reference of the centre
	Provisional string    `cbor:"4,keyasint"`
	Wall        int64     `cbor:"5,keyasint"` // when it was asked, as the box believed
	Seq         uint64    `cbor:"6,keyasint"` // the record
	Centre      id.Centre `cbor:"7,keyasint"` // filled in by the office
}

var (
	readBucket      = []byte("read")
	heardBucket     = []byte("received")
	questionsBucket = []byte("questions")
	diagnosesBucket = []byte("diagnoses")
)

func (ChainRead) tag() byte { return tagChainRead }

func (a ChainRead) check() error {
	errs := []error{a.Centre.Check()}
	if !chain.IsName(a.Nonce) || a.To <= a.After {
		errs = append(errs, fmt.Errorf("records after %d to %d of chain %x", a.After, a.To, a.Nonce))
	}
	if len(a.Returned) > newsMax || len(a.Asked) > newsMax {
		errs = append(errs, fmt.Errorf("%d returns and %d questions, limit %d", len(a.Returned), len(a.Asked), newsMax))
	}
	for _, r := range a.Returned {
		errs = append(errs, r.Check())
	}
	for _, q := range a.Asked {
		errs = append(errs, q.Check())
	}
	return errors.Join(errs...)
}

// Check reports numbers that no pool has.
func (r Return) Check() error {
	if r.From == 0 || r.From > letter.NumberMax || r.Count == 0 || r.Count > letter.CountMax {
		return fmt.Errorf("%d numbers from %d came back", r.Count, r.From)
	}
	return r.ID.Check()
}

// Check reports what no box of ours asks.
func (q Question) Check() error {
	if len(q.Subject) > subjectBytesMax || len(q.What) > wordBytesMax || len(q.Provisional) > wordBytesMax {
		return fmt.Errorf("question %s is too long", q.ID)
	}
	return q.ID.Check()
}

func (a ChainRead) apply(b *bolt.Bucket, _ uint64) (archive.Answer, error) {
	read, err := b.CreateBucketIfNotExists(readBucket)
	if err != nil {
		return archive.Answer{}, err
	}
	key := chainKey(a.Centre, a.Nonce)
	if at := count(read, key); at != a.After {
		return archive.Answer{Body: number(at)}, nil // somebody has read on
	}
	for _, r := range a.Returned {
		if err := giveBack(b, a.Centre, a.Nonce, r); err != nil {
			return archive.Answer{}, err
		}
	}
	if err := errors.Join(a.ask(b), a.note(b)); err != nil {
		return archive.Answer{}, err
	}
	return archive.Answer{Body: number(a.To)}, read.Put(key, number(a.To))
}

func (a ChainRead) ask(b *bolt.Bucket) error {
	questions, err := b.CreateBucketIfNotExists(questionsBucket)
	for _, q := range a.Asked {
		q.Centre = a.Centre
		v, encodeErr := encoding.Marshal(q)
		if err = errors.Join(err, encodeErr); err != nil {
			return err
		}
		if err = questions.Put([]byte(q.ID), v); err != nil {
			return err
		}
	}
	return err
}

// note keeps the newest of what only the newest matters.
func (a ChainRead) note(b *bolt.Bucket) error {
	heard, err := b.CreateBucketIfNotExists(heardBucket)
	if err != nil {
		return err
	}
	diagnoses, err := b.CreateBucketIfNotExists(diagnosesBucket)
	if err != nil {
		return err
	}
	if a.Received > count(heard, []byte(a.Centre)) {
		err = heard.Put([]byte(a.Centre), number(a.Received))
	}
	if at := max(a.Given, a.Refused); at > 0 && err == nil {
		where := binary.BigEndian.AppendUint64(append([]byte{}, a.Nonce...), at)
		err = diagnoses.Put([]byte(a.Centre), where)
	}
	return err
}

// readPlace reads a place in one of a centre's chains: the chain's name, and a sequence. It is none for an empty value.
func readPlace(centre id.Centre, v []byte) (in chain.Incarnation, seq uint64, err error) {
	in.Centre = centre
	if len(v) < 8 {
		return in, 0, nil
	}
	in, err = chain.Named(centre, v[:len(v)-8])
	return in, numberOf(v[len(v)-8:]), err
}

func chainKey(centre id.Centre, nonce []byte) []byte {
	return append(append([]byte(centre), '/'), nonce...)
}

// ReadTo is how far a chain's records have been read.
func ReadTo(view View, in chain.Incarnation) (to uint64, err error) {
	err = view(func(b *bolt.Bucket) error {
		if read := sub(b, readBucket); read != nil {
			to = count(read, chainKey(in.Centre, in.Name()))
		}
		return nil
	})
	return to, err
}

// Received is the newest letter that is known to have had its effect at a centre.
func Received(view View, centre id.Centre) (n uint64, err error) {
	err = view(func(b *bolt.Bucket) error {
		if heard := sub(b, heardBucket); heard != nil {
			n = count(heard, []byte(centre))
		}
		return nil
	})
	return n, err
}

// Diagnosis is where the newest answer of a centre to a wish to look into its box stands: given or refused.
func Diagnosis(view View, centre id.Centre) (in chain.Incarnation, seq uint64, err error) {
	in.Centre = centre
	err = view(func(b *bolt.Bucket) error {
		if diagnoses := sub(b, diagnosesBucket); diagnoses != nil {
			in, seq, err = readPlace(centre, diagnoses.Get([]byte(centre)))
		}
		return err
	})
	return in, seq, err
}
