package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"markaz.example/devices/outlet"
	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/edge/berth"
	"markaz.example/edge/block/blocktest"
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
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			configs, err := filepath.Abs(filepath.Join("..", "..", "firmware-configs"))
			env.Setenv("CONFIGS", configs)
			return errors.Join(err, listen(env))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"ledger": makeLedger, "sealed": makeSealed, "edit": edit, "notified": notified, "address": address, "opened": opened,
			"printer": plugIn, "busy": busy,
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
		_, err := f.Ask(ctx, desk.Asking{Actor: "kiosk/1", Services: []id.Service{service}, Lang: "ur"})
		ts.Check(err)
	}
	stop()
	ts.Check(<-ended)
	ts.Check(l.Close())
}

// makeSealed FILE: two days of a busy centre, in sealed blocks and some rows, all of it at headquarters.
func makeSealed(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o700))
	d := blocktest.New(1)
	d.Grow(50_000)
	i, err := ledger.Import(path, d.In)
	ts.Check(err)
	ts.Check(i.Rows(d.At[0], d.Records))
	_, err = i.Finish(context.Background(), nil, nil)
	ts.Check(err)
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

// plugIn NAME: a printer that works, on a serial line of that name.
func plugIn(ts *testscript.TestScript, _ bool, args []string) {
	o := &outlet.Outlet{Link: ts.MkAbs(args[0]), Device: &printer.Sim{Cutter: true, Speed: 50, ID: printer.Identity{Maker: "EPSON", Model: "TM-T20III"}}}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	o.Plug(true)
	go func() { ended <- o.Run(ctx) }()
	ts.Defer(func() { stop(); <-ended })
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(o.Link); err == nil {
			return
		}
	}
	ts.Fatalf("no line came up")
}

// busy NAME: waits until a program has a serial line for itself.
func busy(ts *testscript.TestScript, _ bool, args []string) {
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(time.Millisecond) {
		line, err := port.Serial{Path: ts.MkAbs(args[0]), Baud: 115200}.Open(context.Background())
		if errors.Is(err, port.ErrBusy) {
			return
		}
		ts.Check(err)
		ts.Check(line.Close())
		time.Sleep(20 * time.Millisecond) // longer than the other needs to try
	}
	ts.Fatalf("nobody takes the line")
}

// address FROM TO: copies a configuration, with a port that is free now in the place of 0, so that the box can be asked.
func address(ts *testscript.TestScript, _ bool, args []string) {
	free, err := berth.Address()
	ts.Check(err)
	ts.Setenv("ADDRESS", free)
	config := strings.Replace(ts.ReadFile(args[0]), "127.0.0.1:0", ts.Getenv("ADDRESS"), 1) // visitors' pages; those of desks have any
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(config), 0o600))
}

// opened waits until the box at the address has its ledger for itself: pages are up before that.
func opened(ts *testscript.TestScript, _ bool, _ []string) {
	browser := &http.Client{Timeout: 10 * time.Second}
	status := "no answer"
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(10 * time.Millisecond) {
		r, err := browser.Get("http://" + ts.Getenv("ADDRESS") + "/healthz")
		if err != nil {
			continue
		}
		r.Body.Close()
		if status = r.Status; r.StatusCode == http.StatusOK { // only a box that is open says so
			return
		}
	}
	ts.Fatalf("the box does not open its ledger within a minute; /healthz: %s", status)
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
