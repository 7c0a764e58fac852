package box

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"markaz.example/edge/book/upkeep"
	"markaz.example/edge/ledger"
)

// A copy that is old is said, and so is that there never was one.
func TestOldBackupIsSaid(t *testing.T) {
	b, f := vaulted(t)
	now := f.Ledger.Clock().Now().Time()
	says := func(days int) string {
		t.Helper()
		got, err := b.backupOld(t.Context(), f.Ledger, now.Add(time.Duration(days)*24*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := says(6); got != "" {
		t.Errorf("a young box: %q", got)
	}
	if got := says(8); !strings.Contains(got, "none was ever made") {
		t.Errorf("a box of eight days without a copy: %q", got)
	}
	e := upkeep.BackedUp{Head: 1, Hash: make([]byte, 32), Bytes: 1, Sum: make([]byte, 32), Label: "KINGSTON"}
	if err := f.Update(t.Context(), "box", func(tx *ledger.Tx) error { return tx.Append("", e) }); err != nil {
		t.Fatal(err)
	}
	if got := says(6); got != "" {
		t.Errorf("a young copy: %q", got)
	}
	if got := says(8); !strings.Contains(got, "KINGSTON, is 8 days old") {
		t.Errorf("an old copy: %q", got)
	}
	b.Backup.Days = 30
	if got := says(8); got != "" {
		t.Errorf("with 30 days allowed: %q", got)
	}
}

// A copy stops at its next pause when nobody wants it any more, and writes everything when somebody does.
func TestPaced(t *testing.T) {
	var b bytes.Buffer
	if _, err := io.Copy(&paced{ctx: t.Context(), to: &b}, bytes.NewReader(make([]byte, paceBytes+1))); err != nil || b.Len() != paceBytes+1 {
		t.Errorf("%d bytes, %v", b.Len(), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := io.Copy(&paced{ctx: ctx, to: &b}, bytes.NewReader(make([]byte, paceBytes+1))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A box that is locked knows neither the key that signs a copy nor the vault's: it makes none, and says what to do.
func TestLockedBoxMakesNoBackup(t *testing.T) {
	b, f := vaulted(t)
	w := httptest.NewRecorder()
	(&copier{Box: b, ledger: f.Ledger}).out(w, httptest.NewRequest("POST", "/backup", strings.NewReader("{}")))
	if w.Code == http.StatusOK || !strings.Contains(w.Body.String(), "markaz unlock") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}
