package registration_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/desk/desktest"
	"markaz.example/edge/id"
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

// registry is a centre whose desk A registers families and desk B does not, with a vault of the test.
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
	if err := vault.Create(r.dir, vault.Keys{}); err != nil {
		t.Fatal(err)
	}
	r.openVault(t, r.dir)
	return r
}

func (r *registry) openVault(t *testing.T, dir string) {
	t.Helper()
	v, err := vault.Open(dir, vault.Keys{})
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

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
