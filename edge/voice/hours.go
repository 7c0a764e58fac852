package voice

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrHours is reported for hours that cannot be understood. The text says what to write.
var ErrHours = errors.New("the hours cannot be understood")

// Hours says how loud it is, by the time of day where the centre is.
type Hours struct {
	Volumes []Volume // in any order; the last of a day goes on until the first of the next
	Quiet   []Span   // nothing is said; screens call on
}

// Volume is how loud it is from a time of day on.
type Volume struct {
	From    int // minutes since midnight
	Percent int // 0 to 100
}

// Span is a part of a day, or of one day of the week.
type Span struct {
	Day      time.Weekday // when Weekly
	Weekly   bool
	From, To int // minutes since midnight; To is not in it. To before From goes past midnight
}

const percentMax = 100

// ParseVolume reads "08:00 70": from eight o'clock on, 70 percent. It reports ErrHours.
func ParseVolume(s string) (Volume, error) {
	from, percent, ok := strings.Cut(s, " ")
	minutes, err := parseMinutes(from)
	n, bad := strconv.Atoi(percent)
	if !ok || err != nil || bad != nil || n < 0 || n > percentMax {
		return Volume{}, fmt.Errorf(`%w: volume %q: want a time of day and a percentage, for example "08:00 70"`, ErrHours, s)
	}
	return Volume{minutes, n}, nil
}

// ParseSpan reads "13:15-13:45", "21:00-07:00" or "fri 12:45-14:15". It reports ErrHours.
func ParseSpan(s string) (Span, error) {
	var out Span
	day, times, weekly := strings.Cut(s, " ")
	if !weekly {
		times = day
	}
	from, to, ok := strings.Cut(times, "-")
	var a, b, c error
	out.From, a = parseMinutes(from)
	out.To, b = parseMinutes(to)
	if out.Weekly = weekly; weekly {
		out.Day, c = parseDay(day)
	}
	if !ok || errors.Join(a, b, c) != nil || out.From == out.To {
		return Span{}, fmt.Errorf(`%w: %q: want "13:15-13:45", or "fri 12:45-14:15" for one day of the week`, ErrHours, s)
	}
	return out, nil
}

func parseMinutes(s string) (int, error) {
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return 0, ErrHours
	}
	return t.Hour()*60 + t.Minute(), nil
}

func parseDay(s string) (time.Weekday, error) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if s == strings.ToLower(d.String()[:3]) {
			return d, nil
		}
	}
	return 0, ErrHours
}

// At is how loud it is, in percent; 0 in quiet hours. Known is false while nobody has told the box the time: then it is
// as loud as by default, and never quiet.
func (h Hours) At(t time.Time, known bool) int {
	switch {
	case !known:
		return VolumeDefault
	case slices.ContainsFunc(h.Quiet, func(s Span) bool { return s.holds(t) }):
		return 0
	case len(h.Volumes) == 0:
		return VolumeDefault
	}
	volumes := slices.SortedFunc(slices.Values(h.Volumes), func(a, b Volume) int { return cmp.Compare(a.From, b.From) })
	percent := volumes[len(volumes)-1].Percent
	for _, v := range volumes {
		if v.From <= minuteOf(t) {
			percent = v.Percent
		}
	}
	return percent
}

// holds also looks at the day before, whose span may reach past midnight.
func (s Span) holds(t time.Time) bool {
	now := minuteOf(t)
	if s.From < s.To {
		return s.on(t.Weekday()) && s.From <= now && now < s.To
	}
	yesterday := (t.Weekday() + 6) % 7
	return s.on(t.Weekday()) && now >= s.From || s.on(yesterday) && now < s.To
}

func (s Span) on(d time.Weekday) bool { return !s.Weekly || s.Day == d }

func minuteOf(t time.Time) int { return t.Hour()*60 + t.Minute() }
