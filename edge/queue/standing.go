package queue

// tier is the coarse part of a rank; lower goes first.
type tier uint8

const (
	tierEmergency tier = iota
	tierPressing       // has waited the ceiling, or an appointment in its window
	tierClass
)

// standing is where somebody stands among those who wait at one moment.
type standing struct {
	tier      tier
	effective int64 // hundredths of a millisecond; 0 of emergencies
	seniority int64
	since     int64
	number    uint64
}

func (a *standing) before(b *standing) bool {
	switch {
	case a.tier != b.tier:
		return a.tier < b.tier
	case a.effective != b.effective:
		return a.effective > b.effective
	}
	return a.senior(b)
}

// senior orders by age alone, whatever the class.
func (a *standing) senior(b *standing) bool {
	switch {
	case a.seniority != b.seniority:
		return a.seniority < b.seniority
	case a.since != b.since:
		return a.since < b.since
	}
	return a.number < b.number
}

// brake is the rules' part that bounds what a class is worth.
type brake struct {
	ceiling int64 // 0 is none
	booked  int64 // hundredths
}

func (r Rules) brake() brake { return brake{r.CeilingMs, r.BookedMs * 100} }

// entry is a waiter with all looked up that does not change with time.
type entry struct {
	claim
	seniority int64
	since     int64
	number    uint64
}

// claim is what an entry shares with others of its class.
type claim struct {
	emergency bool
	booked    bool // came in time for an appointment
	opens     int64
	percent   int64
	boost     int64 // hundredths
}

func entries(r Rules, waiting []Waiter) []entry {
	all := make([]entry, len(waiting))
	for i := range waiting {
		all[i] = newEntry(r, &waiting[i])
	}
	return all
}

func newEntry(r Rules, w *Waiter) entry {
	k := r.rank(w.Class)
	return entry{
		claim: claim{
			emergency: w.Class == Emergency,
			booked:    w.ApptMs != 0 && w.SinceMs <= w.ApptMs+r.LateMs,
			opens:     w.ApptMs - r.EarlyMs,
			percent:   k.Percent, boost: k.BoostMs * 100,
		},
		seniority: w.SeniorityMs, since: w.SinceMs, number: w.Number,
	}
}

func (e *entry) standing(b brake, now int64) standing {
	s := standing{tier: tierClass, seniority: e.seniority, since: e.since, number: e.number}
	waited := max(now-e.seniority, 0)
	if b.holds(waited) {
		s.tier = tierPressing
	}
	switch {
	case e.emergency:
		s.tier = tierEmergency
	case e.open(now):
		s.tier = tierPressing
		s.effective = waited*100 + b.booked
	default:
		past := b.past(waited)
		s.effective = (waited-past)*e.percent + past*100 + e.boost
	}
	return s
}

func (e *entry) open(now int64) bool { return e.booked && now >= e.opens }

// holds says that somebody has waited the ceiling.
func (b brake) holds(waited int64) bool { return b.ceiling > 0 && waited >= b.ceiling }

// past is what has been waited beyond the ceiling.
func (b brake) past(waited int64) int64 {
	if !b.holds(waited) {
		return 0
	}
	return waited - b.ceiling
}

// rule is what lets an entry go before somebody more senior.
func (e *entry) rule(now int64) Rule {
	switch {
	case e.emergency:
		return ByEmergency
	case e.open(now):
		return ByAppointment
	}
	return ByClass
}

func standingOf(r Rules, w *Waiter, now int64) standing {
	e := newEntry(r, w)
	return e.standing(r.brake(), now)
}
