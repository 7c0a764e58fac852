package office

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/pack"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire"
)

// PackBegun begins to publish a pack: its manifest, as headquarters signed it. Its pieces follow.
type PackBegun struct {
	Manifest  []byte `cbor:"1,keyasint"`
	Signature []byte `cbor:"2,keyasint"`
}

// PackPiece is the next piece of a pack. All but the last have PieceBytes; with the last the pack is whole.
type PackPiece struct {
	Name    string `cbor:"1,keyasint"`
	Version uint64 `cbor:"2,keyasint"`
	Index   uint64 `cbor:"3,keyasint"` // from 0
	Bytes   []byte `cbor:"4,keyasint"`
}

// PackDropped takes a pack away: one whose publishing was given up, or that no centre will ask for any more.
type PackDropped struct {
	Name    string `cbor:"1,keyasint"`
	Version uint64 `cbor:"2,keyasint"`
}

// PieceBytes is the size of a piece as it is kept and proposed.
const PieceBytes = wire.PieceBytesMax

// The refusals of acts about packs.
const (
	CodePackOther   = "pack-other"   // that name and version is another pack: take the next version
	CodePackRoom    = "pack-room"    // packs have all the room that they may have: drop some
	CodePackUnknown = "pack-unknown" // begin it first
	CodePackPiece   = "pack-piece"   // not the next piece, or not the one that is there
	CodePackContent = "pack-content" // the pieces are not the content that was signed: drop it, publish it again
)

var packsBucket, piecesBucket = []byte("packs"), []byte("pieces/") // the latter then the digest

// packEntry is a pack as the office keeps it.
type packEntry struct {
	Manifest  []byte `cbor:"1,keyasint"`
	Signature []byte `cbor:"2,keyasint"`
	Have      uint64 `cbor:"3,keyasint"` // pieces that are here
	Whole     bool   `cbor:"4,keyasint"`
}

func (PackBegun) tag() byte   { return tagPackBegun }
func (PackPiece) tag() byte   { return tagPackPiece }
func (PackDropped) tag() byte { return tagPackDropped }

func (a PackBegun) signed() pack.Signed { return pack.Signed(a) }

func (a PackBegun) check() error {
	_, err := a.signed().Read()
	if len(a.Signature) != 64 {
		err = errors.Join(err, fmt.Errorf("signature of %d bytes, want 64", len(a.Signature)))
	}
	return err
}

func (a PackPiece) check() error {
	if len(a.Bytes) == 0 || len(a.Bytes) > PieceBytes {
		return fmt.Errorf("piece of %d bytes, want 1 to %d", len(a.Bytes), PieceBytes)
	}
	return checkVersion(a.Name, a.Version)
}

func (a PackDropped) check() error { return checkVersion(a.Name, a.Version) }

func checkVersion(name string, version uint64) error {
	return pack.Manifest{Name: name, Version: version, Kind: "any/1", Size: 1}.Check()
}

func (a PackBegun) apply(b *bolt.Bucket, _ uint64) (archive.Answer, error) {
	m, err := a.signed().Read()
	if err != nil {
		return refuse(codeUnknown, err.Error()), nil
	}
	had, ok, err := packAt(b, m.Name, m.Version)
	switch {
	case err != nil:
		return archive.Answer{}, err
	case ok && !bytes.Equal(had.Manifest, a.Manifest):
		return refuse(CodePackOther, fmt.Sprintf("%s %d is another pack: take the next version", m.Name, m.Version)), nil
	case ok:
		return archive.Answer{Body: number(had.Have)}, nil
	}
	fresh := packEntry{Manifest: a.Manifest, Signature: a.Signature}
	twin, ok, err := packOf(b, m.Digest)
	switch {
	case err != nil:
		return archive.Answer{}, err
	case ok && !twin.Whole:
		return refuse(CodePackOther, "a pack of the same content is being published: end that, or drop it"), nil
	case ok: // an old content as a new version
		fresh.Have, fresh.Whole = twin.Have, true
		return archive.Answer{Body: number(fresh.Have)}, putPack(b, m, fresh)
	}
	if room, err := packRoom(b); err != nil || m.Size > room {
		return refuse(CodePackRoom, fmt.Sprintf("there is room for %d bytes: drop packs that no centre asks for", room)), err
	}
	if _, err := b.CreateBucket(pieceBucket(m.Digest)); err != nil {
		return archive.Answer{}, err
	}
	return archive.Answer{Body: number(0)}, putPack(b, m, fresh)
}

// packOf is a pack of that content; false when there is none.
func packOf(b *bolt.Bucket, d pack.Digest) (found packEntry, ok bool, err error) {
	err = eachPack(b, func(e packEntry, m pack.Manifest) {
		if m.Digest == d {
			found, ok = e, true
		}
	})
	return found, ok, err
}

func (a PackPiece) apply(b *bolt.Bucket, _ uint64) (archive.Answer, error) {
	e, ok, err := packAt(b, a.Name, a.Version)
	if err != nil || !ok {
		return refuse(CodePackUnknown, "begin to publish it first"), err
	}
	m, err := e.manifest()
	if err != nil {
		return archive.Answer{}, err
	}
	pieces := b.Bucket(pieceBucket(m.Digest))
	if a.Index < e.Have && bytes.Equal(pieces.Get(number(a.Index)), a.Bytes) {
		return archive.Answer{Body: number(e.Have)}, nil
	}
	if a.Index != e.Have || uint64(len(a.Bytes)) != pieceSize(m, a.Index) {
		return refuse(CodePackPiece, fmt.Sprintf("piece %d of %d bytes; the next is %d, of %d", a.Index, len(a.Bytes), e.Have, pieceSize(m, e.Have))), nil
	}
	e.Have++
	if e.Whole = e.Have*PieceBytes >= m.Size; e.Whole && digestOf(pieces, a.Bytes) != m.Digest {
		return refuse(CodePackContent, "the content is not what was signed: drop the pack, publish it again"), nil
	}
	if err := pieces.Put(number(a.Index), a.Bytes); err != nil {
		return archive.Answer{}, err
	}
	return archive.Answer{Body: number(e.Have)}, putPack(b, m, e)
}

func (a PackDropped) apply(b *bolt.Bucket, _ uint64) (archive.Answer, error) {
	e, ok, err := packAt(b, a.Name, a.Version)
	if err != nil || !ok {
		return archive.Answer{}, err
	}
	m, err := e.manifest()
	if err != nil {
		return archive.Answer{}, err
	}
	if err := b.Bucket(packsBucket).Delete(packKey(a.Name, a.Version)); err != nil {
		return archive.Answer{}, err
	}
	if _, shared, err := packOf(b, m.Digest); shared || err != nil {
		return archive.Answer{}, err
	}
	return archive.Answer{}, b.DeleteBucket(pieceBucket(m.Digest))
}

func (e packEntry) manifest() (pack.Manifest, error) {
	m, err := pack.Signed{Manifest: e.Manifest, Signature: e.Signature}.Read()
	if err != nil {
		return m, fmt.Errorf("%w: a pack's manifest: %w", archive.ErrDamaged, err)
	}
	return m, nil
}

// pieceSize is how large a piece must be; 0 past the end.
func pieceSize(m pack.Manifest, index uint64) uint64 {
	if index >= pack.ContentBytesMax/PieceBytes+1 || index*PieceBytes >= m.Size {
		return 0
	}
	return min(m.Size-index*PieceBytes, PieceBytes)
}

// digestOf is of the pieces that are here and one more.
func digestOf(pieces *bolt.Bucket, last []byte) (d pack.Digest) {
	h := sha256.New()
	c := pieces.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		h.Write(v)
	}
	h.Write(last)
	h.Sum(d[:0])
	return d
}

// packRoom is how many bytes packs may still take, unfinished ones counted whole.
func packRoom(b *bolt.Bucket) (uint64, error) {
	room := uint64(packsBytesMax)
	err := eachPack(b, func(e packEntry, m pack.Manifest) { room -= min(room, m.Size) })
	return room, err
}

func eachPack(b *bolt.Bucket, see func(packEntry, pack.Manifest)) error {
	packs := sub(b, packsBucket)
	if packs == nil {
		return nil
	}
	return packs.ForEach(func(_, v []byte) error {
		e, err := decodePack(v)
		if err != nil {
			return err
		}
		m, err := e.manifest()
		if err == nil {
			see(e, m)
		}
		return err
	})
}

func packAt(b *bolt.Bucket, name string, version uint64) (e packEntry, ok bool, err error) {
	packs := sub(b, packsBucket)
	if packs == nil {
		return e, false, nil
	}
	v := packs.Get(packKey(name, version))
	if v == nil {
		return e, false, nil
	}
	e, err = decodePack(v)
	return e, err == nil, err
}

func decodePack(v []byte) (e packEntry, err error) {
	if err := decoding.Unmarshal(v, &e); err != nil {
		return e, fmt.Errorf("%w: a pack: %w", archive.ErrDamaged, err)
	}
	return e, nil
}

func putPack(b *bolt.Bucket, m pack.Manifest, e packEntry) error {
	packs, err := b.CreateBucketIfNotExists(packsBucket)
	if err != nil {
		return err
	}
	v, err := encoding.Marshal(e)
	if err != nil {
		return err
	}
	return packs.Put(packKey(m.Name, m.Version), v)
}

func packKey(name string, version uint64) []byte { return append([]byte(name+"/"), number(version)...) }

func pieceBucket(d pack.Digest) []byte {
	return append(piecesBucket[:len(piecesBucket):len(piecesBucket)], d[:]...)
}

// Pack is a pack that headquarters keeps.
type Pack struct {
	pack.Manifest
	Signed pack.Signed
	Whole  bool // published to its end: it may be offered
}

// Packs is every pack, by name, then version.
func Packs(view View) (out []Pack, err error) {
	err = view(func(b *bolt.Bucket) error {
		return eachPack(b, func(e packEntry, m pack.Manifest) {
			out = append(out, Pack{m, pack.Signed{Manifest: e.Manifest, Signature: e.Signature}, e.Whole})
		})
	})
	return out, err
}

// Piece answers a box that fetches: what is there of a whole pack from an offset, at most length bytes and not past the
// piece that the offset is in. Empty bytes say that it is not here.
func Piece(view View, f wire.Fetch) (p wire.Piece, err error) {
	p = wire.Piece{Digest: f.Digest, Offset: f.Offset, Total: f.Offset}
	err = view(func(b *bolt.Bucket) error {
		pieces := sub(b, pieceBucket(f.Digest))
		if pieces == nil {
			return nil
		}
		k, last := pieces.Cursor().Last()
		if len(k) != 8 {
			return nil
		}
		p.Total = max(numberOf(k)*PieceBytes+uint64(len(last)), f.Offset)
		at := pieces.Get(number(f.Offset / PieceBytes))
		if within := f.Offset % PieceBytes; within < uint64(len(at)) {
			p.Bytes = bytes.Clone(at[within:min(uint64(len(at)), within+uint64(f.Length))])
		}
		return nil
	})
	return p, err
}
