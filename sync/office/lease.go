package office

import (
	"errors"
	"fmt"
	"math"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/id"
	"markaz.example/edge/letter"
	"markaz.example/sync/archive"
)

// PoolSet says how many there are of a scarce thing: its numbers are 1 to Total.
type PoolSet struct {
	What  string `cbor:"1,keyasint"`
	Total uint64 `cbor:"2,keyasint"`
}

// LeaseGranted lends a centre a part of a pool, and posts the letter that says so.
type LeaseGranted struct {
	Centre    id.Centre           `cbor:"1,keyasint"`
	Lease     letter.LeaseGranted `cbor:"2,keyasint"`
	Number    uint64              `cbor:"3,keyasint"` // of the letter
	Wall      int64               `cbor:"4,keyasint"` // of the letter
	Signature []byte              `cbor:"5,keyasint"` // of the letter
}

// The refusals of acts about pools.
const (
	CodePoolUnknown = "pool-unknown" // set it first
	CodePoolLent    = "pool-lent"    // more is lent than the new total has: wait until it comes back
	CodePoolEmpty   = "pool-empty"   // these numbers are lent, or are none of the pool's
)

var poolsBucket, leasesBucket = []byte("pools"), []byte("leases")

// Lease is a part of a pool that is out: drawn, or still to be drawn.
type Lease struct {
	ID       id.Errand `cbor:"1,keyasint"`
	Centre   id.Centre `cbor:"2,keyasint"`
	What     string    `cbor:"3,keyasint"`
	From     uint64    `cbor:"4,keyasint"`
	Count    uint64    `cbor:"5,keyasint"` // what went back is taken off
	Until    int64     `cbor:"6,keyasint"`
	Chain    []byte    `cbor:"7,keyasint"`
	Returned bool      `cbor:"8,keyasint"` // what was not drawn went back: Count is what was drawn
}

func (PoolSet) tag() byte      { return tagPoolSet }
func (LeaseGranted) tag() byte { return tagLeaseGranted }

func (a PoolSet) check() error {
	if a.Total > letter.NumberMax {
		return fmt.Errorf("%d of %s, limit %d", a.Total, a.What, letter.NumberMax)
	}
	return letter.CheckWhat(a.What)
}

func (a LeaseGranted) check() error {
	l, err := a.letter()
	return errors.Join(a.Centre.Check(), err, l.check())
}

// letter is the one that tells the centre: it says what the act does, and nothing else.
func (a LeaseGranted) letter() (Letter, error) {
	body, err := letter.Encode(a.Lease)
	return Letter{a.Number, string(a.Lease.Kind()), body, a.Wall, a.Signature}, err
}

func (a PoolSet) apply(b *bolt.Bucket, _ uint64) (archive.Answer, error) {
	high := uint64(0)
	err := eachLease(b, func(l Lease) {
		if l.What == a.What && l.Count > 0 {
			high = max(high, l.From+l.Count-1)
		}
	})
	if err != nil || high > a.Total {
		return refuse(CodePoolLent, fmt.Sprintf("number %d of %s is out: the pool cannot have %d", high, a.What, a.Total)), err
	}
	pools, err := b.CreateBucketIfNotExists(poolsBucket)
	if err != nil {
		return archive.Answer{}, err
	}
	return archive.Answer{}, pools.Put([]byte(a.What), number(a.Total))
}

func (a LeaseGranted) apply(b *bolt.Bucket, _ uint64) (archive.Answer, error) {
	l, err := a.letter()
	if err != nil {
		return refuse(codeUnknown, err.Error()), nil
	}
	if refused := l.fits(b, a.Centre); refused != nil {
		return *refused, nil
	}
	if own := b.Bucket(letterBucket(a.Centre)); own != nil && own.Get(number(a.Number)) != nil {
		return archive.Answer{}, nil // proposed once more
	}
	if refused, err := a.lendable(b); refused.Refused != "" || err != nil {
		return refused, err
	}
	lent := Lease{ID: a.Lease.ID, Centre: a.Centre, What: a.Lease.What, From: a.Lease.From, Count: a.Lease.Count, Until: a.Lease.Until, Chain: a.Lease.Nonce}
	if err := putLease(b, lent); err != nil {
		return archive.Answer{}, err
	}
	return archive.Answer{}, l.post(b, a.Centre)
}

// lendable refuses numbers that are not in the pool, or out already.
func (a LeaseGranted) lendable(b *bolt.Bucket) (archive.Answer, error) {
	w := a.Lease
	pools := b.Bucket(poolsBucket)
	if pools == nil || pools.Get([]byte(w.What)) == nil {
		return refuse(CodePoolUnknown, fmt.Sprintf("there is no pool of %s: set one first", w.What)), nil
	}
	taken := w.From+w.Count-1 > count(pools, []byte(w.What))
	err := eachLease(b, func(l Lease) {
		same := l.What == w.What && l.Count > 0 && w.From < l.From+l.Count && l.From < w.From+w.Count
		taken = taken || same || l.ID == w.ID
	})
	if err != nil || !taken {
		return archive.Answer{}, err
	}
	return refuse(CodePoolEmpty, fmt.Sprintf("%d of %s from %d cannot be lent: they are out, or are none of the pool's", w.Count, w.What, w.From)), nil
}

// giveBack takes off a lease what came back. Being told again, or something that does not fit, changes nothing: what was
// drawn stays out for ever rather than being lent twice.
func giveBack(b *bolt.Bucket, centre id.Centre, nonce []byte, r Return) error {
	leases := b.Bucket(leasesBucket)
	if leases == nil {
		return nil
	}
	v := leases.Get([]byte(r.ID))
	if v == nil {
		return nil
	}
	l, err := decodeLease(v)
	if err != nil {
		return err
	}
	mine := l.Centre == centre && string(l.Chain) == string(nonce)
	if !mine || l.Returned || r.From < l.From || r.From+r.Count != l.From+l.Count {
		return nil
	}
	l.Count, l.Returned = r.From-l.From, true
	return putLease(b, l)
}

func putLease(b *bolt.Bucket, l Lease) error {
	leases, err := b.CreateBucketIfNotExists(leasesBucket)
	if err != nil {
		return err
	}
	v, err := encoding.Marshal(l)
	if err != nil {
		return err
	}
	return leases.Put([]byte(l.ID), v)
}

func eachLease(b *bolt.Bucket, see func(Lease)) error {
	leases := sub(b, leasesBucket)
	if leases == nil {
		return nil
	}
	return leases.ForEach(func(_, v []byte) error {
		l, err := decodeLease(v)
		if err == nil {
			see(l)
		}
		return err
	})
}

func decodeLease(v []byte) (l Lease, err error) {
	if err := decoding.Unmarshal(v, &l); err != nil {
		return l, fmt.Errorf("%w: a lease: %w", archive.ErrDamaged, err)
	}
	return l, nil
}

// Pool is how a scarce thing stands.
type Pool struct {
	What   string
	Total  uint64
	Out    uint64 // drawn, or lent and still to be drawn
	Leases []Lease
}

// Pools is every pool, by name, with what is out.
func Pools(view View) (out []Pool, err error) {
	err = view(func(b *bolt.Bucket) error {
		pools := sub(b, poolsBucket)
		if pools == nil {
			return nil
		}
		return pools.ForEach(func(k, v []byte) error {
			p := Pool{What: string(k), Total: numberOf(v)}
			err := eachLease(b, func(l Lease) {
				if l.What == p.What {
					p.Out, p.Leases = p.Out+l.Count, append(p.Leases, l)
				}
			})
			out = append(out, p)
			return err
		})
	})
	return out, err
}

// Gap is the first number from which so many in a row are free; false when there is none.
func (p Pool) Gap(count uint64) (from uint64, ok bool) {
	for from = 1; from+count-1 <= p.Total; {
		past := p.past(from, count)
		if past == 0 {
			return from, true
		}
		from = past
	}
	return 0, false
}

// past is the end of what is out within so many from a number; 0 when all of them are free.
func (p Pool) past(from, count uint64) (end uint64) {
	least := uint64(math.MaxUint64)
	for _, l := range p.Leases {
		if l.Count > 0 && from < l.From+l.Count && l.From < from+count {
			least = min(least, l.From+l.Count)
		}
	}
	if least == math.MaxUint64 {
		return 0
	}
	return least
}
