package desk_test

import (
	"testing"
	"time"

	"markaz.example/edge/id"
	"markaz.example/edge/voice"
)

// Who is called is called until they come or give up, each once, and only in the rooms that were asked for.
func TestCalling(t *testing.T) {
	h := openHall(t)
	ctx := t.Context()
	want := func(rooms []string, desks ...string) {
		t.Helper()
		calls, err := h.Calling(ctx, rooms)
		if err != nil || len(calls) != len(desks) {
			t.Fatalf("rooms %v: %+v, %v; want desks %v", rooms, calls, err, desks)
		}
		for i, c := range calls {
			if string(c.Desk) != desks[i] || c.Lang == "" || c.Room == "" || i > 0 && c.Seq <= calls[i-1].Seq {
				t.Errorf("rooms %v, %d: %+v, want desk %s", rooms, i, c, desks[i])
			}
		}
	}
	want(nil)
	h.admit(t, "nashonuma")
	h.admit(t, "kafaalat")
	h.admit(t, "kafaalat")
	for _, d := range []id.Desk{"C", "A", "B"} {
		if _, err := h.CallNext(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	want(nil, "C", "A", "B")
	want([]string{"1", "2"}, "A", "B")
	if err := h.Confirm(ctx, "A"); err != nil {
		t.Fatal(err)
	}
	want(nil, "C", "B")

	if err := h.Announce(ctx, "floor/manager", "The session begins in room 2", "2", time.Minute); err != nil {
		t.Fatal(err)
	}
	for room, heard := range map[string]bool{"1": false, "2": true} {
		calls, err := h.Calling(ctx, []string{room})
		last := voice.Call{}
		if len(calls) > 0 {
			last = calls[len(calls)-1]
		}
		if err != nil || (last.Seq > 0 && last.Token == "") != heard {
			t.Errorf("room %s is told of %+v, %v; the announcement among them: %v", room, calls, err, heard)
		}
	}
}
