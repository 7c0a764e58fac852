package parcel

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"markaz.example/edge/block"
	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// ledgerOf is a box's ledger in memory.
type ledgerOf struct {
	*wiretest.Chain
	confirmed chain.Position
}

func (l *ledgerOf) Incarnation() chain.Incarnation { return l.In }
func (l *ledgerOf) Acknowledged() chain.Position   { return l.Head() }
func (l *ledgerOf) Confirmed() chain.Position      { return l.confirmed }
func (l *ledgerOf) Read(after uint64, limit int) ([][]byte, error) {
	all := l.Records(after+1, l.Head().Seq)
	return all[:min(len(all), 10)], nil // small batches: a parcel of many is what is tested
}

// Sealed seals every tenth record with the nine before it, up to the thirtieth.
func (l *ledgerOf) Sealed(after uint64) (s block.Sealed, ok bool, err error) {
	if after%10 != 0 || after >= 30 || after+10 > l.Head().Seq {
		return s, false, nil
	}
	s, err = block.Seal(l.At(after), l.Records(after+1, after+10))
	return s, err == nil, err
}

// house is a headquarters of one archive.
type house struct {
	archive *archive.Archive
	index   uint64
	Headquarters
}

func newHouse(t testing.TB) *house {
	t.Helper()
	dir := t.TempDir()
	a, err := archive.Open(filepath.Join(dir, "archive.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(a.Verify(context.Background(), nil), a.Close()); err != nil {
			t.Error(err)
		}
	})
	h := &house{archive: a}
	h.Headquarters = Headquarters{
		Identity: identity(t, filepath.Join(dir, "parcel.key")), Group: h, Landmarks: a,
		Known: func(c id.Centre) error {
			if c != "ISB-01" {
				return errors.New("it is not on the list")
			}
			return nil
		},
		Now: func() time.Time { return time.UnixMilli(1_767_300_000_000) }, Key: key(7),
	}
	return h
}

func (h *house) Held(in chain.Incarnation) (chain.Position, error) { return h.archive.Held(in), nil }

func (h *house) Submit(_ context.Context, k ed25519.PublicKey, b wire.Batch) (archive.Verdict, chain.Position, error) {
	frame, err := wire.Encode(b)
	if err != nil {
		return 0, chain.Position{}, err
	}
	h.index++
	out, err := h.archive.Apply([]archive.Entry{{Index: h.index, Key: k, Batch: frame}})
	if err != nil {
		return 0, chain.Position{}, err
	}
	return out[0].Verdict, out[0].Held, out[0].Err
}

func identity(t testing.TB, path string) Identity {
	t.Helper()
	i, err := LoadIdentity(path)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func key(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

// sender is a box with n records, and its key for answers.
type sender struct {
	Box
	ledger *ledgerOf
	own    Identity
}

func newSender(t testing.TB, n int) *sender {
	t.Helper()
	c := wiretest.New("ISB-01", 1)
	c.Grow(n)
	l := &ledgerOf{c, c.In.Start()}
	own := identity(t, filepath.Join(t.TempDir(), "parcel.key"))
	return &sender{Box{
		Ledger: l, Key: c.Key, Software: "markaz test", Wall: func() time.Time { return time.UnixMilli(1_767_225_600_000) },
		Letters: 3, Reply: own.Recipient(),
	}, l, own}
}

func (s *sender) parcel(t testing.TB, h *house) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := s.Write(t.Context(), &b, h.Identity.Recipient(), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func opened(b []byte) Opened {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

func TestParcelBringsEverything(t *testing.T) {
	h, s := newHouse(t), newSender(t, 95)
	r, err := h.Take(t.Context(), opened(s.parcel(t, h)), nil)
	if err != nil || r.New != 95 || r.Held != s.ledger.Head() || r.Letters != 3 || r.Software != "markaz test" {
		t.Fatalf("got %+v, %v", r, err)
	}
	if r, err = h.Take(t.Context(), opened(s.parcel(t, h)), nil); !errors.Is(err, ErrOld) || r.Held != s.ledger.Head() {
		t.Errorf("the same again: got %+v, %v", r, err)
	}
}

// The line may have brought any part of a parcel before the stick arrives, in batches cut elsewhere.
func TestLineAndStickOverlapWithoutHarm(t *testing.T) {
	for upTo := uint64(1); upTo <= 40; upTo++ {
		h, s := newHouse(t), newSender(t, 40)
		b, err := wire.Pack(s.Key, s.ledger.In, s.ledger.At(0), 0, s.ledger.Records(1, upTo))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Submit(t.Context(), s.ledger.Public(), b); err != nil {
			t.Fatal(err)
		}
		r, err := h.Take(t.Context(), opened(s.parcel(t, h)), nil)
		if upTo == 40 && errors.Is(err, ErrOld) {
			err = nil
		}
		if err != nil || r.New != 40-upTo || h.archive.Held(s.ledger.In) != s.ledger.Head() {
			t.Fatalf("the line had brought %d: %+v, %v", upTo, r, err)
		}
	}
}

func TestParcelGoesOnAfterWhatIsConfirmed(t *testing.T) {
	h, s := newHouse(t), newSender(t, 20)
	first := s.parcel(t, h)
	if _, err := h.Take(t.Context(), opened(first), nil); err != nil {
		t.Fatal(err)
	}
	s.ledger.confirmed = s.ledger.Head()
	s.ledger.Grow(15)
	second := s.parcel(t, h)
	if r, err := h.Take(t.Context(), opened(second), nil); err != nil || r.Records != 15 || r.New != 15 {
		t.Errorf("got %+v, %v", r, err)
	}
	if _, err := newHouse(t).Take(t.Context(), opened(second), nil); !errors.Is(err, ErrNotOurs) {
		t.Errorf("another headquarters: %v, want %v", err, ErrNotOurs)
	}
	if _, err := h.Take(t.Context(), opened(first), nil); !errors.Is(err, ErrOld) {
		t.Errorf("the first again: %v, want %v", err, ErrOld)
	}
}

func TestAMissingParcelIsNamed(t *testing.T) {
	h, s := newHouse(t), newSender(t, 20)
	s.ledger.confirmed = s.ledger.At(10)
	if _, err := h.Take(t.Context(), opened(s.parcel(t, h)), nil); !errors.Is(err, ErrGap) {
		t.Errorf("got %v, want %v", err, ErrGap)
	}
}

// A restored backup that went on by itself is set aside, not merged.
func TestAnotherHistoryIsSetAside(t *testing.T) {
	h, s := newHouse(t), newSender(t, 30)
	if _, err := h.Take(t.Context(), opened(s.parcel(t, h)), nil); err != nil {
		t.Fatal(err)
	}
	other := newSender(t, 30)
	other.ledger.Chain = s.ledger.Clone(2)
	other.ledger.Truncate(20)
	other.ledger.Grow(5)
	if _, err := h.Take(t.Context(), opened(other.parcel(t, h)), nil); !errors.Is(err, ErrFork) {
		t.Errorf("got %v, want %v", err, ErrFork)
	}
	if got := h.archive.Held(s.ledger.In); got != s.ledger.Head() {
		t.Errorf("the chain stands at %s, want %s", got, s.ledger.Head())
	}
}

func TestRefused(t *testing.T) {
	h, s := newHouse(t), newSender(t, 25)
	whole := s.parcel(t, h)
	stranger := newSender(t, 5)
	stranger.ledger.Chain = wiretest.New("LHE-01", 1)
	stranger.ledger.Grow(5)
	stranger.ledger.confirmed = stranger.ledger.In.Start()
	stranger.Key = stranger.ledger.Key
	forger := newSender(t, 25)
	forger.Key = key(9)
	var down bytes.Buffer
	if err := h.Answer(t.Context(), &down, Report{Head: Head{Incarnation: s.ledger.In, Reply: h.Identity.Recipient()}, Held: s.ledger.At(0)}, mail(0)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		bytes []byte
		want  error
	}{
		{"empty", nil, ErrDamaged},
		{"no parcel", []byte("holiday pictures"), ErrDamaged},
		{"of a centre that is not on the list", stranger.parcel(t, h), ErrStranger},
		{"the other way", down.Bytes(), ErrDirection},
		{"of a future version", sealed(t, h, func(p *packer) error { _, err := io.WriteString(p.out, "markaz parcel 2\n"); return err }), ErrMalformed},
		{"without an end", sealed(t, h, func(p *packer) error {
			_, err := io.WriteString(p.out, magic)
			return errors.Join(err, p.item(tagHead, headOf(t, s)))
		}), ErrDamaged},
		{"signed by somebody else", sealed(t, h, func(p *packer) error {
			_, err := io.WriteString(p.out, magic)
			return errors.Join(err, p.item(tagHead, headOf(t, s)), p.item(tagEnd, ed25519.Sign(key(9), endMessage(p.sum))))
		}), ErrForged},
		{"with something behind its end", sealed(t, h, func(p *packer) error {
			_, err := io.WriteString(p.out, magic)
			err = errors.Join(err, p.item(tagHead, headOf(t, s)), p.item(tagEnd, ed25519.Sign(s.Key, endMessage(p.sum))))
			return errors.Join(err, p.item(tagMessage, []byte{6, 0xa0}))
		}), ErrMalformed},
		{"without a message", sealed(t, h, func(p *packer) error {
			_, err := io.WriteString(p.out, magic)
			return errors.Join(err, p.item(tagHead, headOf(t, s)), p.item(tagEnd, ed25519.Sign(s.Key, endMessage(p.sum))))
		}), ErrMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := h.Take(t.Context(), opened(c.bytes), nil); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	t.Run("cut at any byte", func(t *testing.T) {
		for n := 0; n < len(whole); n += 1 + n/16 {
			if _, err := h.Take(t.Context(), opened(whole[:n]), nil); !errors.Is(err, ErrDamaged) {
				t.Fatalf("cut at %d of %d: %v", n, len(whole), err)
			}
		}
	})
	t.Run("flipped anywhere", func(t *testing.T) {
		for n := 0; n < len(whole); n += 1 + n/16 {
			bad := bytes.Clone(whole)
			bad[n] ^= 0x10
			if _, err := h.Take(t.Context(), opened(bad), nil); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotOurs) {
				t.Fatalf("flipped at %d of %d: %v", n, len(whole), err)
			}
		}
	})
	if got := h.archive.Held(s.ledger.In); got.Seq != 0 {
		t.Errorf("a refused parcel left %s behind", got)
	}
}

func headOf(t testing.TB, s *sender) []byte {
	t.Helper()
	b, err := Head{Direction: Up, Incarnation: s.ledger.In, Made: s.Wall(), Reply: s.Reply, Key: s.ledger.Public()}.encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sealed is a parcel written by somebody who knows headquarters' recipient, and what he likes.
func sealed(t testing.TB, h *house, write func(*packer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	p, err := blank(&b, h.Identity.key.Recipient())
	if err == nil {
		err = errors.Join(write(p), p.sealed.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// mail is n letters and as many pieces.
func mail(n int) Mail {
	return Mail{
		Letters: func(yield func(wire.Letter, error) bool) {
			for i := range n {
				l := wire.SignLetter(key(7), "ISB-01", wire.Letter{Number: uint64(i + 4), Kind: "lease.granted/1", Body: []byte{0xa0}})
				if !yield(l, nil) {
					return
				}
			}
		},
		Pieces: func(yield func(wire.Piece, error) bool) {
			for i := range n {
				if !yield(wire.Piece{Offset: uint64(i), Total: uint64(n), Bytes: []byte{byte(i)}}, nil) {
					return
				}
			}
		},
	}
}

// desk remembers what it was told.
type desk struct {
	held    chain.Position
	letters []uint64
	pieces  []uint64
	fail    error
}

func (d *desk) Confirm(held chain.Position) error { d.held = held; return d.fail }
func (d *desk) Letter(_ context.Context, l wire.Letter) error {
	d.letters = append(d.letters, l.Number)
	return d.fail
}
func (d *desk) Piece(_ context.Context, p wire.Piece) error {
	d.pieces = append(d.pieces, p.Offset)
	return d.fail
}

func (h *house) answer(t testing.TB, s *sender, m Mail) []byte {
	t.Helper()
	r, err := h.Take(t.Context(), opened(s.parcel(t, h)), nil)
	if err != nil && !errors.Is(err, ErrOld) {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := h.Answer(t.Context(), &b, r, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheAnswerComesBack(t *testing.T) {
	h, s := newHouse(t), newSender(t, 12)
	b := h.answer(t, s, mail(3))
	var d desk
	got, err := s.TakeAnswer(t.Context(), opened(b), s.own, key(7).Public().(ed25519.PublicKey), &d)
	if err != nil || got.Held != s.ledger.Head() || got.Letters != 3 || got.Pieces != 3 {
		t.Fatalf("got %+v, %v", got, err)
	}
	if d.held != s.ledger.Head() || !slices.Equal(d.letters, []uint64{4, 5, 6}) || !slices.Equal(d.pieces, []uint64{0, 1, 2}) {
		t.Errorf("the desk was told %+v", d)
	}
}

func TestAnAnswerIsRefused(t *testing.T) {
	h, s := newHouse(t), newSender(t, 12)
	post := key(7).Public().(ed25519.PublicKey)
	forged := mail(2)
	letters := forged.Letters
	forged.Letters = func(yield func(wire.Letter, error) bool) {
		for l, err := range letters {
			l.Body = []byte{0xa1, 1, 1}
			if !yield(l, err) {
				return
			}
		}
	}
	whole, edited := h.answer(t, s, mail(3)), h.answer(t, s, forged)
	another := newSender(t, 12)
	another.ledger.Chain = wiretest.New("ISB-01", 8)
	for _, c := range []struct {
		name  string
		box   *sender
		own   Identity
		bytes []byte
		post  ed25519.PublicKey
		want  error
	}{
		{"another box's", s, another.own, whole, post, ErrNotOurs},
		{"to a ledger that was", another, s.own, whole, post, ErrOther},
		{"another headquarters'", s, s.own, whole, key(9).Public().(ed25519.PublicKey), ErrPost},
		{"a letter was edited", s, s.own, edited, post, wire.ErrWord},
		{"cut", s, s.own, whole[:len(whole)-20], post, ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d desk
			if _, err := c.box.TakeAnswer(t.Context(), opened(c.bytes), c.own, c.post, &d); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if len(d.letters)+len(d.pieces) > 0 || d.held.Seq > 0 {
				t.Errorf("a refused answer had an effect: %+v", d)
			}
		})
	}
}

func TestWhatMailReportsEndsTheAnswer(t *testing.T) {
	h, s := newHouse(t), newSender(t, 3)
	r, err := h.Take(t.Context(), opened(s.parcel(t, h)), nil)
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	bad := Mail{Letters: iter.Seq2[wire.Letter, error](func(yield func(wire.Letter, error) bool) { yield(wire.Letter{}, broken) })}
	if err := h.Answer(t.Context(), io.Discard, r, bad); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

func TestKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parcel.key")
	first := identity(t, path)
	if again := identity(t, path); again.Recipient() != first.Recipient() {
		t.Error("the key changed")
	}
	if err := CheckRecipient("age1nonsense"); !errors.Is(err, ErrKey) {
		t.Errorf("got %v", err)
	}
	if s := fmt.Sprint(first); len(s) > 0 && bytes.Contains([]byte(s), []byte("AGE-SECRET-KEY")) {
		t.Error("an identity prints its key")
	}
}
