package pack

import (
	"bytes"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
	packfile "markaz.example/edge/pack"
)

// The view's keys.
//
//	n/NAME  -> what is known of the packs of that name

// Series is the packs of one name.
type Series struct {
	Name     string   `cbor:"1,keyasint"`
	Offered  *Version `cbor:"2,keyasint"` // to be fetched and tried; nil when nothing is
	Back     bool     `cbor:"3,keyasint"` // Offered is an order to go back
	Active   *Version `cbor:"4,keyasint"` // in use; nil before the first
	Previous *Version `cbor:"5,keyasint"` // in use before Active; its content is kept
	High     uint64   `cbor:"6,keyasint"` // the highest version that ever was active
	Refusal  *Refusal `cbor:"7,keyasint"` // the newest; nil before the first
}

// Version is one pack.
type Version struct {
	Version uint64 `cbor:"1,keyasint"`
	Kind    string `cbor:"2,keyasint"`
	Size    uint64 `cbor:"3,keyasint"`
	Digest  []byte `cbor:"4,keyasint"`
	Made    int64  `cbor:"5,keyasint"` // by headquarters, milliseconds since 1970 UTC
	Seq     uint64 `cbor:"6,keyasint"` // the record that offered it, then the one that made it active
	Wall    int64  `cbor:"7,keyasint"` // of that record
}

// Refusal is why a version is not used.
type Refusal struct {
	Version uint64 `cbor:"1,keyasint"`
	Reason  string `cbor:"2,keyasint"`
	Detail  string `cbor:"3,keyasint"`
	Seq     uint64 `cbor:"4,keyasint"`
}

// Manifest is the version as it was signed.
func (v Version) Manifest(name string) packfile.Manifest {
	return packfile.Manifest{Name: name, Version: v.Version, Kind: v.Kind, Size: v.Size, Digest: packfile.Digest(v.Digest), Wall: v.Made}
}

func (v Version) is(version uint64, digest []byte) bool {
	return v.Version == version && bytes.Equal(v.Digest, digest)
}

const prefix = "n/"

// Get is the packs of one name; false when there never was one.
func Get(src ledger.Source, name string) (Series, bool) {
	b := src.Reader(Name).Get([]byte(prefix + name))
	if b == nil {
		return Series{Name: name}, false
	}
	return decode(b), true
}

// All is every name, in order.
func All(src ledger.Source) (out []Series) {
	src.Reader(Name).Scan([]byte(prefix), func(_, value []byte) bool {
		out = append(out, decode(value))
		return true
	})
	return out
}

func alter(v ledger.View, name string, change func(*Series) error) error {
	s := Series{Name: name}
	if b := v.Get([]byte(prefix + name)); b != nil {
		s = decode(b)
	}
	if err := change(&s); err != nil {
		return err
	}
	b, err := chain.EncodeBody(s)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put([]byte(prefix+name), b)
}

// decode reads what the projection stored. The ledger vouches for the bytes, so others are a mistake.
func decode(b []byte) (s Series) {
	if err := chain.DecodeBody(b, &s); err != nil {
		panic(fmt.Sprintf("BUG: view %s: %v", Name, err))
	}
	return s
}
