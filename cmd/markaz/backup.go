package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"markaz.example/edge/backup"
	"markaz.example/edge/box"
	"markaz.example/edge/durable"
)

// backupCmd keeps a copy of the box outside of it.
type backupCmd struct {
	Make   backupMakeCmd   `cmd:"" default:"withargs" help:"Write a sealed copy of ledger, vault and keys to a stick, while the box works on."`
	Verify backupVerifyCmd `cmd:"" help:"Read a backup from end to end; with a key, everything in it."`
	Key    backupKeyCmd    `cmd:"" help:"Draw a recovery key for a safe."`
}

type backupMakeCmd struct {
	boxConfig
	To         string `required:"" type:"existingdir" help:"Where the backup goes: /media/…" placeholder:"DIR"`
	Keep       int    `default:"7" help:"How many of this centre's backups remain there."`
	Passphrase string `type:"existingfile" help:"Seal to the passphrase in this file, in the place of headquarters' key and those of the configuration." placeholder:"FILE"`
}

// Run has the running box seal itself, and tells it when the stick gave back what was written.
func (c backupMakeCmd) Run(ctx context.Context) error {
	if c.Keep < 1 {
		return fmt.Errorf("--keep %d: at least 1", c.Keep)
	}
	config, err := box.Load(c.Config)
	if err != nil {
		return err
	}
	order, err := readPassphrase(c.Passphrase)
	if err != nil {
		return err
	}
	body, err := json.Marshal(box.BackupOrder{Passphrase: order})
	if err != nil {
		return err
	}
	door := box.NewDoorClient(config)
	from, err := door.Do(ctx, "POST", "/backup", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer from.Close()
	path, p, err := backup.Save(ctx, c.To, from, c.Keep)
	if err != nil {
		return fmt.Errorf("%w\nno half backup is left under a good name; try again, or another stick", err)
	}
	made := box.BackupMade{Head: p.Head, Bytes: p.Bytes, Sum: p.Sum, Label: label(c.To)}
	if err := door.Call(ctx, "POST", "/backup/made", made, nil); err != nil {
		return fmt.Errorf("%s is whole, but the box did not record it: %w", path, err)
	}
	fmt.Printf("%s holds everything up to record %d, and was read back. Pull the stick only after unmounting it.\n", path, p.Head)
	return nil
}

// label is what a stick is called where desktops and udisks mount it.
func label(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return strings.ToValidUTF8(filepath.Base(dir), "?")
}

func readPassphrase(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	b, err := os.ReadFile(path)
	return strings.TrimRight(string(b), "\r\n"), err
}

// backupKeys is what opens a backup.
type backupKeys struct {
	Key        []string `type:"existingfile" help:"A file with a key that it was sealed to." placeholder:"FILE"`
	Passphrase string   `type:"existingfile" help:"A file with the passphrase that it was sealed to." placeholder:"FILE"`
}

type backupVerifyCmd struct {
	File string `arg:"" type:"existingfile" help:"The backup."`
	backupKeys
}

// Run reads a backup. Without a key it can say that the stick gives back what was written, and no more.
func (c backupVerifyCmd) Run(ctx context.Context) error {
	p, err := backup.Look(c.File)
	if err != nil {
		return err
	}
	keys, err := c.keys()
	if err != nil {
		return err
	}
	if err := backup.Verify(ctx, c.File, keys...); err != nil {
		return err
	}
	fmt.Printf("%s: centre %s, up to record %d, made %s\n", c.File, p.Centre, p.Head, p.Made.Local().Format("2006 Jan 2 15:04"))
	if len(keys) == 0 {
		fmt.Println("Every byte is as it was written. Whether it can be opened is known only with a key: --key FILE")
		return nil
	}
	fmt.Println("It opens, every file in it has its sum, and the box signed it.")
	return nil
}

func (c backupKeys) keys() (keys []backup.Identity, err error) {
	for _, path := range c.Key {
		k, err := backup.ReadIdentity(path)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	if c.Passphrase == "" {
		return keys, nil
	}
	text, err := readPassphrase(c.Passphrase)
	if err != nil {
		return nil, err
	}
	k, err := backup.Passphrase(text)
	return append(keys, k), err
}

type backupKeyCmd struct {
	File string `arg:"" help:"Where the key goes; bring it to a safe and delete it here."`
}

// Run draws a key.
func (c backupKeyCmd) Run() error {
	if _, err := os.Lstat(c.File); err == nil {
		return errors.New(c.File + " is there already: name another file")
	}
	secret, public, err := backup.NewIdentity()
	if err != nil {
		return err
	}
	if err := durable.WriteFile(c.File, []byte(secret+"\n")); err != nil {
		return err
	}
	fmt.Printf("%s opens what is sealed to\n%s\nPut that into backup.recipients of box.toml. Whoever has the file can read every name in a backup: keep it in a safe, and not here.\n", c.File, public)
	return nil
}
