package theft

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"markaz.example/cmd/markaz-sim/theft/seek"
	"markaz.example/edge/box"
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
