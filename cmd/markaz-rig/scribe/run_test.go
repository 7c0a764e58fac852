package scribe

import (
	"errors"
	"os"
	"strings"
	"testing"

	"markaz.example/cmd/markaz-rig/machine"
	"markaz.example/cmd/markaz-torture/victim"
	"markaz.example/edge/chain"
)

// said is a run that is to hear what was said, line ends as a serial line has them.
func said(t *testing.T, text string) *Run {
	t.Helper()
	r := &Run{Machine: &machine.Small{Work: t.TempDir()}, acked: map[string]chain.Position{}}
	add(t, r, text)
	return r
}

func add(t *testing.T, r *Run, text string) {
	t.Helper()
	for _, name := range []string{r.Machine.Said(), r.Machine.Console()} {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func ack(seq uint64) string {
	return victim.Line{Word: victim.Acked, Chain: victim.Name, At: chain.Position{Seq: seq, Hash: chain.Hash{byte(seq)}}}.String() + "\r\n"
}

func TestWhatWasSaid(t *testing.T) {
	whole, cut := ack(7)+ack(9)+ack(8), ack(10)
	r := said(t, whole+cut[:len(cut)/2])
	if err := r.listen(nil); err != nil {
		t.Fatal(err)
	}
	if got := r.acked[victim.Name].Seq; got != 9 || r.result.Acked != 3 {
		t.Errorf("heard %d answers, the newest %d; want 3 and 9: half a line is none", r.result.Acked, got)
	}
	add(t, r, cut[len(cut)/2:])
	if err := r.listen(nil); err != nil || r.acked[victim.Name].Seq != 10 {
		t.Errorf("after the other half: newest %d, %v", r.acked[victim.Name].Seq, err)
	}
}

// What a plug cut in half must not spoil what the next start says.
func TestHalfALineIsForgotten(t *testing.T) {
	r := said(t, ack(3)+ack(4)[:20])
	if err := r.listen(nil); err != nil {
		t.Fatal(err)
	}
	if err := r.forget(); err != nil {
		t.Fatal(err)
	}
	add(t, r, ack(5))
	if err := r.listen(nil); err != nil || r.acked[victim.Name].Seq != 5 {
		t.Errorf("newest %d, %v; want 5", r.acked[victim.Name].Seq, err)
	}
}

func TestWhatIsWrongIsBroken(t *testing.T) {
	for _, text := range []string{"lost record 9 was acknowledged\r\n", "unsound views\r\n", "refused no ledger\r\n", "leaves I/O error\r\n", "something else\r\n"} {
		if err := said(t, text).listen(nil); !errors.Is(err, ErrBroken) {
			t.Errorf("%q: %v, want ErrBroken", strings.TrimSpace(text), err)
		}
	}
}
