package victim

import (
	"testing"

	"markaz.example/edge/chain"
)

func TestLinesComeBack(t *testing.T) {
	at := chain.Position{Seq: 7, Hash: chain.Hash{1, 2, 3}}
	for _, l := range []Line{
		{Word: Opened, Chain: "box", At: at}, {Word: Acked, Chain: "C-01", At: at}, {Word: Seen, Chain: "box", At: at},
		{Word: Lost, Text: "record 7"}, {Word: Refused, Text: "two | words"},
	} {
		if got := Parse(l.String()); got != l {
			t.Errorf("%v came back as %v", l, got)
		}
	}
	for _, text := range []string{"", "ack", "ack box", "ack box 7 zz", "ack box 7 0102", "panic: x"} {
		if got := Parse(text); got.Word != Unsound {
			t.Errorf("%q is %v", text, got)
		}
	}
}
