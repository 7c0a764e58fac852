package post

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"markaz.example/edge/id"
	"markaz.example/edge/letter"
	"markaz.example/sync/archive"
	"markaz.example/sync/office"
	"markaz.example/sync/wire"
)

// What verbs report besides what the group does.
var (
	ErrNoKey   = errors.New("headquarters has no post key, so no box would believe it: make one with \"markaz-hq authority post-key\", bring it to every node and start them again")
	ErrRefused = errors.New("headquarters did not do it")
	ErrNoChain = errors.New("nothing is held of that centre yet: it must have greeted once")
)

// Group is the raft group. Any goroutine may call it.
type Group interface {
	// Propose puts an act into the order of all entries and gives its answer.
	Propose(ctx context.Context, act []byte) (archive.Answer, error)
}

// Desk is the verbs of headquarters' people. Any goroutine may call it. All fields are needed but Key.
type Desk struct {
	Group   Group
	Archive *archive.Archive
	Key     ed25519.PrivateKey // the post key; without it nothing can be said
	Now     func() time.Time
	Log     *slog.Logger
}

func (d *Desk) view() office.View { return d.Archive.ViewOffice }

// act proposes one and gives its answer. It reports ErrRefused.
func (d *Desk) act(ctx context.Context, a office.Act) (archive.Answer, error) {
	b, err := office.Encode(a)
	if err != nil {
		return archive.Answer{}, err
	}
	got, err := d.Group.Propose(ctx, b)
	if err == nil && got.Refused != "" {
		err = fmt.Errorf("%w: %s", ErrRefused, got.Detail)
	}
	return got, err
}

// say posts a letter. Compose gets the letter with its number and signature and makes the act that posts it; it is
// called again when another letter got the number first.
func (d *Desk) say(ctx context.Context, centre id.Centre, c letter.Content, compose func(wire.Letter) office.Act) (number uint64, err error) {
	if len(d.Key) == 0 {
		return 0, ErrNoKey
	}
	if err := centre.Check(); err != nil {
		return 0, err
	}
	body, err := letter.Encode(c)
	if err != nil {
		return 0, err
	}
	last, err := office.LastLetter(d.view(), centre) // of this node, which may lag a little behind
	if err != nil {
		return 0, err
	}
	next := last + 1
	for range signTries {
		l := wire.SignLetter(d.Key, centre, wire.Letter{Number: next, Kind: string(c.Kind()), Body: body, Wall: d.Now().UnixMilli()})
		got, err := d.act(ctx, compose(l))
		if got.Refused != office.CodeNumber {
			return l.Number, err
		}
		next = office.Number(got.Body)
	}
	return 0, fmt.Errorf("%w: too many letters to %s at once: try again", ErrRefused, centre)
}

func posted(centre id.Centre) func(wire.Letter) office.Act {
	return func(l wire.Letter) office.Act { return office.LetterPosted{Centre: centre, Letter: office.Letter(l)} }
}

// errand draws the name of a new one.
func errand() (id.Errand, error) { return id.NewErrand(rand.Reader) }
