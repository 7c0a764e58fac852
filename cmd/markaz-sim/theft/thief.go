package theft

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"markaz.example/cmd/markaz-sim/theft/seek"
	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/box"
	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
	"markaz.example/edge/vault"
)

// thief is who has the key besides the disk: what one opens for whom the box's key lies beside what it seals.
type thief struct {
	config  box.Config
	secrets box.Secrets
}

// keyed opens a stopped box with its passphrase.
func keyed(config, passphrase string) (t thief, err error) {
	if t.config, err = box.Load(config); err != nil {
		return t, err
	}
	if t.secrets, err = box.OpenSecrets(t.config); err != nil {
		return t, err
	}
	if !t.secrets.Locked() {
		return t, errors.New("the box's secrets are open without its passphrase")
	}
	return t, t.secrets.Unlock([]byte(passphrase))
}

// loot is every secret of the box, as what must not be found.
func (t thief) loot() (out []seek.Secret, err error) {
	text, err := t.secrets.CredentialText()
	if err != nil {
		return nil, err
	}
	out = append(out, seek.Secret{Name: "box key", Forms: keyForms(text)})
	for _, s := range []struct{ purpose, path string }{
		{"box", filepath.Join(t.config.Data, "box.key")}, {"box", filepath.Join(t.config.Data, "pin.secret")},
		{"vault", filepath.Join(t.config.Data, "vault", vault.KeyName)},
		{"road", filepath.Join(t.config.Headquarters.Identity, "box.key")},
	} {
		b, err := t.secrets.Drawer(s.purpose).Read(s.path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("the box has no %s/%s", s.purpose, filepath.Base(s.path))
		}
		if err != nil {
			return nil, err
		}
		out = append(out, seek.Secret{Name: "secret " + s.purpose + "/" + filepath.Base(s.path), Forms: keyForms(b)})
	}
	return out, nil
}

// keyForms are a key of 32 bytes in every form: the last of a PEM block's bytes, or 64 hexadecimal digits at a text's end.
func keyForms(text []byte) []seek.Form {
	const keyBytes = 32
	text = bytes.TrimSpace(text)
	if block, _ := pem.Decode(text); block != nil {
		return seek.Raw(block.Bytes[len(block.Bytes)-keyBytes:])
	}
	digits := text[max(0, len(text)-2*keyBytes):]
	return seek.Raw(unhex(digits))
}

func unhex(digits []byte) []byte {
	b := make([]byte, len(digits)/2)
	_, _ = fmt.Sscanf(string(digits), "%x", &b)
	return b
}

// open is what the ledger and the vault hold of people, opened with the key: their names, numbers and birth dates as a box
// that seals nothing would have recorded them.
func (t thief) open(ctx context.Context) (plain []byte, err error) {
	l, err := ledger.OpenReadOnly(filepath.Join(t.config.Data, "ledger.db"), box.Books())
	if err != nil {
		return nil, err
	}
	defer l.Close()
	v, err := vault.Open(filepath.Join(t.config.Data, "vault"), vault.Keys{Secrets: t.secrets.Drawer("vault")})
	if err != nil {
		return nil, err
	}
	defer v.Close()
	err = l.View(ctx, func(snap ledger.Snapshot) error {
		for h := range household.All(snap) {
			for _, m := range h.Members {
				p, ok := person.Get(snap, m.Person)
				if !ok {
					return fmt.Errorf("%s is in a household and nowhere else", m.Person)
				}
				record, err := unsealed(l.Incarnation(), v, p)
				if err != nil {
					return err
				}
				plain = append(plain, record...)
			}
		}
		return nil
	})
	return plain, err
}

// unsealed is a person in CBOR, as the view has them, with plain text where the sealed fields are.
func unsealed(in chain.Incarnation, v *vault.Vault, p person.Person) ([]byte, error) {
	for name, f := range map[string]*person.Field{person.FieldName: &p.Name, person.FieldNumber: &p.Number} {
		text, err := v.Open(household.Subject(p.Household), vault.Place{In: in, Seq: f.Seq, Field: name}, f.Sealed)
		if err != nil {
			return nil, err
		}
		f.Sealed = text
	}
	return chain.EncodeBody(p)
}
