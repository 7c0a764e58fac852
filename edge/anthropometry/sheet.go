package anthropometry

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"markaz.example/edge/book/growth"
	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/person"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/chart"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/lms"
)

// Form is the paper with a child's curve: "growth/VISIT/SEQ", the measurement's record.
const Form = "growth"

// Sheet is a paper with a child's curve. It names nobody.
type Sheet struct {
	Token   id.Token
	Day     string // business day
	Kept    growth.Kept
	Sex     lms.Sex
	Points  []chart.Measured
	Next    []desk.Service // stops still to come
	Reprint bool
}

// Print prints a child's curve with what was measured on this visit; a second time is a reprint.
// Refusals: those of Desk, NothingMeasured.
func (h *Hall) Print(ctx context.Context, d id.Desk, v id.Visit, p id.Person) error {
	return h.decide(ctx, d, v, func(tx *ledger.Tx, _ *visit.Visit) error {
		for _, k := range slices.Backward(growth.OfVisit(tx, v)) {
			if k.Person == p {
				return h.Floor.QueuePaper(tx, fmt.Sprintf("%s/%s/%d", Form, v, k.Seq), Form)
			}
		}
		return desk.Refuse(desk.NothingMeasured)
	})
}

// Sheet is what a job of Form prints. Refusals: NoSuchVisit.
func (h *Hall) Sheet(ctx context.Context, job paper.Job) (s Sheet, err error) {
	err = h.Floor.Look(ctx, func(snap ledger.Snapshot) error {
		name, record, _ := strings.Cut(strings.TrimPrefix(job.Subject, Form+"/"), "/")
		v, ok := visit.Get(snap, id.Visit(name))
		if !ok {
			return desk.Refuse(desk.NoSuchVisit)
		}
		for _, k := range growth.OfVisit(snap, v.ID) {
			if fmt.Sprint(k.Seq) != record {
				continue
			}
			who, _ := person.Get(snap, k.Person)
			s = Sheet{Token: v.Token, Day: v.Day, Kept: k, Sex: sexOf(who.Sex), Next: h.stillToCome(&v), Reprint: job.Reprint}
			for _, one := range growth.Series(snap, k.Person) {
				s.Points = append(s.Points, Point(one.Measured))
			}
			return nil
		}
		return desk.Refuse(desk.NoSuchVisit)
	})
	return s, err
}
