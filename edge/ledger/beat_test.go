package ledger_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/edge/ledger"
)

// beating is a ledger whose beats are counted; it ends with the test's bubble.
func beating(t *testing.T, path string) (l *ledger.Ledger, beats *int, end func()) {
	t.Helper()
	beats = new(int)
	l, err := ledger.Open(path, ledger.Options{Books: notes(), Software: "test", Beat: func() { *beats++ }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	return l, beats, func() {
		stop()
		<-ended
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestAStuckWriterIsSilent: idle or busy the writer beats; stuck in a decision it does not, though everything else of
// the program still runs.
func TestAStuckWriterIsSilent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	if err := ledger.Create(path, testIncarnation()); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		l, beats, end := beating(t, path)
		defer end()
		time.Sleep(10*ledger.BeatEvery + time.Second)
		synctest.Wait()
		if *beats != 10 {
			t.Errorf("%d beats of an idle writer, want 10", *beats)
		}

		release, decided := make(chan struct{}), make(chan error)
		go func() {
			decided <- l.Update(t.Context(), "test", func(tx *ledger.Tx) error {
				<-release
				return tx.Append("", noted{Key: "a", Text: "b"})
			})
		}()
		synctest.Wait()
		before := *beats
		time.Sleep(time.Hour)
		synctest.Wait()
		if *beats != before {
			t.Errorf("%d beats of a stuck writer", *beats-before)
		}

		close(release)
		if err := <-decided; err != nil {
			t.Error(err)
		}
		time.Sleep(2 * ledger.BeatEvery)
		synctest.Wait()
		if *beats <= before {
			t.Error("no beat after the writer went on")
		}
	})
}
