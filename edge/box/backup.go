package box

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"markaz.example/edge/backup"
	"markaz.example/edge/book/upkeep"
	"markaz.example/edge/chain"
	"markaz.example/edge/door"
	"markaz.example/edge/health"
	"markaz.example/edge/ledger"
	"markaz.example/edge/vault"
	"markaz.example/sync/parcel"
)

// conditionBackup: the newest copy of this box is old, or there is none.
const conditionBackup = "backup.old"

// vaultAside is the copy of the vault that a backup reads, beside it; one that is left is removed by the next.
const vaultAside = vault.FileName + ".backup"

var errNobody = door.Refusal{
	Text:   "the box does not know whom to seal a backup to",
	Remedy: "enrol it, so that it knows headquarters' key; or put a recovery key's recipient into backup.recipients; or give a passphrase",
}

var errLockedBackup = door.Refusal{Text: "the box's secrets are locked, and a backup without them would be none", Remedy: "open them first: markaz unlock"}

// BackupOrder is what somebody at the box's machine wants of a backup.
type BackupOrder struct {
	Passphrase string `json:"passphrase,omitempty"` // in the place of keys; empty for headquarters' and those of the configuration
}

// BackupMade tells the box that a backup was written and read back.
type BackupMade struct {
	Head  uint64 `json:"head"`
	Bytes int64  `json:"bytes"`
	Sum   string `json:"sum"`   // of the sealed part, hexadecimal
	Label string `json:"label"` // of what it was written to
}

// copier is what a running box does with backups.
type copier struct {
	*Box
	ledger *ledger.Ledger
	key    ed25519.PrivateKey // nil while the box is locked
	vault  *vault.Vault       // nil where there is none
}

func (c *copier) verbs(d *door.Door) {
	d.Handle("POST /backup", http.HandlerFunc(c.out))
	door.Verb(d, "POST /backup/made", c.made)
}

// out answers with a backup. Once its first bytes are out an error can only cut it off, and whoever keeps it sees that.
func (c *copier) out(w http.ResponseWriter, r *http.Request) {
	var order BackupOrder
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, orderBytesMax)).Decode(&order); err != nil {
		door.Refuse(w, err)
		return
	}
	if c.key == nil {
		door.Refuse(w, errLockedBackup)
		return
	}
	to, err := c.recipients(order)
	if err != nil {
		door.Refuse(w, err)
		return
	}
	begun := &begun{Writer: w}
	if err := c.write(r.Context(), begun, to); err != nil {
		c.Log.Error("a backup was not finished", "err", err)
		if !begun.some {
			door.Refuse(w, err)
			return
		}
		panic(http.ErrAbortHandler)
	}
}

// begun notes whether anything was written.
type begun struct {
	io.Writer
	some bool
}

func (b *begun) Write(p []byte) (int, error) {
	b.some = true
	return b.Writer.Write(p)
}

// recipients are who can open the backup: a passphrase, or headquarters and the keys of the configuration.
func (c *copier) recipients(o BackupOrder) (to []backup.Recipient, err error) {
	if o.Passphrase != "" {
		r, err := backup.SealWith(o.Passphrase)
		return []backup.Recipient{r}, err
	}
	keys := c.Backup.Recipients
	if c.Headquarters != nil {
		if own, err := parcel.ReadRecipient(c.Headquarters.Identity); err == nil {
			keys = append([]string{own}, keys...)
		}
	}
	if len(keys) == 0 {
		return nil, errNobody
	}
	for _, k := range keys {
		r, err := backup.ParseRecipient(k)
		if err != nil {
			return nil, err
		}
		to = append(to, r)
	}
	return to, nil
}

// write seals a backup. The vault is copied after the ledger's state is fixed: a key is on disk before the records that are
// sealed under it, so none of theirs is missing.
func (c *copier) write(ctx context.Context, w io.Writer, to []backup.Recipient) error {
	return c.ledger.Copy(ctx, func(of ledger.Copied, write func(io.Writer) error) error {
		from := []backup.Source{{
			File:  backup.File{Name: backup.Ledger, Bytes: of.Bytes},
			Write: func(w io.Writer) error { return write(&paced{ctx: ctx, to: w}) },
		}}
		aside := filepath.Join(c.vaultDir(), vaultAside)
		defer os.Remove(aside)
		sealed, err := c.vaultFiles(aside)
		if err != nil {
			return err
		}
		key, err := encodeKey(c.key)
		if err != nil {
			return err
		}
		from = append(append(from, sealed...), backup.Bytes(backup.BoxKey, key), backup.Bytes(backup.Config, c.text))
		return backup.Write(w, c.manifest(of), c.key, to, from)
	})
}

func (c *copier) manifest(of ledger.Copied) backup.Manifest {
	now := c.ledger.Clock().Now()
	return backup.Manifest{
		Centre: c.Centre.Code, Incarnation: c.ledger.Incarnation().String(), Head: of.Head.Seq, HeadHash: hex.EncodeToString(of.Head.Hash[:]),
		Confirmed: of.Confirmed.Seq, Base: of.Base.Seq, Made: now.Time(), Grade: now.Grade.String(), Software: c.Software, LedgerFormat: of.Format,
	}
}

// vaultFiles are the vault and its key, wherever that is kept otherwise; nothing where there is no vault.
func (c *copier) vaultFiles(aside string) ([]backup.Source, error) {
	if c.vault == nil {
		return nil, nil
	}
	if err := os.RemoveAll(aside); err != nil {
		return nil, err
	}
	key, err := c.vault.Copy(aside)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(aside)
	if err != nil {
		return nil, err
	}
	file := backup.Source{File: backup.File{Name: backup.Vault, Bytes: info.Size()}, Write: func(w io.Writer) error { return give(w, aside) }}
	return []backup.Source{file, backup.Bytes(backup.VaultKey, key)}, nil
}

func give(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

func encodeKey(key ed25519.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("write the box's key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}), nil
}

// paced writes no faster than a floor that works beside it notices.
type paced struct {
	ctx  context.Context
	to   io.Writer
	sent int // since the last pause
}

func (p *paced) Write(b []byte) (int, error) {
	if p.sent += len(b); p.sent >= paceBytes {
		p.sent = 0
		select {
		case <-p.ctx.Done():
			return 0, p.ctx.Err()
		case <-time.After(pacePause):
		}
	}
	return p.to.Write(b)
}

// made records a backup.
func (c *copier) made(ctx context.Context, m BackupMade) (struct{}, error) {
	hash, err := c.ledger.HashAt(m.Head)
	if err != nil {
		return struct{}{}, err
	}
	sum, err := hex.DecodeString(m.Sum)
	if err != nil {
		return struct{}{}, err
	}
	e := upkeep.BackedUp{Head: m.Head, Hash: hash[:], Bytes: uint64(m.Bytes), Sum: sum, Label: m.Label}
	err = c.ledger.Update(ctx, "box", func(tx *ledger.Tx) error { return tx.Append("", e) })
	if err == nil {
		c.Log.Info("backed up", "seq", m.Head)
	}
	return struct{}{}, err
}

// showBackup keeps the condition that the newest copy is old.
func (b *Box) showBackup(l *ledger.Ledger, board *health.Board) part {
	return func(ctx context.Context) error {
		for {
			if old, err := b.backupOld(ctx, l, l.Clock().Now().Time()); err == nil && old != "" {
				board.Set(conditionBackup, "", health.Warning, old)
			} else if err == nil {
				board.Clear(conditionBackup, "")
			}
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(backupLook):
			}
		}
	}
}

// backupOld says how old the newest copy is, or the ledger when there is none; nothing while it is young enough.
func (b *Box) backupOld(ctx context.Context, l *ledger.Ledger, now time.Time) (string, error) {
	var last upkeep.Last
	var has bool
	err := l.View(ctx, func(s ledger.Snapshot) error { last, has = upkeep.Newest(s); return nil })
	if err != nil {
		return "", err
	}
	if !has {
		if last.Wall, err = firstWall(l); err != nil {
			return "", err
		}
	}
	age, days := now.Sub(time.UnixMilli(last.Wall)), b.Backup.days()
	switch {
	case age < time.Duration(days)*24*time.Hour:
		return "", nil
	case !has:
		return "none was ever made: markaz backup --to", nil
	}
	return fmt.Sprintf("the newest, %s, is %d days old; it ends at record %d", last.Label, int(age.Hours())/24, last.Head), nil
}

func (b Backup) days() int {
	if b.Days == 0 {
		return backupDays
	}
	return b.Days
}

// firstWall is when the oldest record that is kept was made.
func firstWall(l *ledger.Ledger) (int64, error) {
	records, err := l.Read(l.Base().Seq, 1)
	if err != nil {
		return 0, err
	}
	if len(records) == 0 {
		return 0, errors.New("the ledger is empty")
	}
	r, err := chain.Decode(records[0])
	return r.Stamp.Wall, err
}
