package ingest_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"markaz.example/sync/faultnet"
	"markaz.example/sync/ingest"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
)

// mailWorld is the post between headquarters and one box, made of the product's own decisions (ingest.Round, uplink.Mail)
// around a letter shelf, a ledger and a line that exist only as numbers. One seed decides everything that goes wrong.
type mailWorld struct {
	*faultnet.Agenda
	flaw mailFlaw
	calm time.Time // when faults end
	err  error     // the first broken promise

	shelf   []wire.Letter // headquarters'
	effects []uint64      // numbers in the box's ledger, in order: on disk
	mail    *uplink.Mail
	boot    int
	line    *mailLine // nil without one
	waking  int
}

// mailLine is one connection: both directions keep their order, a cut loses what is under way.
type mailLine struct {
	round ingest.Round
	cut   bool
}

// mailFlaw is a planted bug.
type mailFlaw struct {
	jumps       bool // a letter is taken whatever its number
	early       bool // the box says that it received before that is on disk
	fromZero    bool // headquarters sends from the first letter on every line, whatever the box says; the ledger does not look
	forgets     bool // a box that starts believes that it took one more than it did
	cursorApart bool // the cursor is written after the effect, and a crash may fall between the two
	deaf        bool // headquarters never looks for new post on a line that is up
}

const (
	mailCalm = 3 * time.Minute
	mailSpan = 5 * time.Minute
)

func newMailWorld(seed uint64, f mailFlaw) *mailWorld {
	w := &mailWorld{Agenda: faultnet.NewAgenda(seed), flaw: f}
	w.calm = w.Now().Add(mailCalm)
	return w
}

func (w *mailWorld) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf("at %s: %s", w.Now().UTC().Format("15:04:05.000"), fmt.Sprintf(format, args...))
	}
}

func (w *mailWorld) run() error {
	end := w.Now().Add(mailSpan)
	w.start()
	w.write()
	w.After(w.Within(time.Second), w.dial)
	w.After(w.Within(time.Minute), w.trouble)
	for w.err == nil && w.Next(end) {
	}
	if w.err == nil && len(w.effects) != len(w.shelf) {
		w.fail("%d of %d letters had their effect in the end", len(w.effects), len(w.shelf))
	}
	return w.err
}

// ---- headquarters

func (w *mailWorld) write() {
	if w.Now().After(w.calm) {
		return
	}
	for range 1 + w.Random.IntN(8) {
		w.shelf = append(w.shelf, wire.Letter{Number: uint64(len(w.shelf) + 1)})
	}
	if w.line != nil && !w.flaw.deaf {
		w.deliver(w.line)
	}
	w.After(w.Within(30*time.Second), w.write)
}

func (w *mailWorld) deliver(l *mailLine) {
	after, limit := l.round.Wants()
	if limit <= 0 {
		return
	}
	from := min(int(after), len(w.shelf))
	for _, letter := range w.shelf[from:min(from+limit, len(w.shelf))] {
		if !l.round.Sent(letter.Number) {
			w.fail("headquarters sends letter %d after %d", letter.Number, after)
			return
		}
		w.carry(l, func() { w.tell(uplink.Delivered{Letter: letter}) })
		if w.Chance(0.02) { // a peer of another make says things twice
			w.carry(l, func() { w.tell(uplink.Delivered{Letter: letter}) })
		}
	}
}

// carry moves something over the line, in order, unless it is cut meanwhile.
func (w *mailWorld) carry(l *mailLine, arrive func()) {
	if l.cut {
		return
	}
	w.After(200*time.Millisecond, func() {
		if !l.cut {
			arrive()
		}
	})
}

// ---- the box

func (w *mailWorld) start() {
	w.boot++
	taken := uint64(len(w.effects))
	if w.flaw.forgets && taken > 0 {
		taken++
	}
	w.mail = uplink.NewMail(taken)
}

func (w *mailWorld) dial() {
	if w.line == nil && w.mail != nil {
		w.line = &mailLine{}
		w.tell(uplink.MailUp{})
	}
	w.After(w.Within(5*time.Second), w.dial)
}

func (w *mailWorld) tell(e uplink.MailEvent) {
	if w.mail == nil {
		return
	}
	if d, ok := e.(uplink.Delivered); ok && w.flaw.jumps {
		w.decide(d.Letter)
		return
	}
	for _, a := range w.mail.Step(w.Now(), e) {
		w.do(a)
	}
	w.planTick()
}

func (w *mailWorld) planTick() {
	wake, ok := w.mail.Wake()
	w.waking++
	boot, waking := w.boot, w.waking
	if ok {
		w.At(wake, func() {
			if w.boot == boot && w.waking == waking {
				w.tell(uplink.MailTick{})
			}
		})
	}
}

func (w *mailWorld) do(a uplink.MailAct) {
	switch a := a.(type) {
	case uplink.SayReceived:
		w.say(a.Number)
	case uplink.Take:
		if w.flaw.early {
			w.say(a.Letter.Number)
		}
		w.decide(a.Letter)
	}
}

func (w *mailWorld) say(number uint64) {
	l := w.line
	if l == nil {
		return
	}
	if !w.flaw.early && number > uint64(len(w.effects)) {
		w.fail("the box says %d, its ledger has %d", number, len(w.effects))
	}
	w.carry(l, func() {
		if w.flaw.fromZero {
			number = 0
		}
		l.round.Received(number)
		w.deliver(l)
	})
}

// decide is a decision of the ledger: the effect and the number, on disk at once, some time later; or the disk is full.
func (w *mailWorld) decide(l wire.Letter) {
	boot := w.boot
	w.After(w.Within(50*time.Millisecond), func() {
		if w.boot != boot || w.mail == nil {
			return // the power went before the commit
		}
		if w.Now().Before(w.calm) && w.Chance(0.05) {
			w.tell(uplink.Taken{Number: l.Number, Err: errSim})
			return
		}
		if w.commit(l); w.boot != boot {
			return
		}
		w.tell(uplink.Taken{Number: l.Number})
	})
}

// commit is mail.Room.Take: it looks at the number inside of the decision.
func (w *mailWorld) commit(l wire.Letter) {
	next := uint64(len(w.effects)) + 1
	if l.Number != next && !w.flaw.jumps && !w.flaw.fromZero && !w.flaw.cursorApart {
		return
	}
	if l.Number != next {
		w.fail("letter %d has its effect after letter %d", l.Number, next-1)
	}
	w.effects = append(w.effects, l.Number)
	w.Note("effect", l.Number)
	if w.flaw.cursorApart && w.Now().Before(w.calm) && w.Chance(0.1) {
		w.cut() // the power goes between the effect and the cursor
		w.boot++
		w.mail = uplink.NewMail(l.Number - 1)
	}
}

// ---- trouble

var errSim = fmt.Errorf("the disk is full")

func (w *mailWorld) trouble() {
	if w.Now().After(w.calm) {
		return
	}
	switch {
	case w.Chance(0.6):
		w.cut()
	default:
		w.crash()
	}
	w.After(w.Within(time.Minute), w.trouble)
}

func (w *mailWorld) cut() {
	if w.line == nil {
		return
	}
	w.line.cut = true
	w.line = nil
	w.Note("cut", 0)
	w.tell(uplink.MailDown{})
}

func (w *mailWorld) crash() {
	if w.mail == nil {
		return // it is down
	}
	w.cut()
	w.Note("crash", uint64(len(w.effects)))
	w.mail = nil
	w.After(w.Within(10*time.Second), w.start)
}

func TestLettersHaveTheirEffectOnceBySeed(t *testing.T) {
	letters, worlds := 0, (*seeds+3)/4 // a quarter: there is less that can go wrong than with records
	for seed := *seed1; seed < *seed1+worlds; seed++ {
		w := newMailWorld(seed, mailFlaw{})
		if err := w.run(); err != nil {
			t.Fatalf("seed %d: %v\nplay it again: go test ./sync/ingest -run TestLettersHaveTheirEffectOnceBySeed -seeds 1 -seed %d",
				seed, err, seed)
		}
		letters += len(w.effects)
	}
	t.Logf("%d seeds, %d letters", worlds, letters)
}

func TestPlantedBugsOfThePostAreCaught(t *testing.T) {
	for name, f := range map[string]mailFlaw{
		"takes whatever number comes":                  {jumps: true},
		"says that it received before that is on disk": {early: true},
		"sends from the first, and nobody looks":       {fromZero: true},
		"believes that it took one more":               {forgets: true},
		"writes the cursor apart from the effect":      {cursorApart: true},
		"never looks for new post":                     {deaf: true},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(200) {
				if err := newMailWorld(seed, f).run(); err != nil {
					t.Logf("seed %d: %v", seed, err)
					return
				}
			}
			t.Error("not caught in 200 seeds")
		})
	}
}

func TestRound(t *testing.T) {
	var r ingest.Round
	if _, limit := r.Wants(); limit != 0 {
		t.Error("letters are sent before the box said how far it is")
	}
	r.Received(7)
	var sent []uint64
	for after, limit := r.Wants(); limit > 0; after, limit = r.Wants() {
		if !r.Sent(after + 1) {
			t.Fatal("the next is not the next")
		}
		sent = append(sent, after+1)
	}
	if want := []uint64{8, 9, 10, 11}; !slices.Equal(sent, want) || r.Sent(13) {
		t.Errorf("sent %v", sent)
	}
	if r.Received(9); !r.Sent(12) || !r.Sent(13) || r.Sent(15) {
		t.Error("the window did not move")
	}
	if r.Received(9); !r.Sent(10) {
		t.Error("what was asked for again is not sent again")
	}
}
