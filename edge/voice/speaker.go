package voice

import (
	"context"
	"time"
)

// Player is a loudspeaker. Play returns when a WAV file was heard, or could not be.
type Player interface {
	Play(ctx context.Context, wave []byte) error
}

// Speaker says the calls of some rooms at one loudspeaker of the box. Run it once.
type Speaker struct {
	Player  Player
	Calls   func(context.Context) ([]Call, error) // who is called now, in the rooms below
	Changed func() <-chan struct{}                // closed when that may have changed
	Volume  func() int                            // percent; 0 in quiet hours
	Speech  Speech
	Store   Store
	Rooms   []string // whose people hear it
	Late    time.Duration
	Heard   func(error) // told after each announcement what came of it
}

// again is how long a question that failed waits for the next: the ledger was busy.
const again = time.Second

// Run speaks until ctx ends. What cannot be played is left to the screens.
func (s *Speaker) Run(ctx context.Context) error {
	start, queue := time.Now(), Queue{Late: s.Late}
	for ctx.Err() == nil {
		changed := s.Changed()
		calls, err := s.Calls(ctx)
		if err == nil {
			queue.Tell(calls, time.Since(start))
		}
		call, ok := queue.Next(time.Since(start))
		switch {
		case ok:
			s.say(ctx, call)
		case err != nil:
			wait(ctx, nil, again)
		default:
			wait(ctx, changed, time.Minute)
		}
	}
	return nil
}

// say plays one announcement and keeps the silence after it. In quiet hours a call is passed over: the screens have it.
func (s *Speaker) say(ctx context.Context, c Call) {
	percent := s.Volume()
	if percent == 0 {
		return
	}
	err := s.play(ctx, c, percent)
	if ctx.Err() == nil {
		s.Heard(err)
		wait(ctx, nil, GapCalls)
	}
}

func (s *Speaker) play(ctx context.Context, c Call, percent int) error {
	sound, err := Mix(s.Store.Sound, s.Speech.Say(c, s.Rooms), percent)
	if err != nil {
		return err
	}
	return s.Player.Play(ctx, sound.Wave())
}

func wait(ctx context.Context, changed <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-changed:
	case <-timer.C:
	}
}
