package box

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/door"
	"markaz.example/edge/ledger"
	"markaz.example/edge/strongbox"
	"markaz.example/sync/parcel"
	"markaz.example/sync/wire"
)

// doorName is the socket in the data directory at which whoever runs the machine speaks to the box.
const doorName = "door.sock"

// What a person at the box's machine is told of parcels.
var (
	ErrNotRunning = errors.New("no box runs on that data directory, or it belongs to another user: start it first")

	errNoRecipient = door.Refusal{
		Text: "the box does not know whom to seal a parcel to", Remedy: "enrol it again, or bring parcel.pub from headquarters into headquarters.identity",
	}
	errNoPost = door.Refusal{
		Text: "the box does not know headquarters' key", Remedy: "enrol it again, or bring post.pub from headquarters into headquarters.identity",
	}
	errSealed = door.Refusal{
		Text: strongbox.ErrLocked.Error(), Remedy: "open them first: markaz unlock",
	}
	errContradicts = errors.New("headquarters holds another history of this centre: its people must settle it")
)

// NewDoorClient makes a client for the box of a configuration that runs on this machine.
func NewDoorClient(c Config) *door.Client { return door.NewClient(c.Data, doorName, ErrNotRunning) }

// ParcelTaken is what an answer by stick brought.
type ParcelTaken struct {
	Made    time.Time `json:"made"`
	Held    uint64    `json:"held"`
	Letters int       `json:"letters"`
	Pieces  int       `json:"pieces"`
}

// stick is what a running box does with parcels.
type stick struct {
	*Box
	ledger  *ledger.Ledger
	key     ed25519.PrivateKey
	letters *letterbox
}

// openDoor opens the door of a box whose ledger is open: nobody else has its socket.
func (b *Box) openDoor(l *ledger.Ledger, key ed25519.PrivateKey, letters *letterbox) (*door.Door, error) {
	d, err := door.Open(b.Data, doorName)
	if err != nil {
		return nil, err
	}
	s := &stick{b, l, key, letters}
	d.Handle("POST /parcel/out", http.HandlerFunc(s.out))
	d.Handle("POST /parcel/in", http.HandlerFunc(s.in))
	return d, nil
}

// out answers with a parcel. Once its first bytes are out an error can only cut it off, and whoever keeps it sees that.
func (s *stick) out(w http.ResponseWriter, r *http.Request) {
	made, to, err := s.box(r.Context())
	if err != nil {
		door.Refuse(w, err)
		return
	}
	got, err := made.Write(r.Context(), w, to, nil)
	if err != nil {
		s.Log.Error("a parcel was not finished", "err", err)
		panic(http.ErrAbortHandler)
	}
	s.Log.Info("parcel made", "seq", got.Last.Seq, "records", got.Records())
}

func (s *stick) box(ctx context.Context) (b parcel.Box, to string, err error) {
	if s.key == nil {
		return b, "", errSealed
	}
	if s.Headquarters == nil {
		return b, "", errNoRecipient
	}
	if to, err = parcel.ReadRecipient(s.Headquarters.Identity); err != nil {
		return b, "", errors.Join(errNoRecipient, err)
	}
	own, err := parcel.LoadSecret(s.Secrets.own(), filepath.Join(s.Data, parcel.SecretName))
	if err != nil {
		return b, "", err
	}
	taken, err := s.letters.Taken(ctx)
	if err != nil {
		return b, "", err
	}
	b = parcel.Box{
		Ledger: s.ledger, Key: s.key, Software: s.Software, Letters: taken, Reply: own.Recipient(),
		Wall: func() time.Time { return s.ledger.Clock().Now().Time() },
	}
	if w := s.letters.Want(); w.Total > w.Offset {
		b.Want = &wire.Fetch{Digest: w.Digest, Offset: w.Offset, Length: wire.PieceBytesMax}
	}
	return b, to, nil
}

// in takes the answer that the body is.
func (s *stick) in(w http.ResponseWriter, r *http.Request) {
	path := filepath.Join(s.Data, parcelIn)
	defer os.Remove(path)
	err := parcel.Spool(path, r.Body)
	var got ParcelTaken
	if err == nil {
		got, err = s.take(r.Context(), path)
	}
	if err != nil {
		_, _ = io.Copy(io.Discard, r.Body) // an answer before the end of the body would be lost
		door.Refuse(w, err)
		return
	}
	s.Log.Info("parcel taken", "seq", got.Held, "letters", got.Letters, "pieces", got.Pieces)
	door.Answer(w, got)
}

// parcelIn is where an answer is while it is looked at.
const parcelIn = "parcel.in"

func (s *stick) take(ctx context.Context, path string) (ParcelTaken, error) {
	if s.letters.key == nil {
		return ParcelTaken{}, errNoPost
	}
	b, _, err := s.box(ctx)
	if err != nil {
		return ParcelTaken{}, err
	}
	own, err := parcel.LoadSecret(s.Secrets.own(), filepath.Join(s.Data, parcel.SecretName))
	if err != nil {
		return ParcelTaken{}, err
	}
	got, err := b.TakeAnswer(ctx, parcel.File(path), own, s.letters.key, s)
	return ParcelTaken{Made: got.Head.Made, Held: got.Held.Seq, Letters: got.Letters, Pieces: got.Pieces}, err
}

// Confirm remembers what headquarters holds, if it is this very chain.
func (s *stick) Confirm(held chain.Position) error {
	if held.Seq > s.ledger.Acknowledged().Seq {
		return errContradicts
	}
	ours, err := s.ledger.HashAt(held.Seq)
	switch {
	case errors.Is(err, ledger.ErrPruned):
		return nil // forgotten, because it was confirmed before
	case err != nil:
		return err
	case ours != held.Hash:
		return errContradicts
	}
	return s.ledger.Confirm(held)
}

// Letter gives a letter its effect, once.
func (s *stick) Letter(ctx context.Context, l wire.Letter) error { return s.letters.Take(ctx, l) }

// Piece keeps a piece of the pack that is wanted. A letter of the same parcel may have offered it a moment ago.
func (s *stick) Piece(ctx context.Context, p wire.Piece) error {
	ctx, cancel := context.WithTimeout(ctx, wantWait)
	defer cancel()
	for {
		changed := s.letters.Wanted()
		if w := s.letters.Want(); w.Digest == p.Digest && w.Offset == p.Offset && w.Total > 0 {
			return s.letters.Keep(p)
		}
		if w := s.letters.Want(); w.Digest == p.Digest {
			return nil // here already
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil // of a pack that is here, or was refused
		}
	}
}
