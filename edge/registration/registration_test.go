package registration_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/book/staff"
	"markaz.example/edge/chain"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/desk/desktest"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/pin"
	"markaz.example/edge/registration"
	"markaz.example/edge/vault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The people here never were; their numbers are of no district.
const (
	motherNumber = "69901-7654321-2"
	childNumber  = "69901-1112223-4"
	motherName   = "Zarmina Bibi"
	childName    = "گل مینا"
)

// registry is a centre whose desks A and B register families where they say so, with a vault of the test.
type registry struct {
	*registration.Registry
	hall *desktest.Hall
	dir  string // of the vault
}

func open(t *testing.T) *registry {
	t.Helper()
	hall := desktest.Open(t, desk.Catalogue{
		Services: []desk.Service{{Code: "kafaalat", Letter: "K", Room: "1"}},
		Desks: []desk.Desk{
			{Code: "A", Room: "1", Serves: []id.Service{"kafaalat"}, Registers: true},
			{Code: "B", Room: "2", Serves: []id.Service{"kafaalat"}},
		},
	}, registration.Books()...)
	r := &registry{&registration.Registry{Floor: hall.Floor}, hall, filepath.Join(t.TempDir(), "vault")}
	if err := vault.Create(r.dir, ""); err != nil {
		t.Fatal(err)
	}
	r.openVault(t, r.dir)
	return r
}

func (r *registry) openVault(t *testing.T, dir string) {
	t.Helper()
	v, err := vault.Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	r.Vault = v
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

func (h *registry) mother(t *testing.T) registration.Registrant {
	t.Helper()
	name, err := civil.ParseName(motherName)
	birth, err2 := civil.ParseBirth("1998", "7", "", h.Floor.Today())
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return registration.Registrant{As: household.Mother, Name: name, Sex: civil.Female, NumberKind: person.CNIC, Number: number(t, motherNumber), Birth: birth}
}

func (h *registry) child(t *testing.T) registration.Registrant {
	t.Helper()
	name, err := civil.ParseName(childName)
	birth, err2 := civil.ParseBirth("2025", "3", "14", h.Floor.Today())
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return registration.Registrant{As: household.Child, Name: name, Sex: civil.Female, Birth: birth}
}

// family registers a mother with a child on a visit at desk A.
func (h *registry) family(t *testing.T) (id.Visit, registration.Family) {
	t.Helper()
	v := h.hall.Serve("A", "kafaalat")
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
	h := open(t)
	ctx := t.Context()
	_, err := h.Desk(ctx, "B")
	desktest.Refused(t, "a desk that does not register", err, desk.NotRegistering)
	_, err = h.Desk(ctx, "A")
	desktest.Refused(t, "nobody served", err, desk.NobodyServed)
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
	desktest.Refused(t, "a child of a family elsewhere", err, desk.NobodyKnown)
	_, err = h.AddMember(ctx, "A", "AAAAAAAAAAAAAAAA", f.ID, h.child(t))
	desktest.Refused(t, "on a visit elsewhere", err, desk.NobodyServed)
	_, err = h.AddMember(ctx, "A", v, f.ID, registration.Registrant{As: household.Child})
	desktest.Refused(t, "nothing typed", err, desk.EntryShort)

	desktest.Refused(t, "finish", h.Floor.Finish(ctx, "A", "done", false), "")
	again := h.hall.Serve("A", "kafaalat")
	if r, err := h.Desk(ctx, "A"); err != nil || r.Family != nil {
		t.Errorf("a new visit has a family: %+v, %v", r, err)
	}
	found, err := h.FindFamily(ctx, "A", number(t, "۶۹۹۰۱ ۷۶۵۴۳۲۱ ۲"))
	if err != nil || found.ID != f.ID || found.Here {
		t.Fatalf("found %+v, %v", found, err)
	}
	_, err = h.FindFamily(ctx, "A", number(t, childNumber))
	desktest.Refused(t, "a number nobody has", err, desk.NobodyKnown)
	desktest.Refused(t, "attach", h.AttachFamily(ctx, "A", again, f.ID), "")
	desktest.Refused(t, "attach nobody", h.AttachFamily(ctx, "A", again, "AAAAAAAAAAAAAAAA"), desk.NobodyKnown)
	if r, err := h.Desk(ctx, "A"); err != nil || r.Family == nil || r.Family.Visits != 2 {
		t.Errorf("attached: %+v, %v", r.Family, err)
	}
}

// A number is registered once; what is unusual is confirmed by a person, and recorded with the entry.
func TestDuplicatesAndDoubts(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	v, f := h.family(t)
	known, err := h.RegisterFamily(ctx, "A", v, h.mother(t))
	desktest.Refused(t, "the mother again", err, desk.PersonKnown)
	if known.ID != f.ID || known.Members[0].Name != "Z… B…" {
		t.Errorf("who has the number: %+v", known)
	}
	twin := h.child(t)
	twin.Name, _ = civil.ParseName("زرمینہ")
	for _, c := range []struct {
		name   string
		change func(*registration.Registrant)
		doubt  string
	}{
		{"a twin", func(*registration.Registrant) {}, registration.DoubtTwin},
		{"the same child", func(e *registration.Registrant) { e.Name = h.child(t).Name }, registration.DoubtSameName},
		{"a man's number", func(e *registration.Registrant) {
			e.Number, e.NumberKind, e.Birth = number(t, "69901-0000000-1"), person.BForm, h.mother(t).Birth
		}, "sex"},
		{"no province", func(e *registration.Registrant) {
			e.Number, e.NumberKind, e.Sex = number(t, "99901-0000000-1"), person.BForm, civil.Male
		}, "province"},
		{"a grown child", func(e *registration.Registrant) { e.Birth = h.mother(t).Birth; e.Sex = civil.Male }, registration.DoubtOld},
		{"an aunt without a card", func(e *registration.Registrant) { e.As = household.Member; e.Sex = civil.Male }, registration.DoubtNoNumber},
	} {
		e := twin
		c.change(&e)
		doubts, err := h.Doubts(ctx, f.ID, e)
		if err != nil || !slices.Contains(doubts, c.doubt) {
			t.Errorf("%s: doubts %v, %v", c.name, doubts, err)
		}
		_, err = h.AddMember(ctx, "A", v, f.ID, e)
		desktest.Refused(t, c.name, err, desk.PersonDoubt)
	}
	twin.Confirmed = []string{registration.DoubtTwin, "sex"}
	after, err := h.AddMember(ctx, "A", v, f.ID, twin)
	if err != nil || len(after.Members) != 3 {
		t.Fatalf("a twin confirmed: %+v, %v", after, err)
	}
}

// Two desks that register one number at once: one of them is told.
func TestOneNumberAtTwoDesks(t *testing.T) {
	h := open(t)
	h.Floor.Catalogue.Desks[1].Registers = true
	visits := map[id.Desk]id.Visit{"A": h.hall.Serve("A", "kafaalat"), "B": h.hall.Serve("B", "kafaalat")}
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

// The key of a household is on disk before anything is decided under it: between the two, when the person's name is drawn,
// a copy of the file has it. The control is the moment before.
func TestKeyIsOnDiskFirst(t *testing.T) {
	h := open(t)
	v, e := h.hall.Serve("A", "kafaalat"), h.mother(t)
	var sizes []int
	h.Floor.Rand = readerFunc(func(b []byte) (int, error) {
		file, err := os.ReadFile(filepath.Join(h.dir, vault.FileName))
		sizes = append(sizes, bytes.Count(file, []byte("household/")))
		n, _ := rand.Read(b)
		return n, err
	})
	if _, err := h.RegisterFamily(t.Context(), "A", v, e); err != nil {
		t.Fatal(err)
	}
	if len(sizes) != 2 || sizes[0] != 0 || sizes[1] == 0 {
		t.Errorf("keys in the file when names are drawn: %v, want none, then one", sizes)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// A look is recorded before it is shown, and only the family in hand is shown.
func TestShowPerson(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	v, f := h.family(t)
	p := f.Members[0].Person
	_, err := h.ShowPerson(ctx, "A", v, p, "nosy")
	desktest.Refused(t, "for no reason", err, desk.BadReason)
	shown, err := h.ShowPerson(ctx, "A", v, p, "compare")
	if err != nil || shown.Name.Text() != motherName || shown.Number.Written() != motherNumber || shown.Birth.Date() != "1998-07-15" {
		t.Errorf("shown %q %q %q, %v", shown.Name.Text(), shown.Number.Written(), shown.Birth.Date(), err)
	}
	if got := h.person(p); got.Looks != 1 {
		t.Errorf("%d looks are recorded", got.Looks)
	}
	desktest.Refused(t, "finish", h.Floor.Finish(ctx, "A", "done", false), "")
	other := h.hall.Serve("A", "kafaalat")
	_, err = h.ShowPerson(ctx, "A", other, p, "compare")
	desktest.Refused(t, "a family that is not in hand", err, desk.NobodyKnown)
	if got := h.person(p); got.Looks != 1 {
		t.Errorf("a look that was refused is recorded: %d", got.Looks)
	}
}

func (h *registry) person(p id.Person) (out person.Person) {
	h.hall.View(func(s ledger.Snapshot) { out, _ = person.Get(s, p) })
	return out
}

func TestCorrectPerson(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	v, f := h.family(t)
	mother, child := f.Members[0].Person, f.Members[1].Person
	name, _ := civil.ParseName("Gul Meena")
	birth, _ := civil.EstimateBirth("9", h.Floor.Today())
	for _, c := range []struct {
		what string
		of   id.Person
		c    registration.Correction
		want string
	}{
		{"a name", child, registration.Correction{What: person.FieldName, Reason: "typing", Name: name}, ""},
		{"a birth date", child, registration.Correction{What: person.FieldBirth, Reason: "paper", Birth: birth}, ""},
		{"a number", child, registration.Correction{What: person.FieldNumber, Reason: "registered-now", Number: number(t, childNumber), NumberKind: person.BForm}, ""},
		{"a sex", child, registration.Correction{What: person.FieldSex, Reason: "typing", Sex: civil.Male}, ""},
		{"another's number", child, registration.Correction{What: person.FieldNumber, Reason: "typing", Number: number(t, motherNumber), NumberKind: person.CNIC, Confirmed: []string{"sex"}}, desk.PersonKnown},
		{"a doubtful number", child, registration.Correction{What: person.FieldNumber, Reason: "typing", Number: number(t, "09901-1112223-5"), NumberKind: person.BForm}, desk.PersonDoubt},
		{"to nothing", mother, registration.Correction{What: person.FieldName, Reason: "typing"}, desk.EntryShort},
		{"of nothing", mother, registration.Correction{Reason: "typing"}, desk.EntryShort},
		{"for no reason", mother, registration.Correction{What: person.FieldName, Name: name}, desk.BadReason},
		{"nobody", "AAAAAAAAAAAAAAAA", registration.Correction{What: person.FieldName, Reason: "typing", Name: name}, desk.NobodyKnown},
	} {
		desktest.Refused(t, c.what, h.CorrectPerson(ctx, "A", v, c.of, c.c), c.want)
	}
	shown, err := h.ShowPerson(ctx, "A", v, child, "compare")
	if err != nil || shown.Name != name || shown.Birth != birth || shown.Number.Written() != childNumber {
		t.Errorf("after corrections: %q %q, %v", shown.Name.Text(), shown.Number.Written(), err)
	}
	err = h.Floor.Ledger.View(ctx, func(s ledger.Snapshot) error {
		bio, err := h.BioOf(s, child)
		if err != nil || bio.Sex != civil.Male || bio.Birth.Days(h.Floor.Today()) != 274 {
			t.Errorf("%s, %d days, %v", bio.Sex, bio.Birth.Days(h.Floor.Today()), err)
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
	h := open(t)
	ctx := t.Context()
	v, f := h.family(t)
	h.Vault.Close()
	old := filepath.Join(t.TempDir(), "old")
	copyDir(t, h.dir, old)
	h.openVault(t, h.dir)
	desktest.Refused(t, "forget for no reason", h.ForgetHousehold(ctx, "desk/A", f.ID, "whim"), desk.BadReason)
	desktest.Refused(t, "forget", h.ForgetHousehold(ctx, "desk/A", f.ID, "asked"), "")
	desktest.Refused(t, "forget again", h.ForgetHousehold(ctx, "desk/A", f.ID, "asked"), desk.NobodyKnown)
	_, err := h.FindFamily(ctx, "A", number(t, motherNumber))
	desktest.Refused(t, "find who was forgotten", err, desk.NobodyKnown)
	_, err = h.ShowPerson(ctx, "A", v, f.Members[0].Person, "compare")
	desktest.Refused(t, "look at who was forgotten", err, desk.NobodyKnown)
	if r, err := h.Desk(ctx, "A"); err != nil || r.Family != nil {
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
	h := open(t)
	ctx := t.Context()
	old := filepath.Join(t.TempDir(), "old")
	h.Vault.Close()
	copyDir(t, h.dir, old)
	h.openVault(t, h.dir)
	v, f := h.family(t)
	head := h.Floor.Ledger.Acknowledged().Seq
	if n, err := h.Keyless(ctx); n != 0 || err != nil {
		t.Errorf("%d keyless, %v", n, err)
	}
	h.Vault.Close()
	h.openVault(t, old)
	if n, err := h.Keyless(ctx); n != 1 || err != nil {
		t.Errorf("with an older copy: %d keyless, %v", n, err)
	}
	for range 2 {
		r, err := h.Desk(ctx, "A")
		if err != nil || r.Family == nil || !r.Family.Members[0].Closed || r.Family.Members[0].Name != "" {
			t.Errorf("%+v, %v", r.Family, err)
		}
		_, err = h.ShowPerson(ctx, "A", v, f.Members[0].Person, "compare")
		desktest.Refused(t, "show", err, desk.VaultClosed)
		_, err = h.AddMember(ctx, "A", v, f.ID, h.child(t))
		desktest.Refused(t, "add", err, desk.VaultClosed)
		h.Vault = nil
	}
	_, err := h.RegisterFamily(ctx, "A", v, h.mother(t))
	desktest.Refused(t, "register", err, desk.VaultClosed)
	_, err = h.FindFamily(ctx, "A", number(t, motherNumber))
	desktest.Refused(t, "find", err, desk.VaultClosed)
	desktest.Refused(t, "correct", h.CorrectPerson(ctx, "A", v, f.Members[0].Person, registration.Correction{Reason: "typing"}), desk.VaultClosed)
	desktest.Refused(t, "forget", h.ForgetHousehold(ctx, "desk/A", f.ID, "asked"), desk.VaultClosed)
	if now := h.Floor.Ledger.Acknowledged().Seq; now != head {
		t.Errorf("%d records more", now-head)
	}
	if err := h.SettleForgotten(ctx); err != nil {
		t.Error(err)
	}
}

// Nothing that identifies anybody is in a record, a view or the log. The control is a note that is.
func TestNothingPersonalIsRecorded(t *testing.T) {
	h := open(t)
	var log bytes.Buffer
	h.Floor.Log = slog.New(slog.NewTextHandler(&log, nil))
	ctx := t.Context()
	v, f := h.family(t)
	birth, _ := civil.ParseBirth("2024", "2", "29", h.Floor.Today())
	desktest.Refused(t, "correct", h.CorrectPerson(ctx, "A", v, f.Members[1].Person, registration.Correction{What: person.FieldBirth, Reason: "paper", Birth: birth}), "")
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
func (h *registry) bytes(t *testing.T) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	records, err := h.Floor.Ledger.Read(0, 1<<24)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		out.Write(r)
	}
	err = h.Floor.Ledger.View(context.Background(), func(s ledger.Snapshot) error {
		for _, b := range slices.Concat(desk.Books(), registration.Books()) {
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

// A correction of who somebody is names the colleague who stands by it.
func TestCorrectionWantsASecondPerson(t *testing.T) {
	h := open(t)
	v, f := h.family(t)
	mine, child := h.enrol(t), f.Members[1].Person
	name, _ := civil.ParseName("Gul Meena")
	c := registration.Correction{What: person.FieldName, Reason: "typing"}
	desktest.Refused(t, "what cannot be recorded", h.CorrectPerson(mine, "A", v, child, c), desk.EntryShort)
	c.Name = name
	head := h.Floor.Ledger.Acknowledged().Seq
	wanted := desk.Wanted{Act: staff.Correction, About: string(child)}
	err := h.CorrectPerson(mine, "A", v, child, c)
	desktest.Refused(t, "alone", err, desk.NeedsSecond)
	if r, _ := errors.AsType[*desk.Refusal](err); r == nil || r.Wanted != wanted {
		t.Errorf("wants %+v, want %+v", r, wanted)
	}
	if now := h.Floor.Ledger.Acknowledged().Seq; now != head {
		t.Errorf("%d records of a refusal", now-head)
	}
	both, err := h.Floor.Approve(mine, wanted, "S003", pins[2])
	desktest.Refused(t, "approve", err, "")
	desktest.Refused(t, "with a colleague", h.CorrectPerson(both, "A", v, child, c), "")
	records, err := h.Floor.Ledger.Read(h.Floor.Ledger.Acknowledged().Seq-1, 1<<20)
	if err != nil || len(records) != 1 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	r, err := chain.Decode(records[0])
	var got person.Corrected
	if err := errors.Join(err, chain.DecodeBody(r.Body, &got)); err != nil || got.Approved != "S003" {
		t.Errorf("%s is approved by %q, %v; want S003", r.Kind, got.Approved, err)
	}
	people, err := h.Floor.People(t.Context(), "S003")
	if err != nil || len(people.Notes) == 0 || people.Notes[0].Detail != string(wanted.Act) || people.Notes[0].About != wanted.About {
		t.Errorf("noted %+v, %v", people.Notes, err)
	}
	shown, err := h.ShowPerson(mine, "A", v, child, "compare")
	if err != nil || shown.Name.Text() != name.Text() {
		t.Errorf("after the correction: %q, %v", shown.Name.Text(), err)
	}
}

// pins are of S001, a manager, S002, who sits at desk A, and S003, a nurse.
var pins = []string{"284913", "391847", "502736"}

// enrol gives the centre a staff, and the context of the console at desk A.
func (h *registry) enrol(t *testing.T) context.Context {
	t.Helper()
	secret, err := pin.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h.Floor.Pins = pin.NewKeeper(secret)
	h.Floor.Pins.Cost = pin.Cost{MemoryKiB: 8, Passes: 1} // the least that there is
	for i, role := range []staff.Role{staff.Manager, staff.Clerk, staff.Nurse} {
		_, err := h.Floor.Enrol(t.Context(), desk.AtMachine, staff.Enrolled{Name: fmt.Sprint("Colleague ", i+1), Role: role}, pins[i])
		desktest.Refused(t, "enrol", err, "")
	}
	s := desk.Seat{Place: "desk/A", Staff: "S002", Console: staff.Console(strings.Repeat("1", 32))}
	desktest.Refused(t, "sign in", h.Floor.SignIn(t.Context(), s, pins[1], false), "")
	return desk.From(t.Context(), s)
}
