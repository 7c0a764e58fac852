package quorum

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/sync/archive"
)

func TestALongTurnIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var u turn
		if u.stuck() {
			t.Error("stuck without a turn")
		}
		end := u.begin()
		time.Sleep(turnMax)
		if u.stuck() {
			t.Error("stuck too soon")
		}
		time.Sleep(time.Second)
		if !u.stuck() {
			t.Error("not stuck")
		}
		end()
		if u.stuck() {
			t.Error("stuck after the turn")
		}
	})
}

// TestAStuckNodeIsSilent: a node that does nothing beats; one whose archive does not come back is silent, though raft
// answers.
func TestAStuckNodeIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, a, err := open(t, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		var beats atomic.Int64
		n.config.Beat = func() { beats.Add(1) }
		release, take := make(chan struct{}), n.take
		var stuck atomic.Bool
		n.take = func(group []archive.Entry) ([]archive.Outcome, error) {
			if stuck.Load() {
				<-release
			}
			return take(group)
		}
		r := run(t, n, a)
		defer r.close(t)
		time.Sleep(time.Minute)
		if beats.Load() < 10 {
			t.Errorf("%d beats of an idle node in a minute", beats.Load())
		}

		stuck.Store(true)
		c := grown("ISB-01", 1, 10)
		done := make(chan error)
		go func() { _, _, err := r.Submit(t.Context(), c.Public(), packed(c, 1, 10)); done <- err }()
		time.Sleep(turnMax + beatEvery)
		before := beats.Load()
		time.Sleep(time.Minute)
		if got := beats.Load(); got != before {
			t.Errorf("%d beats of a stuck node", got-before)
		}
		close(release)
		<-done
		time.Sleep(time.Minute)
		if beats.Load() == before {
			t.Error("no beat after the node went on")
		}
	})
}
