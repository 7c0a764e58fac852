package bundle

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"markaz.example/edge/civil"
)

var made = time.Date(2026, 11, 27, 9, 30, 0, 0, time.UTC)

// opened are a bundle's files.
func opened(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

// seeded is a log of a day on which everything went wrong: numbers of generated families stand in it as careless code would log
// them, with keys and tokens. It gives the log and what must not be seen of it.
func seeded() (log string, secrets []string) {
	var b strings.Builder
	for i := range 60 {
		card := fmt.Sprintf("35202-%07d-%d", 1000003*(i+1)%10000000, i%10)
		phone := fmt.Sprintf("0300-%07d", 7000001*(i+1)%10000000)
		pin := fmt.Sprintf("%06d", 104729*(i+1)%1000000)
		fmt.Fprintf(&b, "2026-11-27 09:%02d:00 WARN refused err=\"no such card %s\" phone=%s pin=%s seat_token=Qz%dxY\n", i%60, card, phone, pin, i)
		fmt.Fprintf(&b, "2026-11-27 09:%02d:01 INFO number %s\n", i%60, strings.ReplaceAll(card, "-", ""))
		secrets = append(secrets, card, strings.ReplaceAll(card, "-", ""), card[6:13], phone, phone[5:], "pin="+pin, fmt.Sprintf("Qz%dxY", i))
	}
	return b.String(), secrets
}

// TestNoSeededValueIsInABundle looks for every one in every file; the control, the log itself, has them all.
func TestNoSeededValueIsInABundle(t *testing.T) {
	log, secrets := seeded()
	path := filepath.Join(t.TempDir(), "x.zip")
	parts := []Part{
		Text("log.txt", "the newest lines of the log", log),
		Text("box.toml", "the configuration", "address = \"https://box:hunter2@hq.example\"\nsecret = \"opensesame\"\n"),
	}
	if err := Save(path, made, parts); err != nil {
		t.Fatal(err)
	}
	files := opened(t, path)
	for _, s := range append(secrets, "hunter2", "opensesame") {
		for name, text := range files {
			if strings.Contains(text, s) {
				t.Fatalf("%s shows %q", name, s)
			}
		}
	}
	for _, s := range secrets {
		if !strings.Contains(log, s) {
			t.Fatalf("the control does not show %q: this test would find nothing", s)
		}
	}
	if !strings.Contains(files["log.txt"], "2026-11-27 09:07:00 WARN refused") || !strings.Contains(files["README.txt"], "log.txt") {
		t.Errorf("what helps is gone: %.200s", files["log.txt"])
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// A part that cannot be read, or has no end, spoils nothing.
func TestPartsThatFail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.zip")
	parts := []Part{
		{"units.txt", "units", func() (io.Reader, error) { return nil, errors.New("systemd does not answer to 3520212345671") }},
		{"log.txt", "log", func() (io.Reader, error) { return endless{}, nil }},
		Text("last.txt", "the last", "is here"),
	}
	const limit = 8 << 10
	var b bytes.Buffer
	if err := write(&b, made, parts, limit); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	files := opened(t, path)
	if !strings.Contains(files["units.txt"], "systemd does not answer to [number]") || strings.TrimSpace(files["last.txt"]) != "is here" {
		t.Errorf("got %q", files)
	}
	if n := len(files["log.txt"]); n > limit+100 || !strings.Contains(files["log.txt"], "left out") {
		t.Errorf("the endless one has %d bytes", n)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	return copy(b, bytes.Repeat([]byte(strings.Repeat("word ", 100)+"\n"), len(b)/501+1)), nil
}

// Numbers that the box itself would accept as a card's are masked, so that both mean the same.
func TestWhatIsACardIsMasked(t *testing.T) {
	_, secrets := seeded()
	if _, err := civil.ParseNumber(secrets[0]); err != nil {
		t.Errorf("%s: %v", secrets[0], err)
	}
}
