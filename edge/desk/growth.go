package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"markaz.example/edge/book/growth"
	"markaz.example/edge/book/household"
	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/person"
	"markaz.example/edge/book/reading"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/chart"
	"markaz.example/edge/civil"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/lms"
)

// FormGrowth is the paper with a child's curve: "growth/VISIT/SEQ", the measurement's record.
const FormGrowth = "growth"

// GrowthDesk is a measuring desk's screen: the family in hand, and who of it was measured on this visit.
type GrowthDesk struct {
	Seq     uint64
	Visit   id.Visit
	Token   id.Token
	Service Service
	Family  *Family // nil until the visit is a household's
	Kept    map[id.Person]growth.Kept
	Arms    map[id.Person]growth.KeptScreened
	Next    []Service // stops still to come, in order
}

// GrowthChild is a child with everything that was measured of it, oldest first.
type GrowthChild struct {
	Person id.Person
	Sex    lms.Sex
	Age    lms.Age // today
	Series []growth.Kept
}

// GrowthEntry is what was read of a child at a desk.
type GrowthEntry struct {
	Readings growth.Readings // sex and age are the floor's to fill in
	Weighed  uint64          // the child was put on the scale after this record; 0: no scale took part
	Insist   string          // why it is kept although it is not plausible; empty: it is not
	Instead  uint64          // record of a measurement that this one takes the place of; 0 for none
}

// GrowthTrial is what an entry comes to, before anything is recorded.
type GrowthTrial struct {
	Again    []string // what has to be read once more: "weight", "stature", "head", "arm"; nothing else is told then
	Measured growth.Measured
	Concerns []string // why to measure again: "flag-haz", "shrunk", "under-nine", "absurd"
	Next     []Service
	Point    chart.Measured
}

// measuring is the refusal of a desk that measures nobody; nil otherwise.
func (f *Floor) measuring(d id.Desk) error {
	at, ok := f.Catalogue.Desk(d)
	switch {
	case !ok:
		return refusal(NoSuchDesk, nil)
	case !at.Measures || f.Growth.Figures == nil:
		return refusal(NotMeasuringDesk, nil)
	}
	return nil
}

// GrowthDesk is what a measuring desk shows. Refusals: NoSuchDesk, NotMeasuringDesk, NobodyServed.
func (f *Floor) GrowthDesk(ctx context.Context, d id.Desk) (out GrowthDesk, err error) {
	if err := f.measuring(d); err != nil {
		return out, err
	}
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		v, err := servedAt(snap, d)
		if err != nil {
			return err
		}
		service, _ := f.Catalogue.Service(v.Stop().Service)
		out = GrowthDesk{Seq: snap.Seq(), Visit: v.ID, Token: v.Token, Service: service, Next: f.stillToCome(&v)}
		if h, ok := household.At(snap, v.ID); ok && !h.Forgotten {
			family := f.family(snap, h, v)
			out.Family = &family
		}
		out.measured(snap)
		return nil
	})
	return out, err
}

// measured adds who was measured on this visit.
func (g *GrowthDesk) measured(snap ledger.Snapshot) {
	g.Kept, g.Arms = map[id.Person]growth.Kept{}, map[id.Person]growth.KeptScreened{}
	for _, k := range growth.OfVisit(snap, g.Visit) {
		g.Kept[k.Person] = k
	}
	if g.Family == nil {
		return
	}
	for _, m := range g.Family.Members {
		if k, ok := growth.NewestScreened(snap, m.Person); ok && k.Screened.Visit == g.Visit {
			g.Arms[m.Person] = k
		}
	}
}

func (f *Floor) stillToCome(v *visit.Visit) (out []Service) {
	for _, i := range v.Plan {
		s, _ := f.Catalogue.Service(v.Stops[i].Service)
		out = append(out, s)
	}
	return out
}

// GrowthChild is a child of the family in hand. Refusals: those of GrowthDesk, NobodyKnown, NoChild, VaultClosed.
func (f *Floor) GrowthChild(ctx context.Context, d id.Desk, v id.Visit, p id.Person) (out GrowthChild, err error) {
	if err := f.measuring(d); err != nil {
		return out, err
	}
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		if at, err := servedAt(snap, d); err != nil || at.ID != v {
			return refusal(NobodyServed, err)
		}
		out, err = f.child(snap, v, p)
		return err
	})
	return out, err
}

func (f *Floor) child(src ledger.Source, v id.Visit, p id.Person) (GrowthChild, error) {
	if _, err := inHand(src, v, p); err != nil {
		return GrowthChild{}, err
	}
	if as, _ := placeOf(src, v, p); as != household.Child {
		return GrowthChild{}, refusal(NoChild, nil)
	}
	bio, err := f.BioOf(src, p)
	if err != nil {
		return GrowthChild{}, err
	}
	return GrowthChild{Person: p, Sex: sexOf(bio.Sex), Age: ageOf(bio.Birth, f.Today()), Series: growth.Series(src, p)}, nil
}

// placeOf is what somebody is in the household in hand.
func placeOf(src ledger.Source, v id.Visit, p id.Person) (string, bool) {
	h, _ := household.At(src, v)
	for _, m := range h.Members {
		if m.Person == p {
			return m.As, true
		}
	}
	return "", false
}

func sexOf(s civil.Sex) lms.Sex {
	switch s {
	case civil.Male:
		return lms.Male
	case civil.Female:
		return lms.Female
	}
	return lms.SexUnknown
}

func ageOf(b civil.Birth, today time.Time) lms.Age {
	if b.None() {
		return lms.Age{}
	}
	known := map[civil.Precision]lms.Precision{civil.Exact: lms.AgeExact, civil.Month: lms.AgeInMonths, civil.Estimated: lms.AgeEstimated}
	return lms.Age{Days: int32(b.Days(today)), Precision: known[b.Precision()]}
}

// Weighed is what the scale said of a child that was put on it after a record; false for nothing.
func (f *Floor) Weighed(ctx context.Context, v id.Visit, after uint64) (out reading.Kept, ok bool) {
	_ = f.Look(ctx, func(snap ledger.Snapshot) error {
		out, ok = weighed(snap, v, after)
		return nil
	})
	return out, ok
}

func weighed(src ledger.Source, v id.Visit, after uint64) (reading.Kept, bool) {
	for _, k := range reading.Of(src, v) {
		if k.Taken.Who == reading.Child && k.Taken.What == reading.Weight && after != 0 && k.Seq > after {
			return k, true
		}
	}
	return reading.Kept{}, false
}

// TryGrowth is what an entry would come to: nothing is recorded. Refusals: those of GrowthChild.
func (f *Floor) TryGrowth(ctx context.Context, d id.Desk, v id.Visit, p id.Person, e GrowthEntry) (out GrowthTrial, err error) {
	if err := f.measuring(d); err != nil {
		return out, err
	}
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		at, err := servedAt(snap, d)
		if err != nil || at.ID != v {
			return refusal(NobodyServed, err)
		}
		out, err = f.tried(snap, d, &at, p, e)
		return err
	})
	return out, err
}

// tried makes a record of an entry and says what speaks against it.
func (f *Floor) tried(src ledger.Source, d id.Desk, v *visit.Visit, p id.Person, e GrowthEntry) (out GrowthTrial, err error) {
	child, err := f.child(src, v.ID, p)
	if err != nil {
		return out, err
	}
	r := f.readings(src, v.ID, child, e)
	if out.Again = again(r, e, f.Growth.Limits); len(out.Again) > 0 {
		return out, nil
	}
	at := growth.Place{Visit: v.ID, Stop: uint8(v.At()), Desk: d}
	made, a, err := growth.Make(f.Growth.Figures, at, r, f.Growth.Limits, 0)
	if err != nil {
		return out, err
	}
	doubts := f.lineDoubts(child, made, e.Instead)
	made.Doubts = growth.Doubts(doubts)
	out.Measured, out.Concerns = made, concerns(made, a)
	out.Point = Point(made)
	for _, s := range growth.Follow(f.Growth.Rules, made) {
		service, _ := f.Catalogue.Service(s)
		out.Next = append(out.Next, service)
	}
	return out, nil
}

// readings are an entry with what the floor knows: who it is, and what the scale said.
func (f *Floor) readings(src ledger.Source, v id.Visit, c GrowthChild, e GrowthEntry) growth.Readings {
	r := e.Readings
	r.Sex, r.Age = c.Sex, c.Age
	k, ok := weighed(src, v, e.Weighed)
	if !ok {
		return r
	}
	r.WeightsG = []uint32{k.Taken.Value}
	if k.Taken.How == reading.FromScale {
		r.WeightsG = nil
		for _, g := range k.Taken.Raw {
			r.WeightsG = append(r.WeightsG, uint32(g))
		}
	}
	r.Instruments = append(slices.Clone(r.Instruments), growth.Instrument{Name: k.Taken.Device})
	return r
}

// again is what has to be read once more: a reading alone, or readings that do not agree. What a scale made sure of is
// enough.
func again(r growth.Readings, e GrowthEntry, l lms.Limits) (what []string) {
	for _, one := range []struct {
		name string
		of   growth.Readings
		n    int
	}{
		{"weight", growth.Readings{WeightsG: r.WeightsG}, len(r.WeightsG)},
		{"stature", growth.Readings{Statures: r.Statures}, len(r.Statures)},
		{"head", growth.Readings{Heads: r.Heads}, len(r.Heads)},
		{"arm", growth.Readings{Arms: r.Arms}, len(r.Arms)},
	} {
		_, err := one.of.Child(l)
		alone := one.n == 1 && (one.name != "weight" || len(e.Readings.WeightsG) == 1)
		if alone || err != nil {
			what = append(what, one.name)
		}
	}
	return what
}

// lineDoubts hold a measurement against the one before.
func (f *Floor) lineDoubts(c GrowthChild, made growth.Measured, instead uint64) lms.Doubt {
	for _, before := range slices.Backward(c.Series) {
		if before.Seq != instead {
			now := growth.Kept{Measured: made, Wall: f.Ledger.Clock().Now().Wall}
			return f.Growth.Steps.Doubts(before.AsVisit(), now.AsVisit())
		}
	}
	return 0
}

func concerns(e growth.Measured, a lms.Assessment) (out []string) {
	for _, score := range e.Flagged {
		out = append(out, "flag-"+score)
	}
	if slices.ContainsFunc(a.Scores[:], func(s lms.Score) bool { return s.Why == lms.Absurd }) {
		out = append(out, "absurd")
	}
	if e.UnderNine {
		out = append(out, "under-nine")
	}
	return append(out, e.Doubts...)
}

// Point is a measurement as a chart draws it.
func Point(e growth.Measured) chart.Measured {
	p := chart.Measured{
		Weight: lms.Mass(e.WeightMG), Arm: lms.Length(e.ArmUM), Doubted: len(e.Flagged) > 0,
		Stature: lms.Stature{Corrected: lms.Length(e.CorrectedUM), As: lms.Lying},
	}
	if e.TakenAs == growth.Standing {
		p.Stature.As = lms.Standing
	}
	if e.AgeDays != nil {
		p.Age = lms.Age{Days: *e.AgeDays, Precision: lms.AgeExact}
	}
	return p
}

// SaveGrowth records what was measured of a child, and adds what follows from it as the next stops, all in one decision.
// Refusals: those of GrowthChild, MeasureAgain, GrowthDoubt, NothingMeasured, NoMeasurement.
func (f *Floor) SaveGrowth(ctx context.Context, d id.Desk, v id.Visit, p id.Person, e GrowthEntry) error {
	return f.atMeasuring(ctx, d, v, func(tx *ledger.Tx, at *visit.Visit) error {
		t, err := f.tried(tx, d, at, p, e)
		switch {
		case err != nil:
			return err
		case len(t.Again) > 0:
			return refusal(MeasureAgain, nil)
		case t.Measured.WeightMG|t.Measured.StatureUM|t.Measured.HeadUM|t.Measured.ArmUM == 0 && t.Measured.Oedema == "":
			return refusal(NothingMeasured, nil)
		case len(t.Concerns) > 0 && !oneOf(e.Insist, growth.Insists()):
			return refusal(GrowthDoubt, nil)
		}
		if e.Instead != 0 {
			if err := growth.Withdraw(tx, p, growth.Withdrawn{Of: e.Instead, Reason: growth.Misread}); err != nil {
				return err
			}
		}
		if len(t.Concerns) > 0 {
			insisted := growth.Insisted{Visit: at.ID, Stop: uint8(at.At()), Desk: d, Reason: e.Insist}
			if err := growth.Insist(tx, p, insisted); err != nil {
				return err
			}
		}
		if err := growth.Measure(tx, p, t.Measured); err != nil {
			return err
		}
		return f.followGrowth(tx, d, at, t.Measured)
	})
}

// followGrowth puts what follows from a measurement in front of what is planned, the first service first. A visit that has
// no room for more is measured all the same.
func (f *Floor) followGrowth(tx *ledger.Tx, d id.Desk, v *visit.Visit, e growth.Measured) error {
	with := false
	for _, s := range slices.Backward(growth.Follow(f.Growth.Rules, e)) {
		if v.Has(s) {
			continue
		}
		err := visit.AddStop(tx, v.ID, visit.StopAdded{Desk: d, Service: s, Next: true, Cause: "growth", With: with})
		if err != nil && !errors.Is(err, visit.ErrFull) && !errors.Is(err, visit.ErrTwice) {
			return err
		}
		with = true
	}
	return nil
}

// atMeasuring takes a decision of a measuring desk about the visit that it serves.
func (f *Floor) atMeasuring(ctx context.Context, d id.Desk, v id.Visit, decision func(*ledger.Tx, *visit.Visit) error) error {
	if err := f.measuring(d); err != nil {
		return err
	}
	return f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		at, err := servedAt(tx, d)
		if err != nil || at.ID != v {
			return refusal(NobodyServed, err)
		}
		return decision(tx, &at)
	})
}

// ScreenWoman records a woman's arm by the programme's cut-off. Refusals: those of GrowthDesk, NobodyKnown, NoWoman,
// MeasureAgain.
func (f *Floor) ScreenWoman(ctx context.Context, d id.Desk, v id.Visit, p id.Person, armsMM []uint32) error {
	return f.atMeasuring(ctx, d, v, func(tx *ledger.Tx, at *visit.Visit) error {
		who, err := inHand(tx, v, p)
		if err != nil {
			return err
		}
		if as, _ := placeOf(tx, v, p); as == household.Child || who.Sex != civil.Female {
			return refusal(NoWoman, nil)
		}
		if len(armsMM) < 2 {
			return refusal(MeasureAgain, nil)
		}
		place := growth.Place{Visit: v, Stop: uint8(at.At()), Desk: d}
		e, err := growth.MakeScreened(place, armsMM, f.Growth.CutOffMM, f.Growth.Limits)
		if err != nil {
			return err
		}
		return growth.Screen(tx, p, e)
	})
}

// WithdrawGrowth records that a measurement of this visit does not count: another child was on the board.
// Refusals: those of GrowthChild, NoMeasurement.
func (f *Floor) WithdrawGrowth(ctx context.Context, d id.Desk, v id.Visit, p id.Person, seq uint64) error {
	return f.atMeasuring(ctx, d, v, func(tx *ledger.Tx, _ *visit.Visit) error {
		if _, err := inHand(tx, v, p); err != nil {
			return err
		}
		if k, ok := growth.Newest(tx, p); !ok || k.Seq != seq || k.Measured.Visit != v {
			return refusal(NoMeasurement, nil)
		}
		return growth.Withdraw(tx, p, growth.Withdrawn{Of: seq, Reason: growth.WrongPerson})
	})
}

// PrintGrowth prints a child's curve with what was measured on this visit; a second time is a reprint.
// Refusals: those of GrowthDesk, NothingMeasured.
func (f *Floor) PrintGrowth(ctx context.Context, d id.Desk, v id.Visit, p id.Person) error {
	return f.atMeasuring(ctx, d, v, func(tx *ledger.Tx, _ *visit.Visit) error {
		for _, k := range slices.Backward(growth.OfVisit(tx, v)) {
			if k.Person == p {
				return f.QueuePaper(tx, fmt.Sprintf("%s/%s/%d", FormGrowth, v, k.Seq), FormGrowth)
			}
		}
		return refusal(NothingMeasured, nil)
	})
}

// GrowthSheet is a paper with a child's curve. It names nobody.
type GrowthSheet struct {
	Token   id.Token
	Day     string // business day
	Kept    growth.Kept
	Sex     lms.Sex
	Points  []chart.Measured
	Next    []Service // stops still to come
	Reprint bool
}

// GrowthSheet is what a job of FormGrowth prints. Refusals: NoSuchVisit.
func (f *Floor) GrowthSheet(ctx context.Context, job paper.Job) (s GrowthSheet, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		name, record, _ := strings.Cut(strings.TrimPrefix(job.Subject, FormGrowth+"/"), "/")
		v, ok := visit.Get(snap, id.Visit(name))
		if !ok {
			return refusal(NoSuchVisit, nil)
		}
		for _, k := range growth.OfVisit(snap, v.ID) {
			if fmt.Sprint(k.Seq) != record {
				continue
			}
			who, _ := person.Get(snap, k.Person)
			s = GrowthSheet{Token: v.Token, Day: v.Day, Kept: k, Sex: sexOf(who.Sex), Next: f.stillToCome(&v), Reprint: job.Reprint}
			for _, one := range growth.Series(snap, k.Person) {
				s.Points = append(s.Points, Point(one.Measured))
			}
			return nil
		}
		return refusal(NoSuchVisit, nil)
	})
	return s, err
}
