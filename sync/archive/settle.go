package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
)

// Keep is which of two histories a person takes for the centre's.
type Keep uint8

const (
	KeepHeld   Keep = iota // the chain stays; the branch stays beside it, as evidence
	KeepBranch             // the branch becomes the chain; what the chain had in its place becomes a branch
)

func (k Keep) String() string {
	if k == KeepBranch {
		return "branch"
	}
	return "held"
}

// Settle is a person's word on a fork. Neither history is ever thrown away.
type Settle struct {
	Incarnation chain.Incarnation
	Branch      string
	Keep        Keep
	Who         string    // 1 to 64 bytes
	Why         string    // 1 to 1,024 bytes
	At          time.Time // to the millisecond
}

// Settlement is a Settle that was done.
type Settlement struct {
	Settle
	Index  uint64 // of the raft entry
	After  uint64 // with KeepBranch: records of the chain behind this sequence were replaced
	Beside string // with KeepBranch: the branch that they are now; empty when there were none
}

// ErrSettle is reported by Encode for a Settle that no archive could take.
var ErrSettle = errors.New("a settlement needs a chain, a branch, who and why")

// The refusals of a Settle.
const (
	RefusedNoBranch = "no-branch"  // the chain has no branch of that name
	RefusedPartial  = "partial"    // the branch begins inside a batch of the chain: it cannot take its place
	RefusedNested   = "nested"     // the branch leaves another branch: that one comes first
	RefusedTooMany  = "too-many"   // the chain has had more settlements, keys or branches than it may
	RefusedShape    = "not-an-act" // the act is not of the documented shape
)

// settleForm is the act as it is written. The keys are frozen; a new one takes the next number.
type settleForm struct {
	Chain  string `cbor:"1,keyasint"`
	Branch string `cbor:"2,keyasint"`
	Keep   uint8  `cbor:"3,keyasint"`
	Who    string `cbor:"4,keyasint"`
	Why    string `cbor:"5,keyasint"`
	At     int64  `cbor:"6,keyasint"` // milliseconds since 1970 UTC
}

// settlementForm is a settlement as it is filed.
type settlementForm struct {
	Settle settleForm `cbor:"1,keyasint"`
	After  uint64     `cbor:"2,keyasint"`
	Beside string     `cbor:"3,keyasint"`
}

// Encode gives the act's bytes, for the raft group. It reports ErrSettle.
func (s Settle) Encode() ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	return encodeAct(tagSettle, s.form())
}

func (s Settle) form() settleForm {
	return settleForm{s.Incarnation.String(), s.Branch, uint8(s.Keep), s.Who, s.Why, s.At.UnixMilli()}
}

func (f settleForm) settle() (s Settle, err error) {
	s = Settle{Branch: f.Branch, Keep: Keep(f.Keep), Who: f.Who, Why: f.Why, At: time.UnixMilli(f.At).UTC()}
	if s.Incarnation, err = parseIncarnation(f.Chain); err != nil {
		return s, err
	}
	return s, s.check()
}

func (s Settle) check() error {
	switch {
	case s.Incarnation.Centre.Check() != nil, s.Branch == "", s.Keep > KeepBranch:
		return fmt.Errorf("%w: branch %q of %s, keep %d", ErrSettle, s.Branch, s.Incarnation, s.Keep)
	case s.Who == "" || len(s.Who) > whoBytesMax || !utf8.ValidString(s.Who):
		return fmt.Errorf("%w: who of %d bytes, want 1 to %d", ErrSettle, len(s.Who), whoBytesMax)
	case s.Why == "" || len(s.Why) > whyBytesMax || !utf8.ValidString(s.Why):
		return fmt.Errorf("%w: why of %d bytes, want 1 to %d", ErrSettle, len(s.Why), whyBytesMax)
	}
	return nil
}

// settle applies the act. One that comes again, or says what is so already, changes nothing.
func (s *staging) settle(index uint64, body []byte) (Answer, error) {
	act, err := decodeAct(body, settleForm.settle)
	if err != nil {
		return refuse(RefusedShape, err.Error()), nil
	}
	c, known := s.chain(act.Incarnation)
	if !known {
		return refuse(RefusedNoBranch, "nothing is held of "+act.Incarnation.String()), nil
	}
	past, err := loadSettlements(s.bucket(c))
	if err != nil {
		return Answer{}, err
	}
	b, there := c.Branch(act.Branch)
	switch {
	case done(past, act, there):
		return Answer{}, nil
	case !there:
		return refuse(RefusedNoBranch, fmt.Sprintf("%s has no branch %q", c.Incarnation, act.Branch)), nil
	case act.Keep == KeepHeld && b.Settled > 0:
		return Answer{}, nil
	case len(past) >= settlementsMax:
		return refuse(RefusedTooMany, fmt.Sprintf("%s was settled %d times", c.Incarnation, len(past))), nil
	}
	done := Settlement{Settle: act, Index: index}
	if act.Keep == KeepHeld {
		return Answer{}, s.closeBranch(c, b, done)
	}
	return s.turn(c, b, done)
}

// done is whether an act was done before: the very act, or, when its branch has gone, another that made it the chain.
func done(past []Settlement, act Settle, there bool) bool {
	for _, p := range past {
		if p.Settle == act || !there && p.Branch == act.Branch && p.Keep == KeepBranch && act.Keep == KeepBranch {
			return true
		}
	}
	return false
}

func (s *staging) closeBranch(c Chain, b Branch, done Settlement) error {
	b.Settled = done.Index
	err := putBranch(s.branches(c).Bucket([]byte(b.Name)), b)
	if err = errors.Join(err, s.record(c, done)); err != nil {
		return fmt.Errorf("settle branch %s of %s: %w", b.Name, c.Incarnation, err)
	}
	s.chains[c.Incarnation] = c.with(b)
	return nil
}

func (s *staging) record(c Chain, done Settlement) error {
	all, err := s.bucket(c).CreateBucketIfNotExists(settlementsName)
	if err != nil {
		return err
	}
	form, err := encoding.Marshal(settlementForm{done.form(), done.After, done.Beside})
	return errors.Join(err, all.Put(seqKey(done.Index), form))
}

func loadSettlements(of *bolt.Bucket) (out []Settlement, err error) {
	all := of.Bucket(settlementsName)
	if all == nil {
		return nil, nil
	}
	err = all.ForEach(func(index, form []byte) error {
		s, err := parseSettlement(index, form)
		out = append(out, s)
		return err
	})
	return out, err
}

func parseSettlement(index, form []byte) (s Settlement, err error) {
	var f settlementForm
	if err = decoding.Unmarshal(form, &f); err == nil && len(index) == 8 {
		s = Settlement{Index: binary.BigEndian.Uint64(index), After: f.After, Beside: f.Beside}
		s.Settle, err = f.Settle.settle()
	}
	if err != nil || len(index) != 8 {
		return s, fmt.Errorf("%w: settlement filed as %x: %w", ErrDamaged, index, err)
	}
	return s, nil
}

// Settlements are what persons have settled of a chain, oldest first.
func (a *Archive) Settlements(in chain.Incarnation) (out []Settlement, err error) {
	err = a.view(func(tx *bolt.Tx) error {
		if b := tx.Bucket(chainsName).Bucket([]byte(in.String())); b != nil {
			out, err = loadSettlements(b)
		}
		return err
	})
	return out, err
}
