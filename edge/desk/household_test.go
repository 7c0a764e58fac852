package desk_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/vault"
)

// The people here never were; their numbers are of no district.
const (
	motherNumber = "69901-7654321-2"
	childNumber  = "69901-1112223-4"
	motherName   = "Zarmina Bibi"
	childName    = "گل مینا"
)

// registry is a hall whose desk A registers families, with a vault of the test.
func registry(t *testing.T) (*hall, string) {
	t.Helper()
	h := openHall(t)
	dir := filepath.Join(t.TempDir(), "vault")
	if err := vault.Create(dir, ""); err != nil {
		t.Fatal(err)
	}
	h.Catalogue.Desks[0].Registers = true
	h.openVault(t, dir)
	return h, dir
}

func (h *hall) openVault(t *testing.T, dir string) {
	t.Helper()
	v, err := vault.Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	h.Vault = v
	t.Cleanup(func() { v.Close() })
}

func number(t *testing.T, typed string) civil.Number {
	t.Helper()
	n, err := civil.ParseNumber(typed)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (h *hall) mother(t *testing.T) desk.Registrant {
	t.Helper()
	name, err := civil.ParseName(motherName)
	birth, err2 := civil.ParseBirth("1998", "7", "", h.Today())
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return desk.Registrant{As: household.Mother, Name: name, Sex: civil.Female, NumberKind: person.CNIC, Number: number(t, motherNumber), Birth: birth}
}

func (h *hall) child(t *testing.T) desk.Registrant {
	t.Helper()
	name, err := civil.ParseName(childName)
	birth, err2 := civil.ParseBirth("2025", "3", "14", h.Today())
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return desk.Registrant{As: household.Child, Name: name, Sex: civil.Female, Birth: birth}
}

// family registers a mother with a child on a visit at desk A.
func (h *hall) family(t *testing.T) (id.Visit, desk.Family) {
	t.Helper()
	v := h.serve(t, "A")
	f, err := h.RegisterFamily(t.Context(), "A", v, h.mother(t))
	if err != nil {
		t.Fatal(err)
	}
	if f, err = h.AddMember(t.Context(), "A", v, f.ID, h.child(t)); err != nil {
		t.Fatal(err)
	}
	return v, f
}

func TestRegisterFamily(t *testing.T) {
	h, _ := registry(t)
	ctx := t.Context()
	_, err := h.Registration(ctx, "B")
	refused(t, "a desk that does not register", err, desk.NotRegistering)
	_, err = h.Registration(ctx, "A")
	refused(t, "nobody served", err, desk.NobodyServed)
	v, f := h.family(t)
	if len(f.Members) != 2 || !f.Here || f.Visits != 1 {
		t.Fatalf("%+v", f)
	}
	mother, child := f.Members[0], f.Members[1]
	if mother.Name != "Z… B…" || mother.Number != "•••••-••••321-2" || mother.Precision != civil.Month || mother.As != household.Mother {
		t.Errorf("the mother is shown as %+v", mother)
	}
	if child.Name != "گ… م…" || child.Number != "" || child.Months != 20 || child.Closed {
		t.Errorf("the child is shown as %+v", child)
	}
	_, err = h.AddMember(ctx, "A", v, "AAAAAAAAAAAAAAAA", h.child(t))
	refused(t, "a child of a family elsewhere", err, desk.NobodyKnown)
	_, err = h.AddMember(ctx, "A", "AAAAAAAAAAAAAAAA", f.ID, h.child(t))
	refused(t, "on a visit elsewhere", err, desk.NobodyServed)
	_, err = h.AddMember(ctx, "A", v, f.ID, desk.Registrant{As: household.Child})
	refused(t, "nothing typed", err, desk.EntryShort)

	refused(t, "finish", h.Finish(ctx, "A", "done", false), "")
	again := h.serve(t, "A")
	if r, err := h.Registration(ctx, "A"); err != nil || r.Family != nil {
		t.Errorf("a new visit has a family: %+v, %v", r, err)
	}
	found, err := h.FindFamily(ctx, "A", number(t, "۶۹۹۰۱ ۷۶۵۴۳۲۱ ۲"))
	if err != nil || found.ID != f.ID || found.Here {
		t.Fatalf("found %+v, %v", found, err)
	}
	_, err = h.FindFamily(ctx, "A", number(t, childNumber))
	refused(t, "a number nobody has", err, desk.NobodyKnown)
	refused(t, "attach", h.AttachFamily(ctx, "A", again, f.ID), "")
	refused(t, "attach nobody", h.AttachFamily(ctx, "A", again, "AAAAAAAAAAAAAAAA"), desk.NobodyKnown)
	if r, err := h.Registration(ctx, "A"); err != nil || r.Family == nil || r.Family.Visits != 2 {
		t.Errorf("attached: %+v, %v", r.Family, err)
	}
}

// A number is registered once; what is unusual is confirmed by a person, and recorded with the entry.
func TestDuplicatesAndDoubts(t *testing.T) {
	h, _ := registry(t)
	ctx := t.Context()
	v, f := h.family(t)
	known, err := h.RegisterFamily(ctx, "A", v, h.mother(t))
	refused(t, "the mother again", err, desk.PersonKnown)
	if known.ID != f.ID || known.Members[0].Name != "Z… B…" {
		t.Errorf("who has the number: %+v", known)
	}
	twin := h.child(t)
	twin.Name, _ = civil.ParseName("زرمینہ")
	for _, c := range []struct {
		name   string
		change func(*desk.Registrant)
		doubt  string
	}{
		{"a twin", func(*desk.Registrant) {}, desk.DoubtTwin},
		{"the same child", func(e *desk.Registrant) { e.Name = h.child(t).Name }, desk.DoubtSameName},
		{"a man's number", func(e *desk.Registrant) {
			e.Number, e.NumberKind, e.Birth = number(t, "69901-0000000-1"), person.BForm, h.mother(t).Birth
		}, "sex"},
		{"no province", func(e *desk.Registrant) {
			e.Number, e.NumberKind, e.Sex = number(t, "99901-0000000-1"), person.BForm, civil.Male
		}, "province"},
		{"a grown child", func(e *desk.Registrant) { e.Birth = h.mother(t).Birth; e.Sex = civil.Male }, desk.DoubtOld},
		{"an aunt without a card", func(e *desk.Registrant) { e.As = household.Member; e.Sex = civil.Male }, desk.DoubtNoNumber},
	} {
		e := twin
		c.change(&e)
		doubts, err := h.Doubts(ctx, f.ID, e)
		if err != nil || !slices.Contains(doubts, c.doubt) {
			t.Errorf("%s: doubts %v, %v", c.name, doubts, err)
		}
		_, err = h.AddMember(ctx, "A", v, f.ID, e)
		refused(t, c.name, err, desk.PersonDoubt)
	}
	twin.Confirmed = []string{desk.DoubtTwin, "sex"}
	after, err := h.AddMember(ctx, "A", v, f.ID, twin)
	if err != nil || len(after.Members) != 3 {
		t.Fatalf("a twin confirmed: %+v, %v", after, err)
	}
}

// Two desks that register one number at once: one of them is told.
func TestOneNumberAtTwoDesks(t *testing.T) {
	h, _ := registry(t)
	h.Catalogue.Desks[1].Registers = true
	visits := map[id.Desk]id.Visit{"A": h.serve(t, "A"), "B": h.serve(t, "B")}
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for d, v := range visits {
		e := h.mother(t)
		wg.Go(func() {
			_, err := h.RegisterFamily(context.Background(), d, v, e)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case !errors.Is(err, desk.Refuse(desk.PersonKnown)):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d desks registered one number", won)
	}
}

// A look is recorded before it is shown, and only the family in hand is shown.
func TestShowPerson(t *testing.T) {
	h, _ := registry(t)
	ctx := t.Context()
	v, f := h.family(t)
	p := f.Members[0].Person
	_, err := h.ShowPerson(ctx, "A", v, p, "nosy")
	refused(t, "for no reason", err, desk.BadReason)
	shown, err := h.ShowPerson(ctx, "A", v, p, "compare")
	if err != nil || shown.Name.Text() != motherName || shown.Number.Written() != motherNumber || shown.Birth.Date() != "1998-07-15" {
		t.Errorf("shown %q %q %q, %v", shown.Name.Text(), shown.Number.Written(), shown.Birth.Date(), err)
	}
	if got := h.person(t, p); got.Looks != 1 {
		t.Errorf("%d looks are recorded", got.Looks)
	}
	refused(t, "finish", h.Finish(ctx, "A", "done", false), "")
	other := h.serve(t, "A")
	_, err = h.ShowPerson(ctx, "A", other, p, "compare")
	refused(t, "a family that is not in hand", err, desk.NobodyKnown)
	if got := h.person(t, p); got.Looks != 1 {
		t.Errorf("a look that was refused is recorded: %d", got.Looks)
	}
}

func (h *hall) person(t *testing.T, p id.Person) (out person.Person) {
	t.Helper()
	err := h.Ledger.View(context.Background(), func(s ledger.Snapshot) error { out, _ = person.Get(s, p); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCorrectPerson(t *testing.T) {
	h, _ := registry(t)
	ctx := t.Context()
	v, f := h.family(t)
	mother, child := f.Members[0].Person, f.Members[1].Person
	name, _ := civil.ParseName("Gul Meena")
	birth, _ := civil.EstimateBirth("9", h.Today())
	for _, c := range []struct {
		what string
		of   id.Person
		c    desk.Correction
		want string
	}{
		{"a name", child, desk.Correction{What: person.FieldName, Reason: "typing", Name: name}, ""},
		{"a birth date", child, desk.Correction{What: person.FieldBirth, Reason: "paper", Birth: birth}, ""},
		{"a number", child, desk.Correction{What: person.FieldNumber, Reason: "registered-now", Number: number(t, childNumber), NumberKind: person.BForm}, ""},
		{"a sex", child, desk.Correction{What: person.FieldSex, Reason: "typing", Sex: civil.Male}, ""},
		{"another's number", child, desk.Correction{What: person.FieldNumber, Reason: "typing", Number: number(t, motherNumber), NumberKind: person.CNIC, Confirmed: []string{"sex"}}, desk.PersonKnown},
		{"a doubtful number", child, desk.Correction{What: person.FieldNumber, Reason: "typing", Number: number(t, "09901-1112223-5"), NumberKind: person.BForm}, desk.PersonDoubt},
		{"to nothing", mother, desk.Correction{What: person.FieldName, Reason: "typing"}, desk.EntryShort},
		{"of nothing", mother, desk.Correction{Reason: "typing"}, desk.EntryShort},
		{"for no reason", mother, desk.Correction{What: person.FieldName, Name: name}, desk.BadReason},
		{"nobody", "AAAAAAAAAAAAAAAA", desk.Correction{What: person.FieldName, Reason: "typing", Name: name}, desk.NobodyKnown},
	} {
		refused(t, c.what, h.CorrectPerson(ctx, "A", v, c.of, c.c), c.want)
	}
	shown, err := h.ShowPerson(ctx, "A", v, child, "compare")
	if err != nil || shown.Name != name || shown.Birth != birth || shown.Number.Written() != childNumber {
		t.Errorf("after corrections: %q %q, %v", shown.Name.Text(), shown.Number.Written(), err)
	}
	err = h.Ledger.View(ctx, func(s ledger.Snapshot) error {
		bio, err := h.BioOf(s, child)
		if err != nil || bio.Sex != civil.Male || bio.Birth.Days(h.Today()) != 274 {
			t.Errorf("%s, %d days, %v", bio.Sex, bio.Birth.Days(h.Today()), err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Who is forgotten cannot be opened or found any more, and the chain verifies; an older copy of the vault is cleared of the
// key at the next start. (The ledger of the test is verified at its end.)
func TestForgetHousehold(t *testing.T) {
	h, dir := registry(t)
	ctx := t.Context()
	v, f := h.family(t)
	h.Vault.Close()
	old := filepath.Join(t.TempDir(), "old")
	copyDir(t, dir, old)
	h.openVault(t, dir)
	refused(t, "forget", h.ForgetHousehold(ctx, "desk/A", f.ID, "asked"), "")
	refused(t, "forget again", h.ForgetHousehold(ctx, "desk/A", f.ID, "asked"), desk.NobodyKnown)
	_, err := h.FindFamily(ctx, "A", number(t, motherNumber))
	refused(t, "find who was forgotten", err, desk.NobodyKnown)
	_, err = h.ShowPerson(ctx, "A", v, f.Members[0].Person, "compare")
	refused(t, "look at who was forgotten", err, desk.NobodyKnown)
	if r, err := h.Registration(ctx, "A"); err != nil || r.Family != nil {
		t.Errorf("the visit has a family still: %+v, %v", r.Family, err)
	}
	h.Vault.Close()
	h.openVault(t, old)
	subject := household.Subject(f.ID)
	if !h.Vault.Has(subject) {
		t.Fatal("control: the older copy has no key")
	}
	if err := h.SettleForgotten(ctx); err != nil || h.Vault.Has(subject) {
		t.Errorf("an older copy can open who was forgotten: %v", err)
	}
}

// Without its vault, with another's, and with an older copy a desk goes on, says so, and records nothing unsealed.
func TestWithoutTheVault(t *testing.T) {
	h, dir := registry(t)
	ctx := t.Context()
	old := filepath.Join(t.TempDir(), "old")
	h.Vault.Close()
	copyDir(t, dir, old)
	h.openVault(t, dir)
	v, f := h.family(t)
	head := h.Ledger.Acknowledged().Seq
	if n, err := h.Keyless(ctx); n != 0 || err != nil {
		t.Errorf("%d keyless, %v", n, err)
	}
	h.Vault.Close()
	h.openVault(t, old)
	if n, err := h.Keyless(ctx); n != 1 || err != nil {
		t.Errorf("with an older copy: %d keyless, %v", n, err)
	}
	for range 2 {
		r, err := h.Registration(ctx, "A")
		if err != nil || r.Family == nil || !r.Family.Members[0].Closed || r.Family.Members[0].Name != "" {
			t.Errorf("%+v, %v", r.Family, err)
		}
		_, err = h.ShowPerson(ctx, "A", v, f.Members[0].Person, "compare")
		refused(t, "show", err, desk.VaultClosed)
		_, err = h.AddMember(ctx, "A", v, f.ID, h.child(t))
		refused(t, "add", err, desk.VaultClosed)
		h.Vault = nil
	}
	_, err := h.RegisterFamily(ctx, "A", v, h.mother(t))
	refused(t, "register", err, desk.VaultClosed)
	_, err = h.FindFamily(ctx, "A", number(t, motherNumber))
	refused(t, "find", err, desk.VaultClosed)
	refused(t, "correct", h.CorrectPerson(ctx, "A", v, f.Members[0].Person, desk.Correction{Reason: "typing"}), desk.VaultClosed)
	refused(t, "forget", h.ForgetHousehold(ctx, "desk/A", f.ID, "asked"), desk.VaultClosed)
	if now := h.Ledger.Acknowledged().Seq; now != head {
		t.Errorf("%d records more", now-head)
	}
	if err := h.SettleForgotten(ctx); err != nil {
		t.Error(err)
	}
}

// Nothing that identifies anybody is in a record, a view or the log. The control is a note that is.
func TestNothingPersonalIsRecorded(t *testing.T) {
	h, _ := registry(t)
	var log bytes.Buffer
	h.Log = slog.New(slog.NewTextHandler(&log, nil))
	ctx := t.Context()
	v, f := h.family(t)
	birth, _ := civil.ParseBirth("2024", "2", "29", h.Today())
	refused(t, "correct", h.CorrectPerson(ctx, "A", v, f.Members[1].Person, desk.Correction{What: person.FieldBirth, Reason: "paper", Birth: birth}), "")
	_, err := h.RegisterFamily(ctx, "A", v, h.mother(t))
	slog.New(slog.NewTextHandler(&log, nil)).Error("refused", "err", err, "entry", h.mother(t))
	everything := h.bytes(t)
	everything.Write(log.Bytes())
	secrets := []string{"6990176543212", "7654321", "Zarmina", "گل", "1998-07", "2025-03", "2024-02-29", "1998"}
	for _, s := range secrets {
		if strings.Contains(everything.String(), s) {
			t.Errorf("%s is in the clear", s)
		}
	}
	if !strings.Contains(everything.String(), "household.joined/1") {
		t.Error("control: the records are not there")
	}
	everything.WriteString(motherName + childName)
	if !strings.Contains(everything.String(), "Zarmina") || !strings.Contains(everything.String(), "گل") {
		t.Error("control: a name in the clear is not found")
	}
}

// bytes is every record and every value of every view.
func (h *hall) bytes(t *testing.T) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	records, err := h.Ledger.Read(0, 1<<24)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		out.Write(r)
	}
	err = h.Ledger.View(context.Background(), func(s ledger.Snapshot) error {
		for _, b := range desk.Books() {
			s.Reader(b.Name).Scan(nil, func(k, v []byte) bool {
				out.Write(k)
				out.Write(v)
				return true
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return &out
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// TestTodayIsTheCentres: the day turns at midnight in Karachi, not in Greenwich.
func TestTodayIsTheCentres(t *testing.T) {
	h, _ := registry(t)
	h.file.Clock.Jump(16 * time.Hour)
	if got := h.Today().Format(time.DateOnly); got != "2026-11-23" {
		t.Errorf("it is %s", got)
	}
}
