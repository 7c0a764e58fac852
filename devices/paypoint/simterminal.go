package paypoint

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"time"

	"markaz.example/devices/paypoint/push"
	"markaz.example/devices/paypoint/terminal"
)

// SimTerminal is an ATM or POS of a simulated bank: notes that run down, a roll of paper, a lock that a supervisor
// opens, a card slot that may jam, a clock that may be wrong. Set the exported fields first; the methods may be called
// from any goroutine, and are what a person or fate can do.
type SimTerminal struct {
	Terminal
	Notes int // that each of its two cassettes holds; 0 means 2000
	Roll  int // receipts on a roll; 0 means 400

	once       sync.Once
	mu         sync.Mutex // guards what follows
	notes      [simCassettes]int
	paper      int
	supervisor bool
	closed     bool // out of service by its bank
	cut        bool // its bank does not hear it
	jammed     bool
	skew       time.Duration
	seq        uint64
	trace      int
	paid       time.Time
	withdrawn  int
}

func (t *SimTerminal) init() {
	t.once.Do(func() {
		t.Notes, t.Roll = cmp.Or(t.Notes, simNotes), cmp.Or(t.Roll, simRoll)
		for i := range t.notes {
			t.notes[i] = t.Notes
		}
		t.paper = t.Roll
	})
}

func (t *SimTerminal) with(change func()) {
	t.init()
	t.mu.Lock()
	defer t.mu.Unlock()
	change()
}

// SetNotes puts so many notes into every cassette.
func (t *SimTerminal) SetNotes(n int) {
	t.with(func() {
		for i := range t.notes {
			t.notes[i] = n
		}
	})
}

// SetPaper puts in a roll for so many receipts; 0 takes it out.
func (t *SimTerminal) SetPaper(n int) { t.with(func() { t.paper = n }) }

// Fill is what supervisors come for: notes in every cassette, and a roll.
func (t *SimTerminal) Fill() {
	t.init()
	t.SetNotes(t.Notes)
	t.SetPaper(t.Roll)
}

// SetSupervisor opens the lock, or closes it.
func (t *SimTerminal) SetSupervisor(in bool) { t.with(func() { t.supervisor = in }) }

// SetInService is the bank's switch.
func (t *SimTerminal) SetInService(on bool) { t.with(func() { t.closed = !on }) }

// SetLink cuts the line between the terminal and its bank, or mends it.
func (t *SimTerminal) SetLink(up bool) { t.with(func() { t.cut = !up }) }

// SetCardJam leaves a card in the slot, or takes it out.
func (t *SimTerminal) SetCardJam(jam bool) { t.with(func() { t.jammed = jam }) }

// SetClock puts the clock of the bank's monitoring ahead by so much, or behind.
func (t *SimTerminal) SetClock(ahead time.Duration) { t.with(func() { t.skew = ahead }) }

// SimSight is what a person sees who stands at a simulated terminal, and what its bank sees.
type SimSight struct {
	Empty      bool // too few notes for anybody
	PaperOut   bool
	CardJam    bool
	Supervisor bool // the lock is open
	Closed     bool // by its bank
	Cut        bool // its bank does not hear it
}

// See looks at the terminal.
func (t *SimTerminal) See() (v SimSight) {
	t.with(func() {
		v = SimSight{
			Empty: t.Kind == terminal.ATM && t.level(0) == "out", PaperOut: t.paper == 0, CardJam: t.jammed,
			Supervisor: t.supervisor, Closed: t.closed, Cut: t.cut,
		}
	})
	return v
}

// Withdrawn is how many payments it has made.
func (t *SimTerminal) Withdrawn() (n int) {
	t.with(func() { n = t.withdrawn })
	return n
}

// withdraw pays out some notes of each cassette, and prints. It reports whether it could.
func (t *SimTerminal) withdraw(notes int, now time.Time) (paid bool) {
	t.with(func() {
		if t.supervisor || t.closed || t.cut || t.jammed || t.Kind == terminal.ATM && t.notes[0] < notes {
			return
		}
		if t.Kind == terminal.ATM {
			for i := range t.notes {
				t.notes[i] = max(0, t.notes[i]-notes)
			}
		}
		t.paper = max(0, t.paper-1)
		t.withdrawn++
		t.paid, paid = now, true
	})
	return paid
}

// reachable says whether its bank hears it.
func (t *SimTerminal) reachable() (up bool) {
	t.with(func() { up = !t.cut })
	return up
}

// signed is the code by which a POS signs on, or off.
func (t *SimTerminal) signed() (code string) {
	t.with(func() {
		if code = "001"; t.closed || t.supervisor {
			code = "002"
		}
	})
	return code
}

// nextTrace is a fresh trace number.
func (t *SimTerminal) nextTrace() (n int) {
	t.with(func() { t.trace = t.trace%999999 + 1; n = t.trace })
	return n
}

func (t *SimTerminal) level(i int) string {
	switch n := t.notes[i]; {
	case n < simNotesAtOnce:
		return "out"
	case n <= t.Notes*simLowPart/100:
		return "low"
	}
	return "ok"
}

func (t *SimTerminal) paperLevel() string {
	switch {
	case t.paper == 0:
		return "out"
	case t.paper <= t.Roll*simLowPart/100:
		return "low"
	}
	return "ok"
}

// message is what the bank's monitoring says of it.
func (t *SimTerminal) message(now time.Time) (m push.Message) {
	t.with(func() {
		t.seq++
		m = push.Message{
			V: 1, Source: t.ID.Bank, Terminal: t.ID.Name, Kind: string(t.Kind), Seq: t.seq, Snapshot: t.seq == 1, At: now.Add(t.skew).UTC(),
			Service: "in", Link: "up", Receipt: t.paperLevel(), CardReader: "ok",
		}
		switch {
		case t.supervisor:
			m.Service = "supervisor"
		case t.closed:
			m.Service = "out"
		}
		if t.cut {
			m.Link = "down"
		}
		if t.jammed {
			m.CardReader = "fault"
		}
		if !t.paid.IsZero() {
			paid := t.paid.UTC()
			m.LastTxnAt = &paid
		}
		t.cassettes(&m)
	})
	return m
}

func (t *SimTerminal) cassettes(m *push.Message) {
	if t.Kind != terminal.ATM {
		return
	}
	m.Journal, m.Dispenser = "ok", "ok"
	for i := range t.notes {
		n := t.notes[i]
		m.Cassettes = append(m.Cassettes, push.Cassette{N: i + 1, Denom: simDenoms[i], Level: t.level(i), Count: &n})
	}
}

var ndcDigit = map[string]string{"ok": "1", "low": "2", "out": "3"}

// statuses are what an NDC terminal says when its host asks how it is, fields parted by '|' and groups by '~'.
func (t *SimTerminal) statuses() (out []string) {
	t.with(func() {
		cash := "1"
		for i := range t.notes {
			cash += ndcDigit[t.level(i)]
		}
		slot := "0"
		if t.jammed {
			slot = "4"
		}
		out = append(out,
			fmt.Sprintf("22|%s||F|IAD1~E%s00~G%s111~H100", t.LUNO, cash, ndcDigit[t.paperLevel()]),
			fmt.Sprintf("22|%s||F|JAD%s~E00000~G0000~H000", t.LUNO, slot))
		switch {
		case t.supervisor:
			out = append(out, fmt.Sprintf("12|%s||P21", t.LUNO))
		case t.closed:
			out = append(out, fmt.Sprintf("1|%s|0001|2", t.LUNO), fmt.Sprintf("22|%s||9", t.LUNO))
		default:
			out = append(out, fmt.Sprintf("1|%s|0001|1", t.LUNO), fmt.Sprintf("22|%s||9", t.LUNO))
		}
	})
	return out
}

// wire puts in the separators.
func wire(s string) []byte { return []byte(strings.NewReplacer("|", "\x1c", "~", "\x1d").Replace(s)) }
