package web_test

import (
	"bytes"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"markaz.example/edge/book/household"
	"markaz.example/edge/ledger"
	"markaz.example/edge/web/webtest"
)

// buffer is a log that several goroutines write.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer // guarded by mu
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// The family never was; the numbers are of no district. The pieces are what a thief would look for.
var personal = []string{"6990176543212", "7654321", "6990111122234", "1112223", "Zarmina", "گل مینا", "Spozhmai", "1998-07", "2025-03-14", "2024-11-02"}

func personalIn(text string) (found []string) {
	for _, s := range personal {
		if strings.Contains(text, s) {
			found = append(found, s)
		}
	}
	return found
}

// A family is registered, doubted, found, corrected and looked at by forms alone. Afterwards nothing that identifies anybody is
// in the log, in any file of the centre, or on any page; and the answers that showed it say so (the control).
func TestNothingPersonalOutsideTheVault(t *testing.T) {
	var log buffer
	c := webtest.Start(t)
	c.Stop()
	c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c.Start()
	page := c.Desks + "/desk/B/household"
	visit := served(t, c)
	send := func(pairs ...string) answer {
		return post(t, c, page, append([]string{"lang", "en", "visit", visit}, pairs...)...)
	}
	wants(t, "found before", send("act", "find", "number", "69901-7654321-2"), http.StatusConflict, "No family here")
	wants(t, "mother", send("act", "register", "as", "mother", "kind", "cnic", "name", "Zarmina Bibi", "sex", "female",
		"number", "69901-7654321-2", "month", "7", "year", "1998"), http.StatusSeeOther)
	mother, home := members(t, c, 0)
	child := []string{"act", "add", "household", home, "as", "child", "kind", "b-form", "sex", "male", "day", "14", "month", "3", "year", "2025"}
	wants(t, "a doubtful number", send(append(child, "name", "گل مینا", "number", "69901-1112223-4")...), http.StatusConflict, `value="sex"`, "گل مینا")
	wants(t, "child", send(append(child, "name", "گل مینا", "number", "69901-1112223-4", "confirm", "sex")...), http.StatusSeeOther)
	wants(t, "known", send("act", "register", "as", "mother", "kind", "cnic", "name", "Spozhmai", "sex", "female",
		"number", "69901-7654321-2", "month", "7", "year", "1998"), http.StatusConflict, "registered already", "Z… B…")
	second, _ := members(t, c, 1)
	wants(t, "correct", send("act", "correct", "person", second, "what", "birth", "reason", "paper", "day", "2", "month", "11", "year", "2024"), http.StatusSeeOther)
	shown := send("act", "show", "person", mother, "reason", "compare")
	wants(t, "show", shown, http.StatusOK, "Zarmina Bibi", "69901-7654321-2", "1998-07")
	if got := shown.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("a person unmasked may be stored: %q", got)
	}
	if len(personalIn(shown.body)) < 3 {
		t.Error("control: what was shown is not found")
	}
	for _, path := range []string{"/desk/B/household", "/desk/B", "/floor", "/hall", "/desk/B/household?do=correct&person=" + mother, "/api/desks", "/api/floor"} {
		if found := personalIn(get(t, c, c.At(path)+path).body); found != nil {
			t.Errorf("%s shows %v", path, found)
		}
	}
	c.Stop()
	if found := personalIn(log.String()); found != nil {
		t.Errorf("the log has %v", found)
	}
	files := everyFile(t, c.Dir())
	if found := personalIn(files); found != nil {
		t.Errorf("the files have %v", found)
	}
	if !strings.Contains(files, "person.registered/1") || personalIn(files+shown.body) == nil {
		t.Error("control: the ledger was not read, or nothing would be found")
	}
}

// served is a visit at desk B.
func served(t *testing.T, c *webtest.Centre) string {
	t.Helper()
	slip := c.Visitor("nashonuma")
	if _, err := c.Floor.CallNext(t.Context(), "B"); err != nil {
		t.Fatal(err)
	}
	if err := c.Floor.Confirm(t.Context(), "B"); err != nil {
		t.Fatal(err)
	}
	return string(slip.Visit)
}

// members is a member of the only family, and the family.
func members(t *testing.T, c *webtest.Centre, at int) (person, home string) {
	t.Helper()
	err := c.Ledger.View(t.Context(), func(s ledger.Snapshot) error {
		for h := range household.All(s) {
			person, home = string(h.Members[at].Person), string(h.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return person, home
}

func everyFile(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
