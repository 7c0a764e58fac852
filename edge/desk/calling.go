package desk

import (
	"context"
	"slices"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/ledger"
	"markaz.example/edge/voice"
)

// Calling is everybody who is called to a desk of these rooms and has not come, the oldest call first; of every room when
// none is given. Whoever was called again is there once, by the newest call. What is said to these rooms is among them, as
// a call without a number.
func (f *Floor) Calling(ctx context.Context, rooms []string) (calls []voice.Call, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		for _, d := range f.Catalogue.Desks {
			if len(rooms) > 0 && !slices.Contains(rooms, d.Room) {
				continue
			}
			v, ok := visit.AtDesk(snap, d.Code)
			if !ok {
				continue
			}
			if stop := v.Stop(); stop.State == visit.StateCalled {
				calls = append(calls, voice.Call{Seq: stop.Voiced.Seq, Token: v.Token, Desk: d.Code, Room: d.Room, Lang: v.Lang})
			}
		}
		for _, a := range f.announced(snap, f.now(snap)) {
			if a.Room == "" || len(rooms) == 0 || slices.Contains(rooms, a.Room) {
				calls = append(calls, voice.Call{Seq: a.Seq})
			}
		}
		return nil
	})
	slices.SortFunc(calls, voice.Older)
	return calls, err
}
