package visit

import (
	"errors"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/queue"
)

// What the day taught about waits is kept as it happens, so that a decision that promises a wait never looks through a
// day: what calls took, who came, how desks pause. A press that is taken back stays remembered; it is one of thirty.

const hourMs = 60 * 60 * 1000

var (
	paceKey   = []byte("m/pace")
	pausesKey = []byte("m/pauses")
)

func latelyKey(s id.Service) []byte { return []byte("m/l/" + s) }
func cameKey(s id.Service) []byte   { return []byte("m/c/" + s) }
func lastKey(d id.Desk) []byte      { return []byte("m/d/" + d) }
func bandKey(s id.Service, hour int64) []byte {
	return append([]byte{'m', '/', 'b', '/', byte(hour), '/'}, s...)
}

// bandOf is the hour of the business day, from its opening: a clock that is set moves nobody into another.
func bandOf(open day, axis int64) int64 { return min(max(axis-open.Axis, 0)/hourMs, 23) }

// lastCall is the last call that ended at a desk.
type lastCall struct {
	Day    string `cbor:"1,keyasint"`
	Ended  int64  `cbor:"2,keyasint"` // on the axis
	TookMs int64  `cbor:"3,keyasint"`
}

// remember learns from what one record changed of a visit.
func remember(v ledger.View, before, after *Visit, at Moment) error {
	was, is := before.Stop(), &after.Stops[before.Now]
	open, _ := openDay(v.Reader)
	var errs []error
	if was.State.atDesk() && !is.State.atDesk() {
		errs = append(errs, rememberEnd(v, open, was, at))
	}
	if !was.State.atDesk() && is.State == StateCalled {
		errs = append(errs, rememberCall(v, open, was, is))
	}
	if now := after.Stop(); now.State == StateWaiting && now.Since.Seq == at.Seq && now.Waited.Seq == at.Seq {
		var came queue.Came
		get(v.Reader, cameKey(now.Service), &came)
		came.Add(at.Axis, queue.Class(now.Class))
		errs = append(errs, put(v, cameKey(now.Service), came))
	}
	return errors.Join(errs...)
}

// rememberEnd notes how long a stop kept its desk.
func rememberEnd(v ledger.View, open day, was *Stop, at Moment) error {
	took := at.Axis - was.Called.Axis
	if was.HeldMs+was.ParkedMs > 0 {
		took = at.Axis - was.Since.Axis // they came back to the desk without a call
	}
	var lately queue.Lately
	get(v.Reader, latelyKey(was.Service), &lately)
	lately.Add(open.Date, took)
	var band queue.Band
	key := bandKey(was.Service, bandOf(open, at.Axis))
	get(v.Reader, key, &band)
	errs := []error{put(v, latelyKey(was.Service), lately), put(v, lastKey(was.Desk), lastCall{open.Date, at.Axis, took})}
	if band.Add(open.Date, took) {
		errs = append(errs, put(v, key, band))
	}
	return errors.Join(errs...)
}

// rememberCall notes how long after its last call a desk calls again.
func rememberCall(v ledger.View, open day, was, is *Stop) error {
	var last lastCall
	if !get(v.Reader, lastKey(is.Desk), &last) || last.Day != open.Date {
		return nil
	}
	waited := was.State == StateWaiting && was.Since.Axis <= last.Ended
	var pace queue.Pace
	get(v.Reader, paceKey, &pace)
	pace.Add(last.TookMs, is.Called.Axis-last.Ended, waited)
	return put(v, paceKey, pace)
}

// rememberPause notes how long a desk was away.
func rememberPause(v ledger.View, before DeskStatus, to DeskState, at Moment) error {
	if before.State != DeskPaused || to != DeskOpen {
		return nil
	}
	var away queue.Away
	get(v.Reader, pausesKey, &away)
	away.Add(at.Axis - before.Since.Axis)
	return put(v, pausesKey, away)
}

// TimesOf is how long calls of a service keep a desk at a moment on the axis; target is in milliseconds, 0 for none.
func TimesOf(src ledger.Source, s id.Service, nowMs, targetMs int64) queue.Times {
	r := src.Reader(Name)
	open, _ := openDay(r)
	var lately queue.Lately
	var band queue.Band
	get(r, latelyKey(s), &lately)
	get(r, bandKey(s, bandOf(open, nowMs)), &band)
	return queue.NewTimes(lately.Of(open.Date), band.MS, targetMs)
}

// ComingTo is who may still come to a service's line.
func ComingTo(src ledger.Source, s id.Service, nowMs int64) []queue.Coming {
	r := src.Reader(Name)
	open, _ := openDay(r)
	var came queue.Came
	get(r, cameKey(s), &came)
	return came.Streams(s, open.Axis, nowMs)
}

// PaceOf is how far apart the centre's calls are.
func PaceOf(src ledger.Source) (p queue.Pace) {
	get(src.Reader(Name), paceKey, &p)
	return p
}

// PausesOf is how long desks were away.
func PausesOf(src ledger.Source) (a queue.Away) {
	get(src.Reader(Name), pausesKey, &a)
	return a
}
