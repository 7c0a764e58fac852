package notary

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"markaz.example/edge/durable"
)

// here is a machine with two networks, of which one is the Internet's.
func here() (string, []net.IP) {
	return "box7", []net.IP{net.IPv4(10, 1, 0, 1), net.IPv4(203, 0, 113, 9), net.ParseIP("fe80::1"), net.ParseIP("fd00::7")}
}

func configured(dir string, now time.Time, trusted bool, names ...string) Config {
	return Config{
		Dir: dir, Centre: "ISB-01", Names: Names{Configured: names, Machine: here},
		Clock: func() Reading { return Reading{now, trusted} },
	}
}

func open(t *testing.T, c Config) *Notary {
	t.Helper()
	n, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// takes is a browser's judgement, by its own clock.
func takes(n *Notary, name string, at time.Time) error {
	pool := x509.NewCertPool()
	pool.AddCert(n.Root())
	_, err := n.held.Load().cert.Verify(x509.VerifyOptions{Roots: pool, DNSName: name, CurrentTime: at})
	return err
}

var today = time.Date(2027, time.March, 5, 10, 0, 0, 0, time.UTC)

func TestCertificateIsForThisBox(t *testing.T) {
	n := open(t, configured(t.TempDir(), today, true, "markaz.lan", "10.1.0.77"))
	for _, name := range []string{"markaz.lan", "MARKAZ.lan", "10.1.0.1", "10.1.0.77", "localhost", "box7", "box7.local", "fd00::7"} {
		if err := takes(n, name, today); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"example.com", "203.0.113.9", "lan", "10.1.0.2"} {
		if takes(n, name, today) == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if life := n.held.Load().cert.NotAfter.Sub(n.held.Load().cert.NotBefore); life > 825*day {
		t.Errorf("it lives %v; Safari takes 825 days", life)
	}
}

// Whoever steals the authority's key can speak for no site on the Internet.
func TestAuthorityIsBound(t *testing.T) {
	n := open(t, configured(t.TempDir(), today, true, "markaz.lan"))
	for name, want := range map[string]bool{"markaz.lan": true, "bank.example": false, "8.8.8.8": false, "192.168.7.7": true} {
		stolen := list{}
		stolen.add(name)
		if err := n.issue(stolen, today); err != nil {
			t.Fatal(err)
		}
		if err := takes(n, name, today); (err == nil) != want {
			t.Errorf("%s: %v, want taken %v", name, err, want)
		}
	}
	root := n.Root()
	if !root.IsCA || !root.MaxPathLenZero || !root.PermittedDNSDomainsCritical {
		t.Errorf("the root may do too much: %+v", root)
	}
}

func TestKeptOverStarts(t *testing.T) {
	dir := t.TempDir()
	first := open(t, configured(dir, today, true))
	again := open(t, configured(dir, today.Add(10*day), true))
	if Fingerprint(first.Root()) != Fingerprint(again.Root()) || !first.held.Load().cert.Equal(again.held.Load().cert) {
		t.Error("a start made another")
	}
	for _, name := range []string{KeyName, desksFile} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	more := configured(dir, today, true)
	more.Names.Machine = func() (string, []net.IP) { return "box7", []net.IP{net.IPv4(192, 168, 3, 3)} }
	if n := open(t, more); !slices.Contains(n.Covers(), "192.168.3.3") || takes(n, "192.168.3.3", today) != nil {
		t.Error("in another network it is not named")
	}
	if err := Renounce(dir, durable.Plain{}); err != nil {
		t.Fatal(err)
	}
	if n := open(t, configured(dir, today, true)); Fingerprint(n.Root()) == Fingerprint(first.Root()) {
		t.Error("renounced and still there")
	}
}

func TestFilesThatAreNone(t *testing.T) {
	for name, want := range map[string]error{KeyName: ErrHalf, "nothing": nil} {
		dir := t.TempDir()
		open(t, configured(dir, today, true))
		if err := os.Remove(filepath.Join(dir, name)); err != nil && name != "nothing" {
			t.Fatal(err)
		}
		if _, err := Open(configured(dir, today, true)); !errors.Is(err, want) {
			t.Errorf("without %s: %v, want %v", name, err, want)
		}
	}
	dir := t.TempDir()
	first := open(t, configured(dir, today, true))
	for _, spoilt := range []string{"", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		if err := os.WriteFile(filepath.Join(dir, desksFile), []byte(spoilt), 0o600); err != nil {
			t.Fatal(err)
		}
		if n := open(t, configured(dir, today, true)); takes(n, "localhost", today) != nil || Fingerprint(n.Root()) != Fingerprint(first.Root()) {
			t.Error("a spoilt certificate is not made anew")
		}
	}
	if err := os.Remove(filepath.Join(dir, authorityCert)); err != nil { // a cut between the two
		t.Fatal(err)
	}
	if n := open(t, configured(dir, today, true)); takes(n, "localhost", today) != nil {
		t.Error("the key alone gave no authority")
	}
	if err := os.WriteFile(filepath.Join(dir, authorityCert), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(configured(dir, today, true)); !errors.Is(err, ErrFile) {
		t.Errorf("a spoilt authority: %v", err)
	}
}

// Whatever the box believes of the time, and for however long, browsers with the right time take its certificate.
func TestWrongClocksLockNobodyOut(t *testing.T) {
	lost := time.Date(1970, time.January, 1, 0, 2, 0, 0, time.UTC)
	future := time.Date(2038, time.January, 20, 0, 0, 0, 0, time.UTC)
	for name, boots := range map[string][]struct {
		says  time.Time
		told  bool
		truth time.Time
	}{
		"installed in 1970, soon after it was made":          {{lost, false, made.Add(90 * day)}},
		"installed in 2038":                                  {{future, false, made.Add(90 * day)}},
		"a right clock that nobody set, four years on":       {{made.AddDate(4, 0, 0), false, made.AddDate(4, 0, 0)}},
		"told once, then 1970 for a year":                    {{today, true, today}, {lost, false, today.Add(365 * day)}},
		"told once, then 2038":                               {{today, true, today}, {future, false, today.Add(day)}},
		"never told, a battery clock for two years":          {{today, false, today}, {today.Add(300 * day), false, today.Add(300 * day)}, {today.Add(600 * day), false, today.Add(600 * day)}},
		"a clock that is a year fast, and then told":         {{today.Add(300 * day), false, today}, {today, true, today}},
		"told years later, after a long time in a storeroom": {{today, true, today}, {today.AddDate(3, 0, 0), true, today.AddDate(3, 0, 0)}},
		"a lost battery between two right times":             {{today, true, today}, {lost, false, today.Add(100 * day)}, {today.Add(200 * day), true, today.Add(200 * day)}},
	} {
		dir := t.TempDir()
		for i, boot := range boots {
			n := open(t, configured(dir, boot.says, boot.told))
			if err := takes(n, "localhost", boot.truth); err != nil {
				t.Errorf("%s, start %d: %v", name, i, err)
			}
		}
	}
}

// The control: a certificate that is made for what the clock says locks everybody out.
func TestWrongClocksControl(t *testing.T) {
	lost := time.Date(1970, time.January, 1, 0, 2, 0, 0, time.UTC)
	if n := open(t, configured(t.TempDir(), lost, true)); takes(n, "localhost", today) == nil {
		t.Error("a certificate of 1970 is taken in 2027")
	}
}

func TestTimePassesWhileItRuns(t *testing.T) {
	n := open(t, configured(t.TempDir(), today, true))
	held := n.held.Load()
	lost := Reading{At: time.Unix(0, 0)}
	if day := dayFor(lost, held.cert, 100*day); !due(held.cert, day) || day.Sub(today) < 99*24*time.Hour {
		t.Errorf("after a hundred days without a clock it is made for %v", day)
	}
	if due(held.cert, dayFor(lost, held.cert, time.Hour)) {
		t.Error("it is made anew within the hour")
	}
}

func TestOneVersionOfTLS(t *testing.T) {
	n := open(t, configured(t.TempDir(), time.Now(), true))
	l, err := tls.Listen("tcp", "127.0.0.1:0", n.TLS())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.(*tls.Conn).Handshake() // what it comes to the client says
			conn.Close()
		}
	}()
	pool := x509.NewCertPool()
	pool.AddCert(n.Root())
	for max, want := range map[uint16]bool{tls.VersionTLS13: true, tls.VersionTLS12: false} {
		conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{RootCAs: pool, ServerName: "localhost", MaxVersion: max, NextProtos: []string{"h2", "http/1.1"}})
		if (err == nil) != want {
			t.Errorf("version %x: %v", max, err)
		}
		if err == nil {
			if got := conn.ConnectionState().NegotiatedProtocol; got != "http/1.1" {
				t.Errorf("it speaks %q", got)
			}
			conn.Close()
		}
	}
}

func FuzzFiles(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, authorityCert), b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadRoot(dir); err != nil && !errors.Is(err, ErrFile) {
			t.Errorf("%v, want ErrFile", err)
		}
	})
}

// BenchmarkHandshake is what a connection of a desk costs both ends together: the first of a browser, and those after it.
func BenchmarkHandshake(b *testing.B) {
	n, err := Open(configured(b.TempDir(), time.Now(), true))
	if err != nil {
		b.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(n.Root())
	for name, sessions := range map[string]tls.ClientSessionCache{"first": nil, "again": tls.NewLRUClientSessionCache(1)} {
		b.Run(name, func(b *testing.B) {
			l, err := tls.Listen("tcp", "127.0.0.1:0", n.TLS())
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			go greet(l)
			for b.Loop() {
				conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{RootCAs: pool, ServerName: "localhost", ClientSessionCache: sessions})
				if err != nil {
					b.Fatal(err)
				}
				conn.Read(make([]byte, 1)) // a ticket comes with the first byte
				conn.Close()
			}
		})
	}
}

func greet(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		conn.Write([]byte("x"))
		conn.Close()
	}
}
