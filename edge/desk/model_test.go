package desk_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// model is a floor in memory: lists where the real one has indexes, and no ledger. Who is next it asks package queue, which
// has properties of its own. The files model*_test.go have a noun each.
type model struct {
	*hall
	business
	visits  []*modelled
	queue   []*modelled // slips to print, in order
	calls   map[id.Service]int
	pressed map[id.Desk]*press
	shown   []*shown // calls on the hall screen, oldest first
	desks   map[id.Desk]status
	broken  map[id.Desk]bool // whose scale does not work
	said    []*announced

	now   clock.Stamp // of the step
	axis  int64       // of now; the axis is the floor's to keep
	steps int
}

func newModel(t *rapid.T) *model {
	m := &model{
		hall: newHall(t), business: business{days: map[string]bool{}, lines: map[id.Service]string{}},
		calls: map[id.Service]int{}, pressed: map[id.Desk]*press{}, desks: map[id.Desk]status{}, broken: map[id.Desk]bool{},
	}
	m.Catalogue, m.Machines = modelCatalogue(), m.machines
	return m
}

// modelCatalogue has what the tests' own has, and one of everything that a catalogue can say.
func modelCatalogue() desk.Catalogue {
	c := catalogue()
	c.Services[2].Machine = "scale"
	c.Services = append(c.Services, desk.Service{Code: "counselling", Letter: "S", Room: "3", After: []id.Service{"nashonuma"}})
	c.Desks[0].Languages, c.Desks[0].Sex = []string{"ps"}, "m"
	c.Desks[1].Sex, c.Desks[1].Ground = "f", true
	c.Desks[2].Serves, c.Desks[2].Skills = []id.Service{"nashonuma", "counselling"}, []string{"grievance"}
	c.Journeys = []desk.Journey{
		{Code: "mother", Stops: []id.Service{"registration", "nashonuma"}, Rules: []desk.Rule{
			{After: "nashonuma", Mark: "sam", Add: "counselling"},
			{Outcome: "referred", Add: "kafaalat"},
		}},
		{Code: "any-order", Stops: []id.Service{"kafaalat", "counselling", "nashonuma"}, Free: true},
	}
	c.Transfers = []desk.TransferRule{
		{From: "kafaalat", To: "registration", Seniority: visit.SeniorityFront},
		{From: "registration", To: "nashonuma", Seniority: visit.SeniorityEnd},
	}
	return c
}

// TestModel plays random days against the model, which is checked after every step; at the end the views are rebuilt. Two
// play side by side, so that both cores of a small machine are used.
func TestModel(t *testing.T) {
	t.Cleanup(func() { t.Logf("%d actions", played.Load()) })
	for _, side := range []string{"left", "right"} {
		t.Run(side, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, playModel)
		})
	}
}

// rounds is how often rapid's 30 steps make one play: a hall of three desks takes some time to fill.
const rounds = 4

func playModel(t *rapid.T) {
	m := newModel(t)
	defer m.file.Close(t)
	for range rounds {
		t.Repeat(m.actions())
	}
	m.compareAll(t)
	played.Add(int64(m.steps))
}

// played counts the actions of every play.
var played atomic.Int64

func (m *model) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"ask":         m.visitorAsks,
		"two ask":     m.twoAsk,
		"start":       m.printerStarts,
		"printed":     m.printerConfirms,
		"failed":      m.printerFails,
		"admit":       m.visitorIsAdmitted,
		"again":       m.printAgain,
		"reprint":     m.reprintOnPurpose,
		"renew":       m.renewSlip,
		"enter":       m.paperBookIsTyped,
		"split":       m.familySplits,
		"class":       m.classIsSet,
		"needs":       m.needsAreSet,
		"mark":        m.markIsSet,
		"call":        m.deskCalls,
		"this":        m.deskCallsThis,
		"recall":      m.deskRecalls,
		"confirm":     m.deskConfirms,
		"no-show":     m.deskGivesUp,
		"undo":        m.deskUndoes,
		"finish":      m.deskFinishes,
		"next":        m.deskFinishesAndCalls,
		"fail":        m.deskFails,
		"transfer":    m.deskTransfers,
		"hold":        m.deskHolds,
		"park":        m.deskParks,
		"add":         m.deskAddsStop,
		"add to":      m.stopIsAdded,
		"cancel stop": m.stopIsCancelled,
		"back":        m.somebodyIsBack,
		"return":      m.somebodyReturns,
		"cancel":      m.somebodyCancels,
		"leave":       m.somebodyLeaves,
		"set desk":    m.deskIsSet,
		"scale":       m.scaleBreaks,
		"set line":    m.lineIsSet,
		"open day":    m.dayIsOpened,
		"close day":   m.dayIsClosed,
		"announce":    m.hallIsTold,
		"silence":     m.hallIsSilenced,
		"quick":       m.somebodyIsServedQuickly,
		"crash":       m.crash,
		"time":        m.timePasses,
		"clock jump":  m.clockJumps,
		"":            m.compare,
	}
}

// tick takes the present for the next step.
func (m *model) tick() {
	m.now = m.Ledger.Clock().Now()
	_ = m.Ledger.View(context.Background(), func(s ledger.Snapshot) error {
		m.axis = visit.AxisOf(s, m.now)
		return nil
	})
}

func (m *model) timePasses(t *rapid.T) {
	most := rapid.SampledFrom([]int{20, 100, 100, 1200, 1200, 4000, 30 * 3600}).Draw(t, "at most")
	m.file.Clock.Pass(time.Duration(rapid.IntRange(1, most).Draw(t, "seconds")) * time.Second)
}

func (m *model) clockJumps(t *rapid.T) {
	m.file.Clock.Jump(time.Duration(rapid.IntRange(-60, 60).Draw(t, "hours")) * time.Hour)
}

func drawDesk(t *rapid.T) desk.Desk {
	return rapid.SampledFrom(modelCatalogue().Desks).Draw(t, "desk")
}

func drawService(t *rapid.T) id.Service {
	return rapid.SampledFrom(modelCatalogue().Services).Draw(t, "service").Code
}

// drawVisit draws one of those that fit; it skips the step when there is none.
func (m *model) drawVisit(t *rapid.T, fits func(*modelled) bool) *modelled {
	var some []*modelled
	for _, v := range m.visits {
		if fits(v) {
			some = append(some, v)
		}
	}
	if len(some) == 0 {
		t.Skip("nobody")
	}
	return rapid.SampledFrom(some).Draw(t, "visit")
}

func anyVisit(*modelled) bool { return true }

func want(t *rapid.T, err error, code string) {
	t.Helper()
	if code == "" && err == nil || code != "" && errors.Is(err, &desk.Refusal{Code: code}) {
		return
	}
	t.Fatalf("got %v, want %q", err, code)
}
