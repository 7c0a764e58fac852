package latest

import "testing"

func set(v *Value[int], n int, news bool) {
	v.Set(func(int) (int, bool) { return n, news })
}

func TestSlowWatcherMissesStepsAndNeverTheEnd(t *testing.T) {
	var v Value[int]
	set(&v, 1, true) // nobody watches yet
	c := v.Changes()
	if got := <-c; got != 1 {
		t.Errorf("first %d, want the present", got)
	}
	for n := 2; n < 9; n++ {
		set(&v, n, true)
	}
	set(&v, 9, false)
	if got := <-v.Changes(); got != 8 || v.Get() != 9 {
		t.Errorf("heard %d, holds %d; want 8, the last that was news, and 9", got, v.Get())
	}
	select {
	case got := <-c:
		t.Errorf("heard %d once more", got)
	default:
	}
}

func TestSetSeesTheValueBefore(t *testing.T) {
	var v Value[int]
	for range 3 {
		v.Set(func(before int) (int, bool) { return before + 1, true })
	}
	if v.Get() != 3 {
		t.Errorf("holds %d", v.Get())
	}
}
