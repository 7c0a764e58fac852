package box

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"markaz.example/edge/book/household"
	"markaz.example/edge/door"
	"markaz.example/edge/health"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
	"markaz.example/edge/registration"
	"markaz.example/edge/vault"
)

// vaulted is a box with a ledger of the test, one of whose desks registers families.
func vaulted(t *testing.T) (*Box, *ledgertest.File) {
	t.Helper()
	f := ledgertest.Create(t, Books()...)
	t.Cleanup(func() { f.Close(t) })
	b := &Box{Config: Config{Data: t.TempDir(), Desks: []Desk{{Code: "A", Registers: true}}}}
	b.Log = slog.New(slog.DiscardHandler)
	var err error
	if b.Secrets, err = OpenSecrets(b.Config); err != nil {
		t.Fatal(err)
	}
	return b, f
}

// open opens families as a box does, and gives the condition that it shows.
func (b *Box) opened(t *testing.T, f *ledgertest.File) (families *registration.Registry, condition string) {
	t.Helper()
	board := health.New(f.Ledger.Clock().Now)
	families, err := b.openFamilies(t.Context(), b.openFloor(f.Ledger, board), board)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(families) })
	for _, c := range board.List() {
		condition = c.Code
	}
	if condition != "" && (families.Vault != nil) != (condition == conditionVaultKeyless) {
		t.Errorf("%s, and a vault: %v", condition, families.Vault != nil)
	}
	return families, condition
}

// family makes a household known to the ledger.
func family(t *testing.T, f *ledgertest.File, families *registration.Registry) {
	t.Helper()
	const ours = "HHHHHHHHHHHHHHHH"
	if err := families.Vault.Make(household.Subject(ours)); err != nil {
		t.Fatal(err)
	}
	err := f.Update(context.Background(), "desk/A", func(tx *ledger.Tx) error {
		return household.Form(tx, ours, household.Formed{Desk: "A", Visit: "VVVVVVVVVVVVVVVV"})
	})
	if err := errors.Join(err, families.Vault.Close()); err != nil {
		t.Fatal(err)
	}
}

// A vault is made once. When it is lost, its key is lost, or an older one stands in its place, the box serves on, says so,
// and makes no other by itself.
func TestLostVaultIsNotReplaced(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(dir string) error
		want  string
	}{
		"nothing lost":  {func(string) error { return nil }, ""},
		"file lost":     {func(dir string) error { return os.Remove(filepath.Join(dir, vault.FileName)) }, conditionVaultMissing},
		"all lost":      {os.RemoveAll, conditionVaultMissing},
		"key lost":      {func(dir string) error { return os.Remove(filepath.Join(dir, vault.KeyName+".sealed")) }, conditionVaultKey},
		"file damaged":  {func(dir string) error { return os.Truncate(filepath.Join(dir, vault.FileName), 5000) }, conditionVaultDamaged},
		"an older file": {func(dir string) error { return errors.Join(os.RemoveAll(dir), vault.Create(dir, vault.Keys{})) }, conditionVaultKeyless},
	} {
		t.Run(name, func(t *testing.T) {
			b, f := vaulted(t)
			families, condition := b.opened(t, f)
			if condition != "" || families.Vault == nil {
				t.Fatalf("at the first start: %q", condition)
			}
			family(t, f, families)
			if err := c.spoil(b.vaultDir()); err != nil {
				t.Fatal(err)
			}
			if _, got := b.opened(t, f); got != c.want {
				t.Errorf("condition %q, want %q", got, c.want)
			}
			if c.want == conditionVaultMissing && exists(filepath.Join(b.vaultDir(), vault.FileName)) {
				t.Error("another vault was made")
			}
		})
	}
}

// A person makes a new vault when the old one is lost for good; never over another.
func TestMakeVault(t *testing.T) {
	b, f := vaulted(t)
	families, _ := b.opened(t, f)
	family(t, f, families)
	if err := MakeVault(b.Config, Options{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a vault: %v", err)
	}
	if err := errors.Join(os.RemoveAll(b.vaultDir()), MakeVault(b.Config, Options{})); err != nil {
		t.Fatal(err)
	}
	if families, condition := b.opened(t, f); condition != conditionVaultKeyless || families.Vault == nil {
		t.Errorf("with a new vault: %q", condition)
	}
}

// A centre where nobody registers families has no vault, and misses none.
func TestNoVaultWhereNobodyRegisters(t *testing.T) {
	b, f := vaulted(t)
	b.Desks[0].Registers = false
	if families, condition := b.opened(t, f); families.Vault != nil || condition != "" || exists(b.vaultDir()) {
		t.Errorf("%v, %q", families.Vault, condition)
	}
}

// The key may come from systemd's credentials.
func TestVaultKeyAsACredential(t *testing.T) {
	b, f := vaulted(t)
	given := t.TempDir()
	donor := t.TempDir()
	if err := vault.Create(donor, vault.Keys{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(donor, vault.KeyName), filepath.Join(given, vault.CredentialName)); err != nil {
		t.Fatal(err)
	}
	t.Setenv(credentialsVariable, given)
	if families, condition := b.opened(t, f); families.Vault == nil || condition != "" || exists(filepath.Join(b.vaultDir(), vault.KeyName)) {
		t.Errorf("with a credential: %q", condition)
	}
}

// Whoever runs the machine has a household forgotten, and is told when there is none of that name.
func TestForgetAtTheDoor(t *testing.T) {
	b, f := vaulted(t)
	families, _ := b.opened(t, f)
	family(t, f, families)
	families, _ = b.opened(t, f)
	forget := forgets(families)
	if _, err := forget(t.Context(), Forgetting{"HHHHHHHHHHHHHHHH", "asked"}); err != nil || families.Vault.Has(household.Subject("HHHHHHHHHHHHHHHH")) {
		t.Errorf("forget: %v", err)
	}
	for _, order := range []Forgetting{{"HHHHHHHHHHHHHHHH", "asked"}, {"AAAAAAAAAAAAAAAA", "asked"}, {"HHHHHHHHHHHHHHHH", ""}} {
		if _, err := forget(t.Context(), order); !errors.As(err, new(door.Refusal)) || !strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v: %v, want a refusal that says what to do", order, err)
		}
	}
}
