package quorum

import (
	"errors"
	"testing"

	"markaz.example/sync/archive"
)

// A power cut between the two commits with which raft begins a group: the next start begins it anew. The control is a term
// that a group has had, which is left alone.
func TestCutInTheBeginningOfAGroup(t *testing.T) {
	for term, want := range map[uint64]error{firstTerm: nil, firstTerm + 1: ErrName} {
		dir := t.TempDir()
		s, err := openStore(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.SetUint64(termKey, term), s.Close()); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			r := start(t, dir)
			c := grown("ISB-01", 1, 10)
			r.submit(t, c, pack(t, c, 1, 10), archive.Append, 10)
			r.close(t)
			continue
		}
		n, a, err := open(t, dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(n.Run(t.Context()), a.Close()); !errors.Is(err, want) {
			t.Errorf("term %d: got %v, want %v", term, err, want)
		}
	}
}
