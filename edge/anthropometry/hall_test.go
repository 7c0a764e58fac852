package anthropometry_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"markaz.example/edge/anthropometry"
	"markaz.example/edge/book/growth"
	"markaz.example/edge/book/household"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/chain"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/desk/desktest"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/lms"
	"markaz.example/edge/registration"
	"markaz.example/edge/vault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hall is a centre whose desk B registers and measures, with a family at it that never was.
type hall struct {
	*anthropometry.Hall
	floor                      *desktest.Hall
	visit                      id.Visit
	home                       id.Household
	mother, father, girl, baby id.Person // the girl is eighteen months old, the baby six
}

// offers has more services than a visit can have stops: "s-00" to "s-17" are of no meaning here.
func offers() (c desk.Catalogue) {
	codes := []id.Service{"measuring", "check-up", "treatment", "food"}
	for i := range visit.StopsMax + 2 {
		codes = append(codes, id.Service(fmt.Sprintf("s-%02d", i)))
	}
	for _, code := range codes {
		c.Services = append(c.Services, desk.Service{Code: code, Letter: "N"})
	}
	c.Desks = []desk.Desk{
		{Code: "B", Serves: codes[:1], Registers: true, Measures: true},
		{Code: "C", Serves: codes[1:]},
	}
	return c
}

func open(t *testing.T) *hall {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "vault")
	err := vault.Create(dir, vault.Keys{})
	v, err2 := vault.Open(dir, vault.Keys{})
	figures, err3 := lms.BuiltIn()
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	floor := desktest.Open(t, offers(), slices.Concat(registration.Books(), anthropometry.Books())...)
	people := &registration.Registry{Floor: floor.Floor, Vault: v}
	return &hall{floor: floor, Hall: &anthropometry.Hall{Floor: floor.Floor, People: people, Settings: growth.Settings{
		Figures: figures, Limits: lms.DefaultLimits(), Steps: lms.DefaultSteps(), CutOffMM: 230,
		Rules: []growth.Rule{
			{Of: "acute", Class: "severe", Next: []id.Service{"treatment", "food"}},
			{Of: "acute", Class: "moderate", Next: []id.Service{"food"}},
		},
	}}}
}

// family brings a visit to desk B, and registers who came.
func family(t *testing.T) *hall {
	t.Helper()
	h := open(t)
	h.visit = h.floor.Serve("B", "measuring", "check-up")
	h.register(t)
	return h
}

func (h *hall) register(t *testing.T) {
	t.Helper()
	first, err := h.People.RegisterFamily(t.Context(), "B", h.visit, h.person(t, household.Mother, "Zarmina Bibi", civil.Female, "1998-7-4"))
	desktest.Refused(t, "register", err, "")
	h.home, h.mother = first.ID, first.Members[0].Person
	h.father = h.add(t, h.person(t, household.Father, "Zaman Khan", civil.Male, "1995-1-2"))
	h.girl = h.add(t, h.person(t, household.Child, "Gul Meena", civil.Female, "2025-5-14"))
	h.baby = h.add(t, h.person(t, household.Child, "Spozhmai", civil.Female, "2026-5-20"))
}

func (h *hall) add(t *testing.T, e registration.Registrant) id.Person {
	t.Helper()
	family, err := h.People.AddMember(t.Context(), "B", h.visit, h.home, e)
	desktest.Refused(t, "add "+e.As, err, "")
	return family.Members[len(family.Members)-1].Person
}

func (h *hall) person(t *testing.T, as, name string, sex civil.Sex, born string) registration.Registrant {
	t.Helper()
	var year, month, day int
	fmt.Sscanf(born, "%d-%d-%d", &year, &month, &day)
	called, err := civil.ParseName(name)
	birth, err2 := civil.ParseBirth(fmt.Sprint(year), fmt.Sprint(month), fmt.Sprint(day), h.Floor.Today())
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return registration.Registrant{As: as, Name: called, Sex: sex, Birth: birth, Confirmed: []string{registration.DoubtNoNumber}}
}

// again brings the family to desk B once more.
func (h *hall) again(t *testing.T, services ...id.Service) {
	t.Helper()
	desktest.Refused(t, "finish", h.Floor.Finish(t.Context(), "B", "done", false), "")
	h.visit = h.floor.Serve("B", services...)
	desktest.Refused(t, "attach", h.People.AttachFamily(t.Context(), "B", h.visit, h.home), "")
}

// well is a girl of eighteen months in good health; wasted is one whose arm says that she needs treatment today.
func well() anthropometry.Entry {
	return anthropometry.Entry{Readings: growth.Readings{
		WeightsG: []uint32{10200, 10210}, Statures: []uint32{807, 808}, Arms: []uint32{150, 151}, Position: lms.Lying, Oedema: lms.OedemaNo,
	}}
}

func wasted() anthropometry.Entry {
	e := well()
	e.Readings.Arms = []uint32{113, 114}
	return e
}

func (h *hall) save(t *testing.T, p id.Person, e anthropometry.Entry) growth.Kept {
	t.Helper()
	desktest.Refused(t, "save", h.Save(t.Context(), "B", h.visit, p, e), "")
	all := h.series(p)
	return all[len(all)-1]
}

func (h *hall) series(p id.Person) (all []growth.Kept) {
	h.floor.View(func(s ledger.Snapshot) { all = growth.Series(s, p) })
	return all
}

// plan is the services that are still to come.
func (h *hall) plan(t *testing.T) (codes []id.Service) {
	t.Helper()
	now, err := h.Desk(t.Context(), "B")
	desktest.Refused(t, "desk", err, "")
	for _, s := range now.Next {
		codes = append(codes, s.Code)
	}
	return codes
}

// kinds are of the records after one, in order.
func (h *hall) kinds(t *testing.T, after uint64) (kinds []chain.Kind) {
	t.Helper()
	records, err := h.Floor.Ledger.Read(after, 1<<20)
	for _, b := range records {
		r, err := chain.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, r.Kind)
	}
	if err != nil {
		t.Fatal(err)
	}
	return kinds
}

func (h *hall) head() uint64 { return h.Floor.Ledger.Acknowledged().Seq }

// Nobody is measured at the wrong desk, of another visit or family, or without what is needed; and nothing is recorded.
func TestRefusals(t *testing.T) {
	h := family(t)
	ctx, none := t.Context(), id.Person("AAAAAAAAAAAAAAAA")
	head := h.head()
	for _, c := range []struct {
		what string
		d    id.Desk
		v    id.Visit
		p    id.Person
		want string
	}{
		{"no such desk", "Z", h.visit, h.girl, desk.NoSuchDesk},
		{"a desk that measures nobody", "C", h.visit, h.girl, desk.NotMeasuringDesk},
		{"another visit", "B", "WWWWWWWWWWWWWWWW", h.girl, desk.NobodyServed},
		{"nobody", "B", h.visit, none, desk.NobodyKnown},
	} {
		_, err := h.Child(ctx, c.d, c.v, c.p)
		desktest.Refused(t, c.what+": child", err, c.want)
		_, err = h.Try(ctx, c.d, c.v, c.p, well())
		desktest.Refused(t, c.what+": try", err, c.want)
		desktest.Refused(t, c.what+": save", h.Save(ctx, c.d, c.v, c.p, well()), c.want)
		desktest.Refused(t, c.what+": woman", h.ScreenWoman(ctx, c.d, c.v, c.p, []uint32{240, 241}), c.want)
		desktest.Refused(t, c.what+": withdraw", h.Withdraw(ctx, c.d, c.v, c.p, 1), c.want)
	}
	for _, p := range []id.Person{h.mother, h.father} {
		_, err := h.Child(ctx, "B", h.visit, p)
		desktest.Refused(t, "no child", err, desk.NoChild)
		desktest.Refused(t, "no child: save", h.Save(ctx, "B", h.visit, p, well()), desk.NoChild)
	}
	sealed := h.People.Vault
	h.People.Vault = nil
	desktest.Refused(t, "without the vault", h.Save(ctx, "B", h.visit, h.girl, well()), desk.VaultClosed)
	h.People.Vault, h.Settings.Figures = sealed, nil
	_, err := h.Desk(ctx, "B")
	desktest.Refused(t, "without figures", err, desk.NotMeasuringDesk)
	if now := h.head(); now != head {
		t.Errorf("refusals recorded %v", h.kinds(t, head))
	}
}

// A desk that serves nobody shows nobody, one whose visit is nobody's yet no family, and who was measured is told of this
// visit alone.
func TestDesk(t *testing.T) {
	h := open(t)
	_, err := h.Desk(t.Context(), "B")
	desktest.Refused(t, "nobody served", err, desk.NobodyServed)
	h.visit = h.floor.Serve("B", "measuring", "check-up")
	if now, err := h.Desk(t.Context(), "B"); err != nil || now.Family != nil || now.Token != "N001" || now.Service.Code != "measuring" {
		t.Errorf("before the family: %+v, %v", now, err)
	}
	h.register(t)
	h.save(t, h.girl, well())
	desktest.Refused(t, "woman", h.ScreenWoman(t.Context(), "B", h.visit, h.mother, []uint32{221, 222}), "")
	now, err := h.Desk(t.Context(), "B")
	if err != nil || len(now.Family.Members) != 4 || len(now.Kept) != 1 || now.Kept[h.girl].Measured.Acute != "normal" || now.Arms[h.mother].Screened.Class != "low" {
		t.Errorf("measured: %+v, %v", now, err)
	}
	h.again(t, "measuring")
	if now, err := h.Desk(t.Context(), "B"); err != nil || now.Family == nil || len(now.Kept)+len(now.Arms) != 0 {
		t.Errorf("the next visit: %+v, %v", now, err)
	}
	if c, err := h.Child(t.Context(), "B", h.visit, h.girl); err != nil || len(c.Series) != 1 || c.Age.Days != 557 || c.Sex != lms.Female {
		t.Errorf("the girl: %+v, %v", c, err)
	}
}
