package box

import (
	"slices"
	"testing"

	"markaz.example/edge/clock"
	"markaz.example/edge/health"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
)

// TestRoadIsSaidInItsOwnWords: how the road stands is one condition beside whether there is a link, and what has words of
// its own is no bare code.
func TestRoadIsSaidInItsOwnWords(t *testing.T) {
	for _, tc := range []struct {
		name  string
		state uplink.State
		want  []string
	}{
		{"well", uplink.State{Up: true}, nil},
		{"away", uplink.State{}, []string{conditionDown}},
		{"away after a refusal", uplink.State{Code: wire.CodeKey}, []string{conditionDown, conditionRefused}},
		{"forked", uplink.State{Up: true, Forked: true, Code: wire.CodeFork}, []string{conditionForked}},
		{"settled for the other history", uplink.State{Forked: true, Code: wire.CodeSettled}, []string{conditionDown, conditionSettled}},
		{"time that nobody signed", uplink.State{Up: true, Code: uplink.CodeTime}, []string{conditionTime}},
		{"ledger unreadable", uplink.State{Up: true, Code: uplink.CodeUnreadable}, []string{conditionRefused}},
	} {
		board := health.New(func() clock.Stamp { return clock.Stamp{} })
		(&road{}).report(tc.state, board)
		var got []string
		for _, c := range board.List() {
			got = append(got, c.Code)
		}
		slices.Sort(got)
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}
