package box

import (
	"testing"
	"time"
)

// A cut marks a day once it has lasted; one that is mended before does not, and the next begins anew.
func TestOutageLasts(t *testing.T) {
	var o outage
	begin := time.Now()
	for i, tt := range []struct {
		at   time.Duration
		up   bool
		want bool
	}{
		{0, true, false},
		{time.Minute, false, false},
		{outageMarked, false, false},
		{outageMarked + time.Minute, false, true},
		{outageMarked + 2*time.Minute, true, false},
		{2*outageMarked + time.Minute, false, false},
		{3*outageMarked + time.Minute, false, true},
	} {
		if got := o.lasts(tt.up, begin.Add(tt.at)); got != tt.want {
			t.Errorf("look %d, after %v: %v, want %v", i, tt.at, got, tt.want)
		}
	}
}
