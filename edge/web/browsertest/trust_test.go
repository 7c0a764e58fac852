package browsertest

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/go-rod/rod/lib/proto"

	"markaz.example/edge/web/webtest"
)

// The page that hands the authority out, in both languages, on a large screen and a small one.
func TestTrustPage(t *testing.T) {
	c := webtest.StartWith(t, fonts())
	w := open(t, Browse(t), c.URL+"/trust?lang=en", 1366, 768)
	w.sees("main", "SHA-256")
	for _, size := range [][2]int{{1366, 768}, {390, 844}} {
		shot{"trust", "/trust?x=1", size[0], size[1]}.take(t, w, c.URL)
	}
}

// A browser on a machine that had the authority installed opens the desks without a warning; one that had not does not.
func TestTrustedRoot(t *testing.T) {
	if _, err := exec.LookPath("certutil"); err != nil {
		t.Fatal("this test needs certutil of Debian's libnss3-tools: make setup-test")
	}
	c := webtest.Start(t)
	for name, installed := range map[string]bool{"installed": true, "control: not installed": false} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			store := filepath.Join(home, ".pki", "nssdb")
			if err := os.MkdirAll(store, 0o700); err != nil {
				t.Fatal(err)
			}
			tool(t, "certutil", "-N", "-d", "sql:"+store, "--empty-password")
			if installed {
				file := filepath.Join(home, "root.crt")
				if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Notary.Root().Raw}), 0o600); err != nil {
					t.Fatal(err)
				}
				tool(t, "certutil", "-A", "-d", "sql:"+store, "-n", "markaz", "-t", "C,,", "-i", file)
			}
			page, err := BrowseAs(t, home).Page(proto.TargetCreateTarget{URL: "about:blank"})
			if err != nil {
				t.Fatal(err)
			}
			if err := page.Timeout(patience).Navigate(c.Desks + "/desk?lang=en"); (err == nil) != installed {
				t.Errorf("with the authority %v: %v", installed, err)
			}
		})
	}
}

func tool(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}
