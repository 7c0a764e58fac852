package chain

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"markaz.example/edge/id"
)

// ErrIncarnation is reported for what does not name an incarnation.
var ErrIncarnation = errors.New("not the name of an incarnation")

// Incarnation is one history: a centre's code and a random name drawn when it began. A box that is put back from an older
// state begins a new one that goes on after a record of the old: see Succession. One that is made anew from headquarters
// goes on with the old.
type Incarnation struct {
	Centre id.Centre
	Nonce  [NonceBytes]byte
	After  uint64 // the records up to here are another incarnation's; 0 for one that begins by itself
}

const (
	// NonceBytes is the length of an incarnation's random name.
	NonceBytes = 16
	// heirBytes is the length of a successor's name: the random name, then After.
	heirBytes = NonceBytes + 8
)

// String is the centre and the nonce in hex: "ISB-01/0f1e2d…", and "ISB-01/0f1e2d…@4711" for a successor. It is also the
// key of a chain at headquarters.
func (i Incarnation) String() string {
	s := string(i.Centre) + "/" + hex.EncodeToString(i.Nonce[:])
	if i.After > 0 {
		s += "@" + strconv.FormatUint(i.After, 10)
	}
	return s
}

// ParseIncarnation reads what String gives. It reports ErrIncarnation.
func ParseIncarnation(s string) (in Incarnation, err error) {
	code, rest, _ := strings.Cut(s, "/")
	random, after, _ := strings.Cut(rest, "@")
	in.Centre = id.Centre(code)
	nonce, err := hex.DecodeString(random)
	if err == nil && after != "" {
		in.After, err = strconv.ParseUint(after, 10, 64)
	}
	if copy(in.Nonce[:], nonce); err != nil || len(nonce) != NonceBytes || in.Centre.Check() != nil || in.String() != s {
		return Incarnation{}, fmt.Errorf("%w: %q", ErrIncarnation, s)
	}
	return in, nil
}

// Name is what tells an incarnation from the others of its centre: the 16 random bytes; of a successor After behind them,
// as 8 bytes big-endian.
func (i Incarnation) Name() []byte {
	b := append(make([]byte, 0, heirBytes), i.Nonce[:]...)
	if i.After > 0 {
		b = binary.BigEndian.AppendUint64(b, i.After)
	}
	return b
}

// Named is the incarnation of a centre with a name, as Name gives it. It reports ErrIncarnation; the centre is not looked at.
func Named(centre id.Centre, name []byte) (Incarnation, error) {
	in := Incarnation{Centre: centre}
	if !IsName(name) {
		return in, fmt.Errorf("%w: %d bytes, want %d, or %d of a successor", ErrIncarnation, len(name), NonceBytes, heirBytes)
	}
	if copy(in.Nonce[:], name); len(name) == heirBytes {
		in.After = binary.BigEndian.Uint64(name[NonceBytes:])
	}
	return in, nil
}

// IsName holds for bytes that Name can give.
func IsName(b []byte) bool {
	return len(b) == NonceBytes || len(b) == heirBytes && binary.BigEndian.Uint64(b[NonceBytes:]) > 0
}

// Genesis is the hash that the first record of an incarnation follows, so that no chain can be passed off as another's.
func (i Incarnation) Genesis() Hash {
	return Link(Hash{}, []byte("markaz chain 1\n"+i.String()))
}

// Start is the position before the first record.
func (i Incarnation) Start() Position { return Position{Seq: i.After, Hash: i.Genesis()} }
