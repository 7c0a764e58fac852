package strongbox

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"markaz.example/edge/durable"
)

const (
	// sealedExt is behind the name of a secret's file, replacedExt behind that of one in whose place a person put another.
	sealedExt   = ".sealed"
	replacedExt = ".replaced"
)

// Drawer keeps the secrets of one purpose sealed. It is durable.Secrets. A file in the clear of a secret's name, as of an
// earlier version or as a person brought it, is sealed and then wiped when the secret is read.
type Drawer struct {
	box     *Strongbox
	purpose string
	dir     string // where sealed files lie; "" for beside the secret's own path
}

// Drawer is the one of a purpose, which is part of what each secret is sealed to.
func (s *Strongbox) Drawer(purpose string) *Drawer { return &Drawer{box: s, purpose: purpose} }

// Inside is a drawer whose files lie in the strongbox's own directory: for secrets whose own place may not be written.
func (s *Strongbox) Inside(purpose string) *Drawer { return &Drawer{s, purpose, s.set.Dir} }

func (d *Drawer) name(path string) string { return d.purpose + "/" + filepath.Base(path) }

func (d *Drawer) file(path string) string {
	if d.dir == "" {
		return path + sealedExt
	}
	return filepath.Join(d.dir, d.purpose+"-"+filepath.Base(path)+sealedExt)
}

// Has says whether there is a secret, sealed or not yet. It needs no key.
func (d *Drawer) Has(path string) bool {
	return durable.Plain{}.Has(d.file(path)) || durable.Plain{}.Has(path)
}

// Read reports ErrLocked, ErrForged and fs.ErrNotExist.
func (d *Drawer) Read(path string) ([]byte, error) {
	k, err := d.box.opened()
	if err != nil {
		return nil, err
	}
	plain, err := durable.Plain{}.Read(path)
	if err == nil {
		return plain, d.adopt(k, path, plain)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return d.sealed(k, path)
}

func (d *Drawer) sealed(k *Key, path string) ([]byte, error) {
	b, err := durable.Plain{}.Read(d.file(path))
	if err != nil {
		return nil, err
	}
	body, ours := bytes.CutPrefix(b, []byte(header))
	if !ours {
		return nil, fmt.Errorf("%s: %w", d.file(path), ErrForged)
	}
	secret, err := open(k.b, d.name(path), body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.file(path), err)
	}
	return secret, nil
}

// header begins a sealed file.
const header = "markaz-sealed-1\n"

// adopt seals what lies in the clear, and then wipes it. What was sealed under this name before is set aside when it is
// another: a person brought the file, and may have brought the wrong one.
func (d *Drawer) adopt(k *Key, path string, plain []byte) error {
	before, err := d.sealed(k, path)
	same := err == nil && bytes.Equal(before, plain)
	if !same && (durable.Plain{}).Has(d.file(path)) {
		err := durable.Replace(d.file(path), strings.TrimSuffix(d.file(path), sealedExt)+replacedExt+sealedExt)
		if err != nil {
			return err
		}
	}
	if !same {
		if err := d.Write(path, plain); err != nil {
			return err
		}
	}
	err = durable.Wipe(path)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return nil // it stays, and Leftover names it
	}
	return err
}

// Write seals a secret, and returns when it is on disk. It reports ErrLocked.
func (d *Drawer) Write(path string, secret []byte) error {
	k, err := d.box.opened()
	if err != nil {
		return err
	}
	if len(secret) > durable.SecretBytesMax/2 {
		return fmt.Errorf("seal %s: %d bytes", d.name(path), len(secret))
	}
	b, err := seal(k.b, d.name(path), secret)
	if err != nil {
		return err
	}
	return durable.WriteFile(d.file(path), append([]byte(header), b...))
}

// Move seals a secret under another name, and then takes the old one away. Cut between the two, both are there.
func (d *Drawer) Move(from, to string) error {
	secret, err := d.Read(from)
	if err != nil {
		return err
	}
	if err := d.Write(to, secret); err != nil {
		return err
	}
	return d.Remove(from)
}

// Remove takes a secret away, and what of it lies in the clear. It needs no key.
func (d *Drawer) Remove(path string) error {
	if err := durable.Wipe(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Remove(d.file(path))
}

// Leftover names a file in the clear that could not be wiped; "" when there is none.
func (d *Drawer) Leftover(path string) string {
	if !(durable.Plain{}).Has(path) {
		return ""
	}
	return path
}
