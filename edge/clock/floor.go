package clock

import "time"

// Floor is a wall time that is past, as far as a chain of stamps can tell, and how well that is known. It is a value that
// walks along the records: Seen for each, Told where somebody told the time.
//
// What a source said overrules what was believed before on a word that is no better. Without that a box whose clock ran
// ahead once, by years, would refuse the true time for ever.
type Floor struct {
	built int64 // nothing is before this
	wall  int64
	grade Grade // of whoever says that wall is past
	sure  int64 // newest time on headquarters' word; 0 without any
}

// Past is the floor of a box that has no record. This program was not built before that time; zero when that is not
// known.
func Past(built time.Time) Floor {
	ms := max(built.UnixMilli(), 0)
	return Floor{built: ms, wall: ms}
}

// Time is the floor.
func (f Floor) Time() time.Time { return time.UnixMilli(f.wall).UTC() }

// Sure is the newest time that stands on headquarters' word. It is false where there is none: then nothing is old enough
// to be deleted.
func (f Floor) Sure() (time.Time, bool) { return time.UnixMilli(f.sure).UTC(), f.sure > 0 }

// Seen raises the floor to a stamp.
func (f *Floor) Seen(s Stamp) {
	if s.Wall > f.wall {
		f.wall, f.grade = s.Wall, max(s.Grade, RTC) // an unset clock counts from a floor on
	}
	if s.Grade == Network {
		f.sure = s.Wall
	}
}

// Told puts the floor to a time that somebody told.
func (f *Floor) Told(wall int64, g Grade) {
	if f.yields(wall, g) {
		f.wall, f.grade = wall, g
	}
}

// yields says whether a time that a source tells is to be believed.
func (f Floor) yields(wall int64, g Grade) bool {
	return wall >= f.built && (wall >= f.wall || g >= f.grade)
}

// allows says whether a system clock may show a time, so many milliseconds after its start: not one before the floor and
// the time since, nor one so far behind that nobody would have left the box in its place. On a floor of nothing every time
// may be.
func (f Floor) allows(wall, mono int64) bool {
	past := wall - f.wall - mono
	return past >= -behindMax.Milliseconds() && (f.wall == 0 || past <= aheadMax.Milliseconds())
}
