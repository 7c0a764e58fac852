package desk_test

import (
	"context"
	"slices"
	"time"

	"pgregory.net/rapid"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

// status is whether a desk calls people; the zero value is open.
type status struct {
	state  visit.DeskState
	reason string
}

// announced is what is said to the hall.
type announced struct {
	text  string
	at    int64
	lasts time.Duration
}

func (m *model) state(d id.Desk) visit.DeskState {
	if s := m.desks[d].state; s != "" {
		return s
	}
	return visit.DeskOpen
}

func (m *model) deskIsSet(t *rapid.T) {
	d := drawDesk(t).Code
	s := rapid.SampledFrom([]status{
		{visit.DeskOpen, ""}, {visit.DeskOpen, ""}, {visit.DeskPaused, "prayer"}, {visit.DeskClosed, "home"}, {visit.DeskPaused, ""},
	}).Draw(t, "state")
	err := m.SetDesk(context.Background(), "floor", d, s.state, s.reason)
	if s.state != visit.DeskOpen && s.reason == "" {
		want(t, err, desk.BadReason)
		return
	}
	want(t, err, "")
	m.desks[d] = s
}

func (m *model) machines(d id.Desk) []string {
	if m.broken[d] {
		return nil
	}
	return []string{"scale"}
}

// scaleBreaks stops or mends the scale of a desk.
func (m *model) scaleBreaks(t *rapid.T) {
	d := drawDesk(t).Code
	m.broken[d] = rapid.Bool().Draw(t, "broken")
}

// announcedMost is how many announcements are kept.
const announcedMost = 8

func (m *model) hallIsTold(t *rapid.T) {
	text := rapid.SampledFrom([]string{"", "The lift works again.", "Prayer until two."}).Draw(t, "text")
	lasts := time.Duration(rapid.IntRange(0, 600).Draw(t, "seconds")) * time.Second
	err := m.Announce(context.Background(), "floor", text, "", lasts)
	if text == "" || lasts == 0 {
		want(t, err, desk.BadAnnouncement)
		return
	}
	want(t, err, "")
	m.said = append(m.said, &announced{text, m.axis, lasts})
	m.said = m.said[max(0, len(m.said)-announcedMost):]
}

// hallIsSilenced takes back the newest that the hall still shows.
func (m *model) hallIsSilenced(t *rapid.T) {
	b, err := m.HallBoard(context.Background())
	want(t, err, "")
	if len(b.Announced) == 0 {
		t.Skip("silent")
	}
	want(t, m.Silence(context.Background(), "floor", b.Announced[0].Seq), "")
	last := m.lasting()[0]
	m.said = slices.DeleteFunc(m.said, func(a *announced) bool { return a == last })
}

// lasting is what is still said, newest first.
func (m *model) lasting() (out []*announced) {
	for _, a := range slices.Backward(m.said) {
		if m.axis-a.at < a.lasts.Milliseconds() {
			out = append(out, a)
		}
	}
	return out
}
