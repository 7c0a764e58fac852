package queue

// tier is the coarse part of a rank; lower goes first.
type tier uint8

const (
	tierEmergency tier = iota
	tierCeiling
	tierAppointment
	tierClass
)

// standing is where somebody stands among those who wait at one moment.
type standing struct {
	tier      tier
	effective int64 // hundredths of a millisecond; in tierClass only
	seniority int64
	since     int64
	number    uint64
}

func (a standing) before(b standing) bool {
	switch {
	case a.tier != b.tier:
		return a.tier < b.tier
	case a.effective != b.effective:
		return a.effective > b.effective
	}
	return a.senior(b)
}

// senior orders by age alone, whatever the class.
func (a standing) senior(b standing) bool {
	switch {
	case a.seniority != b.seniority:
		return a.seniority < b.seniority
	case a.since != b.since:
		return a.since < b.since
	}
	return a.number < b.number
}

// entry is a waiter with all looked up that does not change with time.
type entry struct {
	emergency bool
	booked    bool // came in time for an appointment
	opens     int64
	percent   int64
	boost     int64 // hundredths
	seniority int64
	since     int64
	number    uint64
}

func entries(r Rules, waiting []Waiter) []entry {
	all := make([]entry, len(waiting))
	for i, w := range waiting {
		all[i] = newEntry(r, w)
	}
	return all
}

func newEntry(r Rules, w Waiter) entry {
	rank := r.rank(w.Class)
	return entry{
		emergency: w.Class == Emergency,
		booked:    w.ApptMs != 0 && w.SinceMs <= w.ApptMs+r.LateMs,
		opens:     w.ApptMs - r.EarlyMs,
		percent:   rank.Percent, boost: rank.BoostMs * 100,
		seniority: w.SeniorityMs, since: w.SinceMs, number: w.Number,
	}
}

func (e *entry) standing(ceiling, now int64) standing {
	s := standing{tier: tierClass, seniority: e.seniority, since: e.since, number: e.number}
	waited := max(now-e.seniority, 0)
	switch {
	case e.emergency:
		s.tier = tierEmergency
	case ceiling > 0 && waited >= ceiling:
		s.tier = tierCeiling
	case e.booked && now >= e.opens:
		s.tier = tierAppointment
	default:
		s.effective = waited*e.percent + e.boost
	}
	return s
}

func standingOf(r Rules, w Waiter, now int64) standing {
	e := newEntry(r, w)
	return e.standing(r.CeilingMs, now)
}
