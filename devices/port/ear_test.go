package port

import (
	"testing"
	"time"
)

func TestEar(t *testing.T) {
	start := time.Unix(0, 0)
	late := start.Add(silentAfter)
	for _, c := range []struct {
		name string
		do   func(e *Ear)
		at   time.Time
		want error
	}{
		{"nothing asked", func(*Ear) {}, late, nil},
		{"just asked", func(e *Ear) { e.Asked(start) }, start, nil},
		{"asked and nothing came", func(e *Ear) { e.Asked(start) }, late, ErrSilent},
		{"asked again does not begin anew", func(e *Ear) { e.Asked(start); e.Asked(late) }, late, ErrSilent},
		{"answered", func(e *Ear) { e.Asked(start); e.Understood() }, late, nil},
		{"a stray byte", func(e *Ear) { e.Noise(1) }, late, nil},
		{"a stray byte and no answer", func(e *Ear) { e.Asked(start); e.Noise(1) }, late, ErrBabble},
		{"a flood", func(e *Ear) { e.Noise(babbleBytes) }, start, ErrBabble},
		{"a flood, then sense", func(e *Ear) { e.Noise(babbleBytes); e.Understood() }, late, nil},
		{"one half answer", func(e *Ear) { e.Asked(start); e.Half() }, start, nil},
		{"half answers", func(e *Ear) {
			for range halvesBelieved {
				e.Half()
			}
		}, start, ErrHalf},
		{"half an answer and nothing more", func(e *Ear) { e.Asked(start); e.Half() }, late, ErrHalf},
	} {
		var e Ear
		c.do(&e)
		if got := e.Verdict(c.at); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
