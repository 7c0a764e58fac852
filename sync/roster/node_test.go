package roster_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"markaz.example/sync/roster"
)

func TestNodeCertificates(t *testing.T) {
	a, err := roster.NewAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	p, err := a.IssueNode("hq-2", []string{"10.0.0.2", "hq-2.test"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if name, err := roster.NodeOf(p.Cert); err != nil || name != "hq-2" {
		t.Errorf("got %q, %v", name, err)
	}
	dir := filepath.Join(t.TempDir(), "tls")
	if err := a.SaveNode(dir, p); err != nil {
		t.Fatal(err)
	}
	if _, err := roster.NodeTLS(dir); err != nil {
		t.Error(err)
	}
	box, err := a.IssueBox("ISB-01", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := roster.NodeOf(box.Cert); !errors.Is(err, roster.ErrNotNode) {
		t.Errorf("a box's: got %v, want %v", err, roster.ErrNotNode)
	}
	if _, err := roster.CentreOf(p.Cert); !errors.Is(err, roster.ErrNotBox) {
		t.Errorf("a node's as a box's: got %v, want %v", err, roster.ErrNotBox)
	}
	for _, name := range []string{"", "HQ", "a/b", "hq-2 ", "abcdefghijklmnopqrstuvwxyz-abcdefg"} {
		if _, err := a.IssueNode(name, nil, time.Now()); !errors.Is(err, roster.ErrNodeName) {
			t.Errorf("%q: got %v, want %v", name, err, roster.ErrNodeName)
		}
	}
}
