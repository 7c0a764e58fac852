package hq

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/door"
	"markaz.example/edge/id"
	"markaz.example/edge/letter"
	"markaz.example/sync/office"
	"markaz.example/sync/parcel"
	"markaz.example/sync/roster"
	"markaz.example/sync/wire"
)

// parcelsName is the directory of parcels that are being taken and of answers that were not fetched yet. It is emptied at
// every start.
const parcelsName = "parcels"

// ParcelTaken is what came of a parcel, and where its answer is.
type ParcelTaken struct {
	Centre   id.Centre `json:"centre"`
	Made     time.Time `json:"made"` // by the box's clock
	Software string    `json:"software"`
	Records  uint64    `json:"records"` // in the parcel
	New      uint64    `json:"new"`     // of them, not held before
	Aside    uint64    `json:"aside"`   // of them, kept beside the chain that they contradict
	Held     uint64    `json:"held"`    // of the chain now
	Trouble  string    `json:"trouble,omitempty"`
	Answer   string    `json:"answer,omitempty"` // name of the answer; empty without keys for one
}

// parcels takes parcels for one node.
type parcels struct {
	hq  *HQ
	own parcel.Identity
	dir string
}

// openParcels makes the verbs of parcels. Without the keys that authority post-key makes they say so.
func (h *HQ) openParcels() error {
	dir := filepath.Join(h.config.Dir, parcelsName)
	if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)); err != nil {
		return fmt.Errorf("make the directory of parcels: %w", err)
	}
	own, err := parcel.ReadIdentity(filepath.Join(h.config.Certificates, parcel.SecretName))
	if errors.Is(err, fs.ErrNotExist) {
		h.admin.Handle("POST /parcel/in", http.HandlerFunc(noParcels))
		return nil
	}
	if err != nil {
		return err
	}
	p := &parcels{h, own, dir}
	h.admin.Handle("POST /parcel/in", http.HandlerFunc(p.in))
	h.admin.Handle("GET /parcel/answer/{name}", http.HandlerFunc(p.answer))
	return nil
}

func noParcels(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // an answer before the end of the body would be lost
	door.Refuse(w, door.Refusal{
		Text: "this node has no " + parcel.SecretName + ", so it cannot open parcels", Remedy: "make it with: markaz-hq authority post-key",
	})
}

// in takes the parcel that the body is.
func (p *parcels) in(w http.ResponseWriter, r *http.Request) {
	path := filepath.Join(p.dir, "in-"+randomName())
	defer os.Remove(path)
	if err := parcel.Spool(path, r.Body); err != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		door.Refuse(w, err)
		return
	}
	got, err := p.take(r.Context(), path)
	if err != nil {
		door.Refuse(w, err)
		return
	}
	door.Answer(w, got)
}

func randomName() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// take gives back what came of a parcel that is in order. What was old, or contradicts, has an answer as well.
func (p *parcels) take(ctx context.Context, path string) (ParcelTaken, error) {
	desk := parcel.Headquarters{
		Identity: p.own, Group: p.hq.node, Landmarks: p.hq.node, Known: p.known, Now: time.Now, Key: p.hq.desk.Key,
	}
	r, err := desk.Take(ctx, parcel.File(path), nil)
	trouble := errors.Is(err, parcel.ErrOld) || errors.Is(err, parcel.ErrGap) || errors.Is(err, parcel.ErrFork)
	if err != nil && !trouble {
		return ParcelTaken{}, err
	}
	got := ParcelTaken{
		Centre: r.Head.Incarnation.Centre, Made: r.Head.Made, Software: r.Software,
		Records: r.Records, New: r.New, Aside: r.Aside, Held: r.Held.Seq,
	}
	if trouble {
		got.Trouble = err.Error()
		p.hq.log.Warn("parcel", "centre", got.Centre, "err", err)
	}
	p.hq.log.Info("parcel taken", "centre", got.Centre, "records", got.Records, "new", got.New, "seq", got.Held)
	if desk.Key == nil {
		return got, nil
	}
	got.Answer = randomName()
	return got, p.write(ctx, desk, r, got.Answer)
}

// known asks what the list says: a certificate does not come with a parcel.
func (p *parcels) known(c id.Centre) error {
	if _, ok := p.hq.roster.Centre(c); !ok {
		return roster.ErrUnknownCentre
	}
	return nil
}

func (p *parcels) write(ctx context.Context, desk parcel.Headquarters, r parcel.Report, name string) error {
	f, err := os.OpenFile(filepath.Join(p.dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = desk.Answer(ctx, f, r, p.mail(r))
	return errors.Join(err, f.Close())
}

// mail is the letters that the box lacks, and the packs that they and the box speak of.
func (p *parcels) mail(r parcel.Report) parcel.Mail {
	centre := r.Head.Incarnation.Centre
	return parcel.Mail{
		Letters: p.letters(centre, r.Letters),
		Pieces: func(yield func(wire.Piece, error) bool) {
			wants := p.offers(centre, r.Letters)
			if r.Want != nil {
				wants = append([]wire.Fetch{*r.Want}, wants...)
			}
			for _, f := range wants {
				if !p.pieces(f, yield) {
					return
				}
			}
		},
	}
}

const lettersAtOnce = 64

func (p *parcels) letters(centre id.Centre, after uint64) iter.Seq2[wire.Letter, error] {
	return func(yield func(wire.Letter, error) bool) {
		for {
			some, err := p.hq.carrier.Letters(centre, after, lettersAtOnce)
			if err != nil {
				yield(wire.Letter{}, err)
				return
			}
			for _, l := range some {
				if after = l.Number; !yield(l, nil) {
					return
				}
			}
			if len(some) < lettersAtOnce {
				return
			}
		}
	}
}

// offers are the packs that new letters offer.
func (p *parcels) offers(centre id.Centre, after uint64) (out []wire.Fetch) {
	for l, err := range p.letters(centre, after) {
		if err != nil {
			return out // the letters themselves have told
		}
		c, err := letter.Open(letter.Letter{Number: l.Number, Kind: chain.Kind(l.Kind), Body: l.Body, Wall: l.Wall})
		offer, ok := c.(letter.PackOffered)
		if err != nil || !ok {
			continue
		}
		if m, err := offer.Signed().Read(); err == nil {
			out = append(out, wire.Fetch{Digest: m.Digest})
		}
	}
	return out
}

// pieces gives a content from an offset to its end.
func (p *parcels) pieces(f wire.Fetch, yield func(wire.Piece, error) bool) bool {
	f.Length = office.PieceBytes
	for {
		piece, err := p.hq.carrier.Piece(f)
		if err != nil || len(piece.Bytes) == 0 {
			return err == nil || yield(piece, err)
		}
		if !yield(piece, nil) {
			return false
		}
		if f.Offset += uint64(len(piece.Bytes)); f.Offset >= piece.Total {
			return true
		}
	}
}

// answer gives an answer, once.
func (p *parcels) answer(w http.ResponseWriter, r *http.Request) {
	path := filepath.Join(p.dir, filepath.Base(r.PathValue("name")))
	f, err := os.Open(path)
	if err != nil {
		door.Refuse(w, door.Refusal{Text: "there is no such answer any more", Remedy: "take the parcel in again"})
		return
	}
	defer f.Close()
	if _, err := io.Copy(w, f); err != nil {
		panic(http.ErrAbortHandler) // who asked must not take half for whole
	}
	_ = os.Remove(path)
}
