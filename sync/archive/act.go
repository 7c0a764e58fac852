package archive

import (
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// The first byte of an act about chains; the archive takes these itself. Frozen. Those below 240 are the office's.
const (
	tagSettle byte = 240 + iota
	tagOdd
)

// ownActs are the acts about chains, by their first byte.
var ownActs = map[byte]func(s *staging, index uint64, body []byte) (Answer, error){
	tagSettle: (*staging).settle,
	tagOdd:    (*staging).nameOdd,
}

var errAct = errors.New("not an act about chains")

var (
	encoding = must(cbor.CoreDetEncOptions().EncMode())
	decoding = must(cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxNestedLevels: actNestingMax, MaxArrayElements: actElementsMax, MaxMapPairs: actElementsMax, UTF8: cbor.UTF8RejectInvalid,
	}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic("BUG: options of archive: " + err.Error())
	}
	return v
}

func encodeAct(tag byte, form any) ([]byte, error) {
	body, err := encoding.Marshal(form)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errAct, err)
	}
	return append([]byte{tag}, body...), nil
}

func decodeAct[F, A any](body []byte, read func(F) (A, error)) (act A, err error) {
	var f F
	if err := decoding.Unmarshal(body, &f); err != nil {
		return act, fmt.Errorf("%w: %w", errAct, err)
	}
	if act, err = read(f); err != nil {
		return act, fmt.Errorf("%w: %w", errAct, err)
	}
	return act, nil
}
