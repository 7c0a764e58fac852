package box

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"markaz.example/edge/book/household"
	"markaz.example/edge/desk"
	"markaz.example/edge/door"
	"markaz.example/edge/health"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/registration"
	"markaz.example/edge/vault"
)

// vaultName is the vault's directory below the data directory, unless the configuration names another.
const vaultName = "vault"

// credentialsVariable is where systemd tells a unit that it was given credentials.
const credentialsVariable = "CREDENTIALS_DIRECTORY"

// The conditions of a vault. None of them keeps the lines from going on.
const (
	conditionVaultMissing = "vault.missing" // families are registered, and vault.db is not here
	conditionVaultKey     = "vault.key"     // vault.key is missing, or another vault's
	conditionVaultDamaged = "vault.damaged" // vault.db cannot be read
	conditionVaultKeyless = "vault.keyless" // vault.db is older than the ledger, or another centre's
)

func (c Config) vaultDir() string {
	if c.Vault != "" {
		return c.Vault
	}
	return filepath.Join(c.Data, vaultName)
}

// MakeVault makes a new vault where a centre's is lost for good: what was sealed under the old one opens never again, and
// families are registered anew. It reports fs.ErrExist while there is a vault.
func MakeVault(c Config, o Options) error {
	secrets, err := c.secrets(o)
	if err != nil {
		return err
	}
	if err := vault.Create(c.vaultDir(), secrets.keys()); err != nil {
		return fmt.Errorf("make a vault: %w", err)
	}
	return nil
}

// openVault is the vault that seals who people are; nil where no desk registers families, or with the condition why it
// cannot be opened. A vault that is missing is made only while the ledger knows no family: as the ledger itself, it is not
// replaced behind a person's back.
func (b *Box) openVault(ctx context.Context, l *ledger.Ledger, board *health.Board) (*vault.Vault, error) {
	dir, registers := b.vaultDir(), slices.ContainsFunc(b.Desks, func(d Desk) bool { return d.Registers })
	known, err := hasFamilies(ctx, l)
	if err != nil {
		return nil, err
	}
	if !known && !registers {
		return nil, nil
	}
	if b.Secrets.locked() {
		return nil, nil // a condition of its own
	}
	if !known && !exists(filepath.Join(dir, vault.FileName)) {
		if err := vault.Create(dir, b.Secrets.keys()); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, b.vaultFault(err, board)
		}
	}
	v, err := vault.Open(dir, b.Secrets.keys())
	if err != nil {
		return nil, b.vaultFault(err, board)
	}
	return v, nil
}

// vaultFault shows on the board why there is no vault, and lets the box go on.
func (b *Box) vaultFault(err error, board *health.Board) error {
	code := conditionVaultDamaged
	switch {
	case errors.Is(err, vault.ErrMissing):
		code = conditionVaultMissing
	case errors.Is(err, vault.ErrKeyMissing), errors.Is(err, vault.ErrKeyWrong), errors.Is(err, vault.ErrKeyFormat):
		code = conditionVaultKey
	}
	b.Log.Error("the vault cannot be opened; nobody is registered, the lines go on", "err", err)
	board.Set(code, "", health.Critical, err.Error())
	return nil
}

func hasFamilies(ctx context.Context, l *ledger.Ledger) (has bool, err error) {
	err = l.View(ctx, func(s ledger.Snapshot) error {
		for range household.All(s) {
			has = true
			return nil
		}
		return nil
	})
	return has, err
}

// openFamilies is who is registered here, with their vault, whose forgotten keys are deleted first.
func (b *Box) openFamilies(ctx context.Context, floor *desk.Floor, board *health.Board) (*registration.Registry, error) {
	v, err := b.openVault(ctx, floor.Ledger, board)
	families := &registration.Registry{Floor: floor, Vault: v}
	if v != nil {
		b.settleVault(ctx, families, board)
	}
	return families, err
}

// shut lets go of the vault.
func shut(families *registration.Registry) {
	if families.Vault != nil {
		_ = families.Vault.Close()
	}
}

// settleVault deletes keys of who was forgotten, and says when families have none.
func (b *Box) settleVault(ctx context.Context, families *registration.Registry, board *health.Board) {
	if err := families.SettleForgotten(ctx); err != nil {
		b.Log.Error("a forgotten key is still in the vault; it is deleted at the next start", "err", err)
	}
	switch missing, err := families.Keyless(ctx); {
	case err != nil:
		b.Log.Error("the vault could not be compared with the ledger", "err", err)
	case missing > 0:
		board.Set(conditionVaultKeyless, "", health.Critical, fmt.Sprintf("%d families have no key", missing))
	}
}

// Forgetting is what whoever runs the box's machine orders at its door.
type Forgetting struct {
	Household id.Household `json:"household"`
	Reason    string       `json:"reason"` // "asked" or "retention"
}

// Forgotten is what came of it.
type Forgotten struct{}

// forgetVerb is the door's way to forget a household.
func forgetVerb(d *door.Door, families *registration.Registry) {
	door.Verb(d, "POST /vault/forget", forgets(families))
}

func forgets(families *registration.Registry) func(context.Context, Forgetting) (Forgotten, error) {
	return func(ctx context.Context, f Forgetting) (Forgotten, error) {
		err := families.ForgetHousehold(ctx, desk.AtMachine, f.Household, f.Reason)
		if r := (*desk.Refusal)(nil); errors.As(err, &r) {
			return Forgotten{}, door.Refusal{Text: r.Error(), Remedy: r.Remedy}
		}
		return Forgotten{}, err
	}
}
