package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"markaz.example/edge/durable"
	"markaz.example/edge/update"
)

// releaseCommand is for whoever releases the program: what boxes install is signed here, on a machine that serves nobody.
type releaseCommand struct {
	Key  releaseKeyCommand  `cmd:"" help:"Make the release key, once. Its public half goes into /etc/markaz of every box."`
	Sign releaseSignCommand `cmd:"" help:"Make a signed update of a package, for a stick or for a pack of kind update/1."`
	Show releaseShowCommand `cmd:"" help:"Print what an update is, once its signature was found good."`
}

type releaseKeyCommand struct {
	Out string `short:"o" default:"release.key" type:"path" help:"The secret half; the public one lies beside it, .pub."`
}

// Run makes a key.
func (c releaseKeyCommand) Run() error {
	if _, err := os.Stat(c.Out); err == nil {
		return fmt.Errorf("%s is there: a key is made once; move it away to make another", c.Out)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	private, public, err := update.EncodeKeys(key)
	if err != nil {
		return err
	}
	open := strings.TrimSuffix(c.Out, ".key") + ".pub"
	if err := publish(open, public); err != nil {
		return err
	}
	if err := durable.WriteFile(c.Out, private); err != nil {
		return err
	}
	fmt.Printf("%s signs updates: keep it with the authority. %s goes to every box, as /etc/markaz/release.pub.\n", c.Out, open)
	return nil
}

type releaseSignCommand struct {
	Deb  string `arg:"" type:"existingfile" help:"The package, as make deb made it."`
	Key  string `required:"" type:"existingfile" help:"release.key."`
	Over string `help:"Order boxes that have this version back to the package's, which is older."`
	Out  string `short:"o" required:"" type:"path" help:"The update's file."`
}

// Run signs a package.
func (c releaseSignCommand) Run() error {
	key, err := update.ReadPrivateKey(c.Key)
	if err != nil {
		return err
	}
	deb, err := os.ReadFile(c.Deb)
	if err != nil {
		return err
	}
	m := update.Manifest{Size: uint64(len(deb)), Digest: sha256.Sum256(deb), Made: time.Now().UnixMilli(), Over: update.Version(c.Over)}
	if err := describe(c.Deb, &m); err != nil {
		return err
	}
	s, err := update.Sign(key, m)
	if err != nil {
		return err
	}
	file, err := update.Encode(s, deb)
	if err != nil {
		return err
	}
	if err := publish(c.Out, file); err != nil {
		return err
	}
	fmt.Printf("%s brings %s %s to boxes with %s: %d bytes.\n", c.Out, m.Package, m.Version, m.Arch, len(file))
	return nil
}

// publish writes what everybody may read: a box reads updates as a user of its own.
func publish(path string, b []byte) error {
	return errors.Join(durable.WriteFile(path, b), os.Chmod(path, 0o644))
}

// describe asks dpkg-deb what a package is.
func describe(deb string, m *update.Manifest) error {
	for field, to := range map[string]*string{"Package": &m.Package, "Version": (*string)(&m.Version), "Architecture": &m.Arch} {
		said, err := exec.Command("dpkg-deb", "--field", deb, field).Output()
		if err != nil {
			return fmt.Errorf("dpkg-deb cannot read %s: %w", deb, err)
		}
		*to = strings.TrimSpace(string(said))
	}
	return nil
}

type releaseShowCommand struct {
	File string `arg:"" type:"existingfile" help:"The update."`
	Key  string `required:"" type:"existingfile" help:"release.pub."`
}

// Run prints an update's manifest.
func (c releaseShowCommand) Run() error {
	keys, err := update.ReadKeys(c.Key)
	if err != nil {
		return err
	}
	file, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	m, err := update.Check(file, keys)
	if err != nil {
		return err
	}
	fmt.Printf("%s %s, %s, made %s, package of %d bytes, SHA-256 %s\n", m.Package, m.Version, m.Arch,
		time.UnixMilli(m.Made).UTC().Format(time.DateTime), m.Size, m.Digest)
	if m.Over != "" {
		fmt.Printf("An order back from %s.\n", m.Over)
	}
	return nil
}
