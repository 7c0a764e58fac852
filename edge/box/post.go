package box

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"

	"markaz.example/edge/book/post"
	"markaz.example/edge/chain"
	"markaz.example/edge/depot"
	"markaz.example/edge/disk"
	"markaz.example/edge/health"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/letter"
	"markaz.example/edge/mail"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
)

// The conditions of what headquarters sends down.
const (
	conditionNoPostKey = "post.no-key"   // letters came, and the box has no key to believe them by
	conditionUnsigned  = "post.unsigned" // a letter is not headquarters', or to another centre
	conditionNewer     = "post.newer"    // letters came of a kind that only a newer program understands
)

var errNoPostKey = errors.New("the box has no post.pub to believe headquarters' letters by: enrol it, or bring the file")

// letterbox takes what headquarters sends down, whichever way it comes: the link, or a stick.
type letterbox struct {
	*depot.Depot
	room   *mail.Room
	ledger *ledger.Ledger
	centre id.Centre
	key    ed25519.PublicKey // headquarters'; nil until the box is told
	board  *health.Board
}

// openLetterbox makes what takes letters and keeps packs.
func (b *Box) openLetterbox(l *ledger.Ledger, board *health.Board) *letterbox {
	var key ed25519.PublicKey
	if b.road != nil {
		key = b.road.postKey
	}
	kinds := map[string]depot.Kind{
		"texts/1": {Try: b.site.TryTexts, Use: b.site.UseTexts}, "update/1": {Try: b.tryUpdate, Use: b.useUpdate},
	}
	d := depot.New(filepath.Join(b.Data, packsName), l, kinds, board, b.Log)
	room := &mail.Room{Ledger: l, Key: key, Log: b.Log}
	return &letterbox{Depot: d, room: room, ledger: l, centre: b.Centre.Code, key: key, board: board}
}

// Taken is the newest letter whose effect is in the ledger.
func (b *letterbox) Taken(ctx context.Context) (uint64, error) { return b.room.Taken(ctx) }

// Take puts a letter's effect into the ledger, once.
func (b *letterbox) Take(ctx context.Context, l wire.Letter) error {
	if err := b.believe(l); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, takeWait)
	defer cancel()
	err := b.room.Take(ctx, letter.Letter{Number: l.Number, Kind: chain.Kind(l.Kind), Body: l.Body, Wall: l.Wall})
	b.showNewer(ctx)
	return err
}

func (b *letterbox) believe(l wire.Letter) error {
	if b.key == nil {
		b.board.Set(conditionNoPostKey, "", health.Notice, errNoPostKey.Error())
		return errNoPostKey
	}
	if err := l.Verify(b.key, b.centre); err != nil {
		b.board.Set(conditionUnsigned, "", health.Warning, err.Error())
		return err
	}
	b.board.Clear(conditionUnsigned, "")
	return nil
}

// showNewer is a condition while letters were passed over that this program does not understand.
func (b *letterbox) showNewer(ctx context.Context) {
	var unknown []string
	err := b.ledger.View(ctx, func(s ledger.Snapshot) error {
		for _, kind := range post.Kinds(s, post.FateUnknown) {
			if _, err := letter.Open(letter.Letter{Kind: chain.Kind(kind)}); errors.Is(err, letter.ErrKind) {
				unknown = append(unknown, kind)
			}
		}
		return nil
	})
	if err == nil && len(unknown) > 0 {
		b.board.Set(conditionNewer, "", health.Notice, fmt.Sprint(unknown))
	}
}

// Want is what is to be fetched next: nothing while room is short.
func (b *letterbox) Want() uplink.Want {
	if b.ledger.Room() != disk.Ample {
		return uplink.Want{}
	}
	return uplink.Want(b.Depot.Want())
}

// Keep puts a piece on disk.
func (b *letterbox) Keep(p wire.Piece) error { return b.Depot.Keep(p.Digest, p.Offset, p.Bytes) }

// packs are what is active, for the beat.
func (b *letterbox) packs() (out []wire.ActivePack) {
	ctx, cancel := context.WithTimeout(context.Background(), tellWait)
	defer cancel()
	for _, s := range b.Active(ctx) {
		if s.Active != nil && len(out) < activePacksMax {
			out = append(out, wire.ActivePack{Name: s.Name, Version: s.Active.Version})
		}
	}
	return out
}

// run works until the context ends.
func (b *letterbox) run(ctx context.Context) error {
	b.showNewer(ctx)
	return all(ctx, b.Depot.Run, b.room.Run)
}
