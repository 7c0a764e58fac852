package main

import (
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"markaz.example/edge/box"
	"markaz.example/edge/durable"
	"markaz.example/edge/notary"
)

// tlsCmd is about the authority for the desks' pages.
type tlsCmd struct {
	Show   tlsShowCmd   `cmd:"" default:"withargs" help:"Print the fingerprint that whoever installs the authority on a desk's machine compares."`
	Export tlsExportCmd `cmd:"" help:"Write the authority's certificate, to install it on a desk's machine from a stick."`
	New    tlsNewCmd    `cmd:"" help:"Make another authority: the old one's key is lost or stolen, or the box has another name. The box must be stopped."`
}

type tlsShowCmd struct{ boxConfig }

// Run prints the authority.
func (c tlsShowCmd) Run() error {
	config, err := box.Load(c.Config)
	if err != nil {
		return err
	}
	root, err := notary.ReadRoot(config.DesksDir())
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the box makes its authority at its first start", err)
	}
	if err != nil {
		return err
	}
	fmt.Printf("%s\nSHA-256 %s\n", root.Subject.CommonName, notary.Fingerprint(root))
	for _, name := range root.PermittedDNSDomains {
		fmt.Println("may speak for", name)
	}
	for _, network := range root.PermittedIPRanges {
		fmt.Println("may speak for", network)
	}
	return nil
}

type tlsExportCmd struct {
	boxConfig
	File string `arg:"" help:"Where to write it, in PEM: markaz-desks.crt."`
}

// Run writes the certificate.
func (c tlsExportCmd) Run() error {
	config, err := box.Load(c.Config)
	if err != nil {
		return err
	}
	root, err := notary.ReadRoot(config.DesksDir())
	if err != nil {
		return err
	}
	if err := durable.WriteFile(c.File, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw})); err != nil {
		return err
	}
	if err := os.Chmod(c.File, 0o644); err != nil { // it is public
		return err
	}
	fmt.Printf("SHA-256 %s\n", notary.Fingerprint(root))
	return nil
}

type tlsNewCmd struct{ boxConfig }

// Run makes an authority in the place of another.
func (c tlsNewCmd) Run() error {
	config, err := box.Load(c.Config)
	if err != nil {
		return err
	}
	root, err := box.MakeAuthority(config, options())
	if err != nil {
		return err
	}
	fmt.Printf("SHA-256 %s\nInstall it on every desk's machine, and remove the old one there.\n", notary.Fingerprint(root))
	return nil
}
