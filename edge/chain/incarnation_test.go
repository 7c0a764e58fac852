package chain_test

import (
	"bytes"
	"errors"
	"testing"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
)

func heir() chain.Incarnation {
	in := incarnation()
	in.Nonce[0]++
	in.After = 4711
	return in
}

func TestIncarnationAsText(t *testing.T) {
	for _, in := range []chain.Incarnation{incarnation(), heir()} {
		got, err := chain.ParseIncarnation(in.String())
		if err != nil || got != in {
			t.Errorf("%s became %+v (%v)", in, got, err)
		}
		if got, err := chain.Named(in.Centre, in.Name()); err != nil || got != in {
			t.Errorf("name %x became %+v (%v)", in.Name(), got, err)
		}
		if in.Start().Seq != in.After {
			t.Errorf("%s starts at %s", in, in.Start())
		}
	}
	whole := heir().String()
	for _, s := range []string{
		"", "ISB-01", "ISB-01/00", "isb/" + whole[7:], whole + "0x", whole + "@1", incarnation().String() + "@0",
		incarnation().String() + "@", incarnation().String() + "@01", incarnation().String() + "@-1", " " + whole,
	} {
		if _, err := chain.ParseIncarnation(s); !errors.Is(err, chain.ErrIncarnation) {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, b := range [][]byte{nil, make([]byte, 15), make([]byte, 24), make([]byte, 25)} {
		if _, err := chain.Named("ISB-01", b); !errors.Is(err, chain.ErrIncarnation) {
			t.Errorf("a name of %d bytes: %v", len(b), err)
		}
	}
}

// Two incarnations that differ in what they go on after have no record in common.
func TestSuccessorsHaveStartsOfTheirOwn(t *testing.T) {
	a, b := heir(), heir()
	b.After = 0
	if a.Genesis() == b.Genesis() {
		t.Error("the start does not depend on what is succeeded")
	}
}

func succession() chain.Succession {
	return chain.Succession{Ancestor: incarnation().String(), Last: 4711, Hash: make([]byte, 32), Reason: "the disk was changed"}
}

func succeeded(t testing.TB, s chain.Succession, seq uint64, kind chain.Kind) []byte {
	t.Helper()
	r := record(seq)
	body, err := chain.EncodeBody(s)
	if err != nil {
		t.Fatal(err)
	}
	r.Kind, r.Body = kind, body
	return encode(t, r)
}

func TestSuccessionIsRead(t *testing.T) {
	got, err := chain.ReadSuccession(heir(), succeeded(t, succession(), 4712, chain.KindSucceeded))
	if err != nil || got.Ancestor != incarnation().String() || got.Reason != succession().Reason {
		t.Fatalf("%+v, %v", got, err)
	}
	for name, c := range map[string]struct {
		seq   uint64
		kind  chain.Kind
		spoil func(*chain.Succession)
	}{
		"another kind":   {4712, "visit.opened/1", nil},
		"another place":  {4713, chain.KindSucceeded, nil},
		"another record": {4712, chain.KindSucceeded, func(s *chain.Succession) { s.Last-- }},
		"no reason":      {4712, chain.KindSucceeded, func(s *chain.Succession) { s.Reason = "" }},
		"no hash":        {4712, chain.KindSucceeded, func(s *chain.Succession) { s.Hash = nil }},
		"nobody":         {4712, chain.KindSucceeded, func(s *chain.Succession) { s.Ancestor = "x" }},
		"itself":         {4712, chain.KindSucceeded, func(s *chain.Succession) { s.Ancestor = heir().String() }},
		"another centre": {4712, chain.KindSucceeded, func(s *chain.Succession) {
			in := incarnation()
			in.Centre = id.Centre("LHE-02")
			s.Ancestor = in.String()
		}},
		"no record of his":  {4712, chain.KindSucceeded, func(s *chain.Succession) { in := incarnation(); in.After = 4711; s.Ancestor = in.String() }},
		"a reason too long": {4712, chain.KindSucceeded, func(s *chain.Succession) { s.Reason = string(make([]byte, 1025)) }},
	} {
		s := succession()
		if c.spoil != nil {
			c.spoil(&s)
		}
		if _, err := chain.ReadSuccession(heir(), succeeded(t, s, c.seq, c.kind)); !errors.Is(err, chain.ErrSuccession) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzIncarnation: what is read is written as it was.
func FuzzIncarnation(f *testing.F) {
	f.Add(incarnation().String(), heir().Name())
	f.Add(heir().String(), incarnation().Name())
	f.Fuzz(func(t *testing.T, s string, name []byte) {
		if in, err := chain.ParseIncarnation(s); err == nil && in.String() != s {
			t.Errorf("%q became %q", s, in)
		}
		if in, err := chain.Named("ISB-01", name); err == nil && !bytes.Equal(in.Name(), name) {
			t.Errorf("%x became %x", name, in.Name())
		}
	})
}

// FuzzSuccession: no record fells its reader.
func FuzzSuccession(f *testing.F) {
	f.Add(succeeded(f, succession(), 4712, chain.KindSucceeded))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := chain.ReadSuccession(heir(), b); err == nil && s.Check() != nil {
			t.Errorf("accepted %+v", s)
		}
	})
}

// The genesis of a successor is frozen as the other is: its chain follows it for ever.
func TestGenesisOfASuccessor(t *testing.T) {
	in := incarnation()
	in.After = 4711
	if got := in.String(); got != "ISB-01/61206e6f6e6365206f66207465737473@4711" {
		t.Errorf("it is called %s", got)
	}
	if got := hexOf(in.Genesis()); got != "349ab66093ddcb8d8a2583b628a094be51b1b125a609e9efc69b916b6b98a6a0" {
		t.Errorf("its genesis is %s", got)
	}
}
