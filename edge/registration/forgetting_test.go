package registration_test

import (
	"path/filepath"
	"testing"

	"markaz.example/edge/book/household"
	"markaz.example/edge/desk"
	"markaz.example/edge/desk/desktest"
)

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
