package roster

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/id"
)

var islamabad = Centre{Code: "ISB-01", Name: "Islamabad G-9", NameUR: "اسلام آباد جی نائن", District: "Islamabad"}

func TestListIsReadStrictly(t *testing.T) {
	good := "[[centre]]\ncode = \"ISB-01\"\nname = \"Islamabad G-9\"\nname_ur = \"اسلام آباد جی نائن\"\ndistrict = \"Islamabad\"\n"
	r, err := parse([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Centre{islamabad}, r.centres); diff != "" {
		t.Error(diff)
	}
	for name, c := range map[string]struct{ text, says string }{
		"unknown key":  {good + "colour = \"green\"\n", "colour"},
		"twice":        {good + good, "listed twice"},
		"bad code":     {strings.Replace(good, "ISB-01", "isb", 1), "isb"},
		"no Urdu name": {strings.Replace(good, "name_ur = \"اسلام آباد جی نائن\"\n", "", 1), "name_ur"},
		"not TOML":     {"[[centre", "centre"},
	} {
		if _, err := parse([]byte(c.text)); !errors.Is(err, ErrRoster) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %v that says %q", name, err, ErrRoster, c.says)
		}
	}
}

func FuzzList(f *testing.F) {
	f.Add([]byte("[[centre]]\ncode = \"ISB-01\"\nname = \"a\"\nname_ur = \"b\"\ndistrict = \"c\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parse(b)
		if err != nil {
			return
		}
		for _, c := range r.centres {
			if i, ok := r.known[c.Code]; !ok || r.centres[i] != c {
				t.Errorf("%s is listed and not found", c.Code)
			}
		}
	})
}

// world is an authority with headquarters' and one box's files.
type world struct {
	authority *Authority
	hq, box   string
}

func newWorld(t *testing.T, now time.Time) world {
	t.Helper()
	a, err := NewAuthority(now)
	if err != nil {
		t.Fatal(err)
	}
	w := world{a, t.TempDir(), t.TempDir()}
	hq, err := a.IssueHQ([]string{"hq.test", "127.0.0.1"}, now)
	if err != nil {
		t.Fatal(err)
	}
	box, err := a.IssueBox("ISB-01", now)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(a.SaveHQ(w.hq, hq), a.SaveBox(w.box, box)); err != nil {
		t.Fatal(err)
	}
	return w
}

// shake connects the two ends and gives what the server saw, and the errors of both.
func shake(t *testing.T, server, client *tls.Config) (seen *x509.Certificate, serverErr, clientErr error) {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			serverErr = err
			return
		}
		defer c.Close()
		if serverErr = c.(*tls.Conn).Handshake(); serverErr == nil {
			if shown := c.(*tls.Conn).ConnectionState().PeerCertificates; len(shown) > 0 {
				seen = shown[0]
			}
		}
	}()
	c, clientErr := tls.DialWithDialer(&net.Dialer{Timeout: 10 * time.Second}, "tcp", l.Addr().String(), client)
	if clientErr == nil {
		_, clientErr = c.Read(make([]byte, 1)) // TLS 1.3: a refused certificate shows at the first read
		if errors.Is(clientErr, io.EOF) {
			clientErr = nil
		}
		c.Close()
	}
	<-done
	return seen, serverErr, clientErr
}

func configs(t *testing.T, hq, box, name string) (*tls.Config, *tls.Config) {
	t.Helper()
	s, err := ServerTLS(hq)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ClientTLS(box, name, MachineClock)
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func TestHandshake(t *testing.T) {
	now := time.Now()
	ours, theirs, old := newWorld(t, now), newWorld(t, now), newWorld(t, now.Add(-leafLife-24*time.Hour))

	server, client := configs(t, ours.hq, ours.box, "hq.test")
	seen, serverErr, clientErr := shake(t, server, client)
	if err := errors.Join(serverErr, clientErr); err != nil {
		t.Fatal(err)
	}
	r, err := New([]Centre{islamabad})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := r.Admit(seen); c != "ISB-01" || err != nil {
		t.Errorf("admitted %q, %v; want ISB-01", c, err)
	}

	for name, c := range map[string]struct {
		hq, box, name string
	}{
		"box of another authority": {ours.hq, theirs.box, "hq.test"},
		"false headquarters":       {theirs.hq, ours.box, "hq.test"},
		"another name":             {ours.hq, ours.box, "elsewhere.test"},
		"expired":                  {old.hq, old.box, "hq.test"},
	} {
		server, client := configs(t, c.hq, c.box, c.name)
		if _, serverErr, clientErr := shake(t, server, client); clientErr == nil && serverErr == nil {
			t.Errorf("%s: the handshake succeeded", name)
		}
	}

	client.GetClientCertificate = nil
	seen, serverErr, clientErr = shake(t, server, client)
	if err := errors.Join(serverErr, clientErr); err != nil || seen != nil {
		t.Errorf("without a certificate: got %v, %v; want a handshake with nobody", seen, err)
	}
	client.MinVersion, client.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	if _, serverErr, _ := shake(t, server, client); serverErr == nil {
		t.Error("TLS 1.2 was spoken")
	}
}

func TestAdmitSaysWhy(t *testing.T) {
	w := newWorld(t, time.Now())
	r, err := New([]Centre{{Code: "LHE-01", Name: "Lahore", NameUR: "لاہور", District: "Lahore"}})
	if err != nil {
		t.Fatal(err)
	}
	box, err := w.authority.IssueBox("ISB-01", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Admit(box.Cert); !errors.Is(err, ErrUnknownCentre) || !strings.Contains(err.Error(), "ISB-01") {
		t.Errorf("unknown centre: got %v", err)
	}
	hq, err := w.authority.IssueHQ([]string{"hq.test"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Admit(hq.Cert); !errors.Is(err, ErrNotBox) {
		t.Errorf("headquarters' own certificate: got %v", err)
	}
	if _, err := w.authority.IssueBox("no centre", time.Now()); !errors.Is(err, id.ErrShape) {
		t.Errorf("bad code: got %v", err)
	}
}

func TestAuthorityFiles(t *testing.T) {
	dir := t.TempDir()
	a, err := NewAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Save(dir); err != nil {
		t.Fatal(err)
	}
	if err := a.Save(dir); !errors.Is(err, ErrExists) {
		t.Errorf("saved over an authority: got %v, want %v", err, ErrExists)
	}
	again, err := LoadAuthority(dir)
	if err != nil || !again.Root().Equal(a.Root()) {
		t.Errorf("loaded another authority than was saved: %v", err)
	}
	info, err := os.Stat(filepath.Join(dir, "root.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("root.key: mode %v, %v; want 0600", info.Mode(), err)
	}
	if err := os.WriteFile(filepath.Join(dir, "root.key"), []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadAuthority(dir); !errors.Is(err, ErrPEM) {
		t.Errorf("wrecked key: got %v, want %v", err, ErrPEM)
	}
}
