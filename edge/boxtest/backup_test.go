package boxtest_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"markaz.example/edge/backup"
	"markaz.example/edge/box"
	"markaz.example/edge/boxtest"
	"markaz.example/edge/durable"
	"markaz.example/edge/ledger"
	"markaz.example/edge/vault"
)

// TestBackupOfAWorkingBox: while a floor works, a stick gets a copy that opens, verifies and ends at an acknowledged record,
// and the box records it.
func TestBackupOfAWorkingBox(t *testing.T) {
	secret, public, err := backup.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	b := boxtest.Start(t, func(c *box.Config) {
		c.Backup.Recipients = []string{public}
		c.Desks[0].Registers = true
	})
	door := box.NewDoorClient(b.Config)
	stick := t.TempDir()
	from, err := door.Do(t.Context(), "POST", "/backup", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	path, p, err := backup.Save(t.Context(), stick, from, 1)
	if err != nil {
		t.Fatal(err)
	}
	made := box.BackupMade{Head: p.Head, Bytes: p.Bytes, Sum: p.Sum, Label: "STICK"}
	if err := door.Call(t.Context(), "POST", "/backup/made", made, nil); err != nil {
		t.Error(err)
	}
	dir := unpacked(t, path, secret)
	if head := verified(t, dir); head != p.Head || head == 0 {
		t.Errorf("the copy ends at %d, the backup says %d", head, p.Head)
	}
	v, err := vault.Open(dir, vault.Keys{Secrets: durable.Plain{}})
	if err != nil {
		t.Fatalf("the vault in the copy: %v", err)
	}
	if err := v.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(b.Config.Data, "vault", "*.backup")); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
	// A box that was never told records nothing of a copy that it did not make.
	made.Head = 1 << 40
	if err := door.Call(t.Context(), "POST", "/backup/made", made, nil); err == nil {
		t.Error("a copy of a record that never was is believed")
	}
}

func unpacked(t *testing.T, path, secret string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "unpacked")
	if _, err := backup.Unpack(t.Context(), path, dir, keyOf(t, secret)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func keyOf(t *testing.T, secret string) backup.Identity {
	t.Helper()
	file := filepath.Join(t.TempDir(), "recovery.key")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := backup.ReadIdentity(file)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// verified is the head of a ledger of which every record was checked.
func verified(t *testing.T, dir string) uint64 {
	t.Helper()
	l, err := ledger.OpenReadOnly(filepath.Join(dir, backup.Ledger), box.Books())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	head, err := l.Verify(context.Background(), nil)
	if err != nil {
		t.Error(err)
	}
	return head.Seq
}

// TestBackupForNobody: a box that knows no key says what to do.
func TestBackupForNobody(t *testing.T) {
	b := boxtest.Start(t, nil)
	_, err := box.NewDoorClient(b.Config).Do(t.Context(), "POST", "/backup", strings.NewReader("{}"))
	if err == nil || !strings.Contains(err.Error(), "backup.recipients") {
		t.Errorf("got %v", err)
	}
}

// TestBackupIsPutBack: a box that is gone goes on from the stick, in a new incarnation, and nothing of the backup lies about.
func TestBackupIsPutBack(t *testing.T) {
	secret, public, err := backup.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	b := boxtest.Start(t, func(c *box.Config) { c.Backup.Recipients = []string{public} })
	from, err := box.NewDoorClient(b.Config).Do(t.Context(), "POST", "/backup", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	path, p, err := backup.Save(t.Context(), t.TempDir(), from, 1)
	if err != nil {
		t.Fatal(err)
	}
	b.Down()
	c := b.Config
	c.Data = filepath.Join(t.TempDir(), "data")
	done, err := box.Unpacked(t.Context(), c, path, []backup.Identity{keyOf(t, secret)}, func(dir string) (ledger.Handover, error) {
		return box.PutBack(t.Context(), c, quietly(t), dir, "the box was stolen", nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	if done.End.Seq != p.Head || done.From == done.To {
		t.Errorf("it goes on as %+v, the backup ends at %d", done, p.Head)
	}
	if left, _ := filepath.Glob(filepath.Join(c.Data, "backup*")); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
	c.Centre.Code = "LHE-02"
	if _, err := box.Unpacked(t.Context(), c, path, nil, nil); err == nil || !strings.Contains(err.Error(), "is of centre") {
		t.Errorf("another centre's backup: %v", err)
	}
}
