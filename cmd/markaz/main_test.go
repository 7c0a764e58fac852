package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"markaz.example/edge/box"
	"markaz.example/edge/chain"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"markaz": main})
}

func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   filepath.Join("testdata", "script"),
		Setup: listen,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"ledger": makeLedger, "edit": edit, "notified": notified,
		},
	})
}

// makeLedger FILE: a ledger of ISB-01 with one start and three visits, six records more.
func makeLedger(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o700))
	ts.Check(ledger.Create(path, chain.Incarnation{Centre: "ISB-01", Nonce: [16]byte{1}}))
	l, err := ledger.Open(path, ledger.Options{Books: box.Books(), Software: "markaz test"})
	ts.Check(err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	f := &desk.Floor{Ledger: l, Rand: rand.Reader, Catalogue: desk.Catalogue{Services: []desk.Service{
		{Code: "kafaalat", Letter: "K", NameEn: "Kafaalat stipend", NameUr: "کفالت وظیفہ", Room: "1"},
		{Code: "nashonuma", Letter: "N", NameEn: "Nashonuma", NameUr: "نشوونما", Room: "2"},
	}}}
	for _, service := range []id.Service{"kafaalat", "nashonuma", "kafaalat"} {
		_, err := f.Ask(ctx, "kiosk/1", []id.Service{service}, "ur")
		ts.Check(err)
	}
	stop()
	ts.Check(<-ended)
	ts.Check(l.Close())
}

// edit FILE FROM TO: changes a word everywhere in a file, as somebody with an editor would.
func edit(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	whole, err := os.ReadFile(path)
	ts.Check(err)
	edited := bytes.ReplaceAll(whole, []byte(args[1]), []byte(args[2]))
	if bytes.Equal(whole, edited) || len(whole) != len(edited) {
		ts.Fatalf("%q is not in the file, or %q is of another length", args[1], args[2])
	}
	ts.Check(os.WriteFile(path, edited, 0o600))
}

// listen opens a socket in the place of systemd's.
func listen(env *testscript.Env) error {
	path := filepath.Join(env.WorkDir, "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return err
	}
	env.Defer(func() { c.Close() })
	env.Setenv("NOTIFY_SOCKET", path)
	env.Values["notify"] = c
	return nil
}

// notified WORD: waits until a program says WORD to systemd.
func notified(ts *testscript.TestScript, _ bool, args []string) {
	socket, ok := ts.Value("notify").(*net.UnixConn)
	if !ok {
		ts.Fatalf("no notify socket")
	}
	ts.Check(socket.SetReadDeadline(time.Now().Add(time.Minute)))
	b := make([]byte, 256)
	n, err := socket.Read(b)
	ts.Check(err)
	if got := string(b[:n]); got != args[0] {
		ts.Fatalf("notified %q, want %q", got, args[0])
	}
}
