package box

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"time"

	updatebook "markaz.example/edge/book/update"
	"markaz.example/edge/door"
	"markaz.example/edge/health"
	"markaz.example/edge/ledger"
	updater "markaz.example/edge/update"
)

// The conditions of the box's program.
const (
	conditionUpdateReturned = "update.returned" // a new version did not come up, and the old one serves
	conditionUpdateRefused  = "update.refused"  // an update was not taken
)

const (
	programName = "markaz" // of the package, and the first word of Options.Software

	// updateBytesMax bounds an update that is brought: what a pack may hold.
	updateBytesMax = 64 << 20

	// outcomeLook is how often the updater's word is looked for.
	outcomeLook = 10 * time.Second
)

// Updating is where the box meets the updater, which is another program with another user.
type Updating struct {
	Dir  string   // the updater's; empty means its usual place
	Keys []string // files of release keys; empty means their usual places
}

func (u Updating) dir() string {
	if u.Dir == "" {
		return "/var/lib/markaz-update"
	}
	return u.Dir
}

func (u Updating) keys() ([]ed25519.PublicKey, error) {
	if len(u.Keys) == 0 {
		return updater.ReadKeys("/etc/markaz/release.pub")
	}
	return updater.ReadKeys(u.Keys...)
}

func (b *Box) installed() updater.Version {
	return updater.Version(strings.TrimPrefix(b.Software, programName+" "))
}

// tryUpdate says what keeps an update's file from being a step from here.
func (b *Box) tryUpdate(file []byte) error {
	_, err := b.checkUpdate(file)
	return err
}

func (b *Box) checkUpdate(file []byte) (updater.Manifest, error) {
	keys, err := b.Updating.keys()
	if err != nil {
		return updater.Manifest{}, err
	}
	m, err := updater.Check(file, keys)
	if err != nil {
		return m, err
	}
	return m, m.Follows(programName, runtime.GOARCH, b.installed())
}

// useUpdate stages an update that headquarters sent. It is asked at every start: one that is installed, or did not come up,
// is left.
func (b *Box) useUpdate(file []byte) error {
	m, err := b.checkUpdate(file)
	if errors.Is(err, updater.ErrOlder) {
		return nil
	}
	if last, _ := updater.ReadOutcome(b.Updating.dir()); err == nil && last.To == m.Version && last.Result != updater.Updated {
		return nil
	}
	if err == nil {
		_, err = updater.Stage(b.Data, file, b.checkUpdate)
	}
	return err
}

// UpdateTaken is an update that was staged.
type UpdateTaken struct {
	From updater.Version `json:"from"`
	To   updater.Version `json:"to"`
}

// updateVerbs answer at the door: an update by stick, and how the box serves.
func (b *Box) updateVerbs(d *door.Door, l *ledger.Ledger) {
	door.Verb(d, updater.StatusVerb, func(context.Context, struct{}) (updater.Status, error) {
		return updater.Status{Software: b.Software, Seq: l.Acknowledged().Seq}, nil
	})
	d.Handle("POST /update", http.HandlerFunc(b.takeUpdate))
}

func (b *Box) takeUpdate(w http.ResponseWriter, r *http.Request) {
	file, err := io.ReadAll(io.LimitReader(r.Body, updateBytesMax+1))
	var m updater.Manifest
	if err == nil {
		m, err = updater.Stage(b.Data, file, b.checkUpdate)
	}
	if err != nil {
		_, _ = io.Copy(io.Discard, r.Body) // an answer before the end of the body would be lost
		door.Refuse(w, err)
		return
	}
	b.Log.Info("an update is staged", "from", b.installed(), "to", m.Version)
	door.Answer(w, UpdateTaken{b.installed(), m.Version})
}

// updated records what became of updates, and shows those that did not.
func (b *Box) updated(l *ledger.Ledger, board *health.Board) part {
	return func(ctx context.Context) error {
		var known updater.Outcome
		for {
			if o, err := updater.ReadOutcome(b.Updating.dir()); err != nil {
				b.Log.Warn("what became of an update is not known", "err", err)
			} else if o != known && b.recordOutcome(ctx, l, o) {
				known = o
				showOutcome(o, board)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(outcomeLook):
			}
		}
	}
}

func (b *Box) recordOutcome(ctx context.Context, l *ledger.Ledger, o updater.Outcome) bool {
	if o.Number == 0 {
		return true
	}
	e := updatebook.Updated{Number: o.Number, Was: string(o.From), Version: string(o.To), Result: string(o.Result), Reason: o.Reason}
	err := l.Update(ctx, "box", func(tx *ledger.Tx) error { return updatebook.Record(tx, e) })
	if err != nil && ctx.Err() == nil {
		b.Log.Warn("what became of an update was not recorded", "err", err)
	}
	return err == nil
}

func showOutcome(o updater.Outcome, board *health.Board) {
	board.Clear(conditionUpdateReturned, "")
	board.Clear(conditionUpdateRefused, "")
	switch detail := fmt.Sprintf("%s → %s: %s", o.From, o.To, o.Reason); o.Result {
	case updater.Returned:
		board.Set(conditionUpdateReturned, "", health.Warning, detail)
	case updater.Refused:
		board.Set(conditionUpdateRefused, "", health.Notice, detail)
	}
}
