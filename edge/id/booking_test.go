package id

import (
	"crypto/rand"
	"testing"
)

func TestPass(t *testing.T) {
	for range 100 {
		p, err := NewPass(rand.Reader)
		if err != nil || p.Check() != nil {
			t.Fatalf("drew %q: %v, %v", p, err, p.Check())
		}
	}
	if got := Pass("40718852").Spaced(); got != "4071 8852" {
		t.Errorf("printed as %q", got)
	}
	for _, typed := range []string{"", "04071885", "4071885", "407188520", "4071885a", "٤٠٧١٨٨٥٢"} {
		if Pass(typed).Check() == nil {
			t.Errorf("%q is taken for a pass", typed)
		}
	}
}
