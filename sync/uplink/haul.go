package uplink

import (
	"fmt"
	"time"

	"markaz.example/sync/wire"
)

// Haul decides how a pack is fetched: one piece at a time, each as large as the line carries in a few seconds, from where
// the file on disk ends. It is a value like Mail.
type Haul struct {
	want   Want
	up     bool
	asked  bool      // a Fetch has not been answered
	saving bool      // a Keep has not been answered
	since  time.Time // of the Fetch under way, or of the pause
	pause  time.Duration
	length uint32
}

// Want is what is missing of a pack: what follows Offset. The zero value wants nothing.
type Want struct {
	Digest [32]byte
	Offset uint64
	Total  uint64
}

// NewHaul begins without a link.
func NewHaul() *Haul { return &Haul{length: pieceBytesFirst} }

// HaulEvent is what Haul is told: one of the types below.
type HaulEvent interface{ haulEvent() }

type (
	// HaulUp says that there is a link, greeted, to a headquarters that may have packs.
	HaulUp struct{}
	// HaulDown says that there is none.
	HaulDown struct{}
	// Wanted says what is missing now; also after a Keep.
	Wanted struct{ Want Want }
	// Arrived is a piece from the link.
	Arrived struct{ Piece wire.Piece }
	// Kept answers Keep: the piece is on disk, and Want is what is missing now. Err: it is not.
	Kept struct {
		Want Want
		Err  error
	}
	// HaulTick says that Wake has come.
	HaulTick struct{}
)

func (HaulUp) haulEvent()   {}
func (HaulDown) haulEvent() {}
func (Wanted) haulEvent()   {}
func (Arrived) haulEvent()  {}
func (Kept) haulEvent()     {}
func (HaulTick) haulEvent() {}

// HaulAct is what Haul wants done: one of the types below.
type HaulAct interface{ haulAct() }

type (
	// Fetch wants a Fetch sent.
	Fetch struct{ Fetch wire.Fetch }
	// Keep wants a piece on disk. Kept answers.
	Keep struct{ Piece wire.Piece }
)

func (Fetch) haulAct() {}
func (Keep) haulAct()  {}

// Wake is when HaulTick is next wanted; false when never.
func (h *Haul) Wake() (time.Time, bool) {
	return h.since.Add(h.pause), h.up && !h.saving && h.want != (Want{}) && (h.asked || h.pause > 0)
}

// Step takes one event at a time that never goes back, and gives what is to be done, in order.
func (h *Haul) Step(now time.Time, e HaulEvent) []HaulAct {
	switch e := e.(type) {
	case HaulUp:
		h.up, h.asked, h.pause = true, false, 0
	case HaulDown:
		h.shrinkIf(h.asked) // the line could not carry it
		h.up, h.asked, h.pause = false, false, 0
	case Wanted:
		if !h.saving && e.Want.Digest != h.want.Digest {
			h.asked, h.pause = false, 0
		}
		if !h.saving && !h.asked {
			h.want = e.Want
		}
	case Arrived:
		return h.arrived(now, e.Piece)
	case Kept:
		h.kept(now, e)
	case HaulTick:
		if wake, ok := h.Wake(); !ok || now.Before(wake) {
			return nil
		}
		h.shrinkIf(h.asked)
		h.asked, h.pause = false, 0
	default:
		panic(fmt.Sprintf("BUG: event %T", e))
	}
	return h.fetch(now)
}

// fetch asks for what follows, when nothing is under way.
func (h *Haul) fetch(now time.Time) []HaulAct {
	if !h.up || h.asked || h.saving || h.pause > 0 || h.want.Offset >= h.want.Total {
		return nil
	}
	h.asked, h.since, h.pause = true, now, pieceMax
	return []HaulAct{Fetch{wire.Fetch{Digest: h.want.Digest, Offset: h.want.Offset, Length: h.length}}}
}

// arrived takes the piece that was asked for. An empty one says that headquarters does not have it: later.
func (h *Haul) arrived(now time.Time, p wire.Piece) []HaulAct {
	switch {
	case !h.asked || h.saving || p.Digest != h.want.Digest || p.Offset != h.want.Offset:
		return nil
	case len(p.Bytes) == 0 || p.Offset+uint64(len(p.Bytes)) > h.want.Total:
		h.asked, h.since, h.pause = false, now, absentPause
		return nil
	}
	h.grade(now.Sub(h.since))
	h.asked, h.saving, h.pause = false, true, 0
	return []HaulAct{Keep{p}}
}

func (h *Haul) kept(now time.Time, e Kept) {
	h.saving = false
	if h.want = e.Want; e.Err != nil {
		h.since, h.pause = now, keepPause
	}
}

// grade makes the next piece larger while pieces come quickly, smaller when they take long.
func (h *Haul) grade(took time.Duration) {
	switch {
	case took < pieceQuick:
		h.length = min(2*h.length, wire.PieceBytesMax)
	case took > pieceSlow:
		h.shrinkIf(true)
	}
}

func (h *Haul) shrinkIf(slow bool) {
	if slow {
		h.length = max(h.length/2, pieceBytesMin)
	}
}
