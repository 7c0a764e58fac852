package registration_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"markaz.example/edge/book/person"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/desk/desktest"
	"markaz.example/edge/ledger"
	"markaz.example/edge/registration"
	"markaz.example/edge/vault"
)

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
