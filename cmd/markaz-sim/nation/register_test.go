package nation

import "testing"

func ask(read bool, after, last, at int64, answered, held int64) *question {
	return &question{line{At: at, Read: read, After: uint64(after), Last: uint64(last), Held: uint64(held)}, answered}
}

// What a box may see, and what it may not.
func TestRegister(t *testing.T) {
	for _, c := range []struct {
		name string
		all  []*question
		ok   bool
	}{
		{"greeting, batches, acknowledgements", []*question{
			ask(true, 0, 0, 1, 2, 0), ask(false, 0, 5, 3, 6, 5), ask(false, 5, 9, 4, 7, 9), ask(true, 0, 0, 8, 9, 9),
		}, true},
		{"a batch whose answer was lost had its effect", []*question{ask(false, 0, 5, 1, 0, 0), ask(true, 0, 0, 4, 5, 5)}, true},
		{"a batch whose answer was lost had none, and was sent again otherwise", []*question{
			ask(false, 0, 5, 1, 0, 0), ask(true, 0, 0, 4, 5, 0), ask(false, 0, 7, 6, 8, 7),
		}, true},
		{"a batch had its effect after the next greeting", []*question{
			ask(false, 0, 5, 1, 0, 0), ask(true, 0, 0, 4, 5, 0), ask(false, 0, 5, 6, 8, 5), ask(true, 0, 0, 9, 10, 5),
		}, true},
		{"an acknowledged batch is gone", []*question{ask(false, 0, 5, 1, 2, 5), ask(true, 0, 0, 3, 4, 0)}, false},
		{"acknowledged before it was there, and read by another link", []*question{
			ask(false, 0, 5, 1, 2, 5), ask(true, 0, 0, 3, 4, 0), ask(true, 0, 0, 5, 6, 5),
		}, false},
		{"what is held goes back", []*question{
			ask(false, 0, 5, 1, 2, 5), ask(false, 5, 9, 3, 4, 9), ask(true, 0, 0, 5, 6, 5),
		}, false},
		{"an acknowledgement of less than the batch", []*question{ask(false, 0, 5, 1, 2, 3)}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := checkRegister(c.all); (got == "") != c.ok {
				t.Errorf("got %q, want well: %t", got, c.ok)
			}
		})
	}
}
