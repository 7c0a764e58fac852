package id

import "testing"

func TestTypedStaff(t *testing.T) {
	for typed, want := range map[string]Staff{
		"7": "S007", "07": "S007", "007": "S007", "s7": "S007", " S007 ": "S007", "120": "S120",
	} {
		if got := TypedStaff(typed); got != want || got.Check() != nil {
			t.Errorf("%q: got %s, %v, want %s", typed, got, got.Check(), want)
		}
	}
	for _, typed := range []string{"", "0", "000", "1000", "S", "SS7", "7a", "-1", "٧"} {
		if got := TypedStaff(typed); got.Check() == nil {
			t.Errorf("%q is taken for %s", typed, got)
		}
	}
}
