package office

import (
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
	bolt "go.etcd.io/bbolt"

	"markaz.example/sync/archive"
)

// ErrAct is reported by Encode for an act that cannot be written. Applied, an act that cannot be read is refused.
var ErrAct = errors.New("not an act that this version knows")

// Act is one change of the office: one of the types that tags lists.
type Act interface {
	tag() byte
	// check reports what no office could take, whatever its state.
	check() error
	// apply changes the bucket or refuses. An error is of the disk.
	apply(b *bolt.Bucket, index uint64) (archive.Answer, error)
}

// codeUnknown is the refusal of an act that this version cannot read. All nodes of a version answer the same: update
// every node before the first of the new acts is proposed.
const codeUnknown = "unknown-act"

var (
	encoding = must(cbor.CoreDetEncOptions().EncMode())
	decoding = must(cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxNestedLevels: nestingMax, MaxArrayElements: elementsMax, MaxMapPairs: elementsMax, UTF8: cbor.UTF8RejectInvalid,
	}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic("BUG: options of office: " + err.Error())
	}
	return v
}

// Encode gives an act's bytes: its tag, then CBOR. It reports ErrAct.
func Encode(a Act) ([]byte, error) {
	if err := a.check(); err != nil {
		return nil, fmt.Errorf("%w: %T: %w", ErrAct, a, err)
	}
	body, err := encoding.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("%w: %T: %w", ErrAct, a, err)
	}
	return append([]byte{a.tag()}, body...), nil
}

// Office applies acts. It is archive.Office, and has no state of its own.
type Office struct{}

// Apply takes one act.
func (Office) Apply(b *bolt.Bucket, index uint64, act []byte) (archive.Answer, error) {
	a, err := decode(act)
	if err != nil {
		return refuse(codeUnknown, err.Error()), nil
	}
	return a.apply(b, index)
}

func decode(act []byte) (Act, error) {
	if len(act) == 0 || tags[act[0]] == nil {
		return nil, ErrAct
	}
	return tags[act[0]](act[1:])
}

// read makes an act of a type from its bytes.
func read[A Act](body []byte) (Act, error) {
	var a A
	if err := decoding.Unmarshal(body, &a); err != nil {
		return nil, fmt.Errorf("%w: %T: %w", ErrAct, a, err)
	}
	if err := a.check(); err != nil {
		return nil, fmt.Errorf("%w: %T: %w", ErrAct, a, err)
	}
	return a, nil
}

func refuse(code, detail string) archive.Answer { return archive.Answer{Refused: code, Detail: detail} }
