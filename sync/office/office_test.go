package office

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/id"
	"markaz.example/edge/letter"
	"markaz.example/edge/pack"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire"
)

const name = id.Errand("K5QXG43UOVZGKZDT")

var key = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

// state is an office in a file of its own.
type state struct {
	t  testing.TB
	db *bolt.DB
	n  uint64
}

func newState(t testing.TB) *state {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "office.db"), 0o600, &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return &state{t: t, db: db}
}

var bucket = []byte("office")

func (s *state) view(look func(*bolt.Bucket) error) error {
	return s.db.View(func(tx *bolt.Tx) error { return look(tx.Bucket(bucket)) })
}

// act applies one through its bytes, as the group does.
func (s *state) act(a Act) (answer archive.Answer) {
	s.t.Helper()
	b, err := Encode(a)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.raw(b)
}

func (s *state) raw(act []byte) (answer archive.Answer) {
	s.t.Helper()
	s.n++
	err := s.db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(bucket)
		if err != nil {
			return err
		}
		answer, err = Office{}.Apply(b, s.n, act)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return answer
}

// bytes is everything the office holds.
func (s *state) bytes() []byte {
	var out bytes.Buffer
	var walk func(b *bolt.Bucket) error
	walk = func(b *bolt.Bucket) error {
		return b.ForEach(func(k, v []byte) error {
			out.Write(k)
			if v == nil {
				return walk(b.Bucket(k))
			}
			out.Write(v)
			return nil
		})
	}
	if err := s.view(func(b *bolt.Bucket) error {
		if b == nil {
			return nil
		}
		return walk(b)
	}); err != nil {
		s.t.Fatal(err)
	}
	return out.Bytes()
}

func signature() []byte { return make([]byte, ed25519.SignatureSize) }

func posted(number uint64) LetterPosted {
	return LetterPosted{"ISB-01", Letter{Number: number, Kind: "weather.told/1", Body: []byte{0xa0}, Wall: 7, Signature: signature()}}
}

func lent(centre id.Centre, lease id.Errand, from, count, number uint64) LeaseGranted {
	return LeaseGranted{
		Centre: centre, Number: number, Wall: 7, Signature: signature(),
		Lease: letter.LeaseGranted{ID: lease, What: "bed", From: from, Count: count, Until: 1795500000000, Nonce: make([]byte, 16)},
	}
}

func answered(number uint64) CheckAnswered {
	return CheckAnswered{"ISB-01", letter.CheckAnswered{ID: name, Result: "eligible", Source: "nser", Wall: 7}, number, 7, signature()}
}

func begun(t testing.TB, version uint64, content []byte) PackBegun {
	t.Helper()
	s, err := pack.Sign(key, pack.Manifest{Name: "texts", Version: version, Kind: "texts/1", Size: uint64(len(content)), Digest: sha256.Sum256(content)})
	if err != nil {
		t.Fatal(err)
	}
	return PackBegun(s)
}

func read7(after, to uint64) ChainRead {
	return ChainRead{
		Centre: "ISB-01", Nonce: make([]byte, 16), After: after, To: to, Received: 3,
		Returned: []Return{{name, 12, 4}}, Asked: []Question{{ID: name, What: "eligible", Subject: "visit", Provisional: "go-on", Wall: 7, Seq: to}},
		Given: to,
	}
}

// Acts are in the logs of nodes for ever: their bytes never change.
func TestFrozenActs(t *testing.T) {
	seen := map[byte]bool{}
	for _, c := range []struct {
		act  Act
		want string // SHA-256 of the bytes
	}{
		{posted(1), "46206c0c406a1347"},
		{read7(0, 9), "84eaaa8742150d6d"},
		{answered(1), "c613d03b8df780ae"},
		{begun(t, 7, []byte("content")), "536e20b30b0d5357"},
		{PackPiece{"texts", 7, 0, []byte("content")}, "95025741af8555cb"},
		{PackDropped{"texts", 7}, "1dff8588bfba0629"},
		{PoolSet{"bed", 40}, "86be63686a7314a3"},
		{lent("ISB-01", name, 11, 5, 1), "e1ed2fd7bb077f5d"},
	} {
		b, err := Encode(c.act)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		if got := hex.EncodeToString(sum[:8]); got != c.want {
			t.Errorf("%T: got %s, want %s (%x)", c.act, got, c.want, b)
		}
		seen[b[0]] = true
		again, err := decode(b)
		if err != nil {
			t.Errorf("%T: %v", c.act, err)
			continue
		}
		if back, err := Encode(again); err != nil || !bytes.Equal(back, b) {
			t.Errorf("%T came back as another: %v", c.act, err)
		}
	}
	for tag := range tags {
		if !seen[tag] && tag >= tagLetterPosted { // those below are tested beside their acts
			t.Errorf("tag %d is not frozen here", tag)
		}
	}
}

func TestBadActsAreRefused(t *testing.T) {
	for what, a := range map[string]Act{
		"a letter to nobody":      LetterPosted{"", posted(1).Letter},
		"letter 0":                posted(0),
		"a letter without a kind": LetterPosted{"ISB-01", Letter{Number: 1, Body: []byte{0xa0}, Signature: signature()}},
		"an unsigned letter":      LetterPosted{"ISB-01", Letter{Number: 1, Kind: "a.b/1", Body: []byte{0xa0}}},
		"a pack of nothing":       PackBegun{},
		"an empty piece":          PackPiece{"texts", 1, 0, nil},
		"a piece of half a MiB":   PackPiece{"texts", 1, 0, make([]byte, 512<<10)},
		"a pool of too many":      PoolSet{"bed", letter.NumberMax + 1},
		"a lease of nothing":      lent("ISB-01", name, 1, 0, 1),
		"a chain read backwards":  read7(9, 9),
		"a return of nothing":     ChainRead{Centre: "ISB-01", Nonce: make([]byte, 16), To: 1, Returned: []Return{{name, 1, 0}}},
	} {
		if _, err := Encode(a); !errors.Is(err, ErrAct) {
			t.Errorf("%s: got %v", what, err)
		}
	}
	s := newState(t)
	for _, act := range [][]byte{{}, {255}, {tagLetterPosted}, {tagLetterPosted, 0xff}, {tagPoolSet, 0xa0}} {
		if got := s.raw(act); got.Refused != codeUnknown {
			t.Errorf("%x: got %+v", act, got)
		}
	}
	if len(s.bytes()) > 0 {
		t.Error("acts that cannot be read left a trace")
	}
}

// Letters have consecutive numbers; the same one again changes nothing, another under its number is refused.
func TestLettersAreNumbered(t *testing.T) {
	s := newState(t)
	for n := range uint64(3) {
		for range 2 {
			if got := s.act(posted(n + 1)); got.Refused != "" {
				t.Fatalf("letter %d: %+v", n+1, got)
			}
		}
	}
	before := s.bytes()
	other := posted(2)
	other.Letter.Wall++
	for _, a := range []Act{other, posted(5), posted(9), lent("ISB-01", name, 1, 1, 2), answered(3)} {
		if got := s.act(a); got.Refused != CodeNumber {
			t.Errorf("%+v: got %+v", a, got)
		}
	}
	if !bytes.Equal(s.bytes(), before) {
		t.Error("refusals left a trace")
	}
	got, err := Letters(s.view, "ISB-01", 1, 9)
	if err != nil || len(got) != 2 || got[0].Number != 2 || got[1].Number != 3 {
		t.Errorf("got %+v, %v", got, err)
	}
	last, err := LastLetter(s.view, "ISB-01")
	total, totalErr := Posted(s.view)
	if last != 3 || total != 3 || errors.Join(err, totalErr) != nil {
		t.Errorf("last %d, in all %d, %v, %v", last, total, err, totalErr)
	}
	if l, err := Letters(s.view, "LHE-01", 0, 9); len(l) != 0 || err != nil {
		t.Errorf("letters of nobody: %+v, %v", l, err)
	}
}

// A pack is whole when its pieces are the content that was signed; broken off, it is gone on with.
func TestPackIsPublishedInPieces(t *testing.T) {
	s := newState(t)
	content := bytes.Repeat([]byte("0123456789abcdef"), PieceBytes/16*2)
	content = append(content, "the end"...)
	piece := func(i uint64, b []byte) archive.Answer { return s.act(PackPiece{"texts", 7, i, b}) }
	if got := piece(0, content[:PieceBytes]); got.Refused != CodePackUnknown {
		t.Errorf("a piece before its pack: %+v", got)
	}
	if got := s.act(begun(t, 7, content)); got.Refused != "" {
		t.Fatal(got)
	}
	for range 2 {
		if got := piece(0, content[:PieceBytes]); got.Refused != "" || Number(got.Body) != 1 {
			t.Fatal(got)
		}
	}
	if got := s.act(begun(t, 7, content)); Number(got.Body) != 1 { // broken off, begun again
		t.Errorf("goes on at %+v", got)
	}
	if got := s.act(begun(t, 7, content[1:])); got.Refused != CodePackOther {
		t.Errorf("another pack of that version: %+v", got)
	}
	if got := s.act(begun(t, 8, content)); got.Refused != CodePackOther {
		t.Errorf("the same content at once: %+v", got)
	}
	for what, b := range map[string][]byte{"a short one": content[:9], "the last": []byte("the end")} {
		if got := piece(1, b); got.Refused != CodePackPiece {
			t.Errorf("%s: %+v", what, got)
		}
	}
	if got := piece(1, content[PieceBytes:2*PieceBytes]); got.Refused != "" {
		t.Fatal(got)
	}
	if got := piece(2, []byte("the END")); got.Refused != CodePackContent {
		t.Errorf("another content: %+v", got)
	}
	if packs, err := Packs(s.view); err != nil || len(packs) != 1 || packs[0].Whole {
		t.Errorf("%+v, %v", packs, err)
	}
	if got := piece(2, []byte("the end")); got.Refused != "" {
		t.Fatal(got)
	}
	fetchAll(t, s, content)
	if got := s.act(begun(t, 8, content)); got.Refused != "" || Number(got.Body) != 3 { // an old content as a new version
		t.Errorf("the same content as a new version: %+v", got)
	}
	s.act(PackDropped{"texts", 7})
	fetchAll(t, s, content)
	s.act(PackDropped{"texts", 8})
	if p, err := Piece(s.view, wire.Fetch{Digest: sha256.Sum256(content), Length: 9}); err != nil || len(p.Bytes) > 0 {
		t.Errorf("a pack that was dropped gives %+v, %v", p, err)
	}
}

func fetchAll(t *testing.T, s *state, content []byte) {
	t.Helper()
	var got []byte
	for len(got) < len(content) {
		p, err := Piece(s.view, wire.Fetch{Digest: sha256.Sum256(content), Offset: uint64(len(got)), Length: 100_000})
		if err != nil || len(p.Bytes) == 0 || p.Total != uint64(len(content)) {
			t.Fatalf("at %d: %d bytes of %d, %v", len(got), len(p.Bytes), p.Total, err)
		}
		got = append(got, p.Bytes...)
	}
	if !bytes.Equal(got, content) {
		t.Error("what was fetched is not what was published")
	}
}

// What a chain says counts once, whoever reads it and however often.
func TestChainIsReadOnce(t *testing.T) {
	s := newState(t)
	s.act(PoolSet{"bed", 40})
	if got := s.act(lent("ISB-01", name, 11, 5, 1)); got.Refused != "" {
		t.Fatal(got)
	}
	if got := s.act(read7(3, 9)); Number(got.Body) != 0 { // not where the reading stands
		t.Errorf("read to %d", Number(got.Body))
	}
	out := func() uint64 {
		pools, err := Pools(s.view)
		if err != nil {
			t.Fatal(err)
		}
		return pools[0].Out
	}
	if out() != 5 {
		t.Errorf("%d are out, want 5", out())
	}
	for range 2 {
		if got := s.act(read7(0, 9)); Number(got.Body) != 9 {
			t.Errorf("read to %d", Number(got.Body))
		}
	}
	if out() != 1 {
		t.Errorf("%d are out, want the one that was drawn", out())
	}
	if open, err := Questions(s.view); err != nil || len(open) != 1 || open[0].Centre != "ISB-01" {
		t.Errorf("open %+v, %v", open, err)
	}
	if got := s.act(answered(2)); got.Refused != "" {
		t.Error(got)
	}
	if got := s.act(answered(2)); got.Refused != "" { // proposed once more
		t.Error(got)
	}
	if got := s.act(answered(3)); got.Refused != CodeQuestion {
		t.Error(got)
	}
	in, seq, err := Diagnosis(s.view, "ISB-01")
	received, receivedErr := Received(s.view, "ISB-01")
	if in.Centre != "ISB-01" || seq != 9 || received != 3 || errors.Join(err, receivedErr) != nil {
		t.Errorf("diagnosis at %d of %s, received %d, %v", seq, in, received, err)
	}
}

func FuzzAct(f *testing.F) {
	for _, a := range []Act{posted(1), read7(0, 9), answered(1), PoolSet{"bed", 40}, lent("ISB-01", name, 11, 5, 1), PackDropped{"texts", 7}} {
		b, err := Encode(a)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	s := newState(f)
	f.Fuzz(func(t *testing.T, act []byte) {
		s.t = t
		s.raw(act) // refused, or done; never an error of the disk, never a panic
		a, err := decode(act)
		if err != nil {
			return
		}
		if _, err := Encode(a); err != nil {
			t.Errorf("%+v was read and cannot be written: %v", a, err)
		}
	})
}
