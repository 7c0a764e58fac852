package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"markaz.example/sync/archive"
	"markaz.example/sync/warehouse"
	"markaz.example/sync/warehouse/warehousetest"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"markaz-hq": main})
}

func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: listen,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"archive":  makeArchive,
			"flip":     flip,
			"notified": notified,
			"postgres": postgres,
			"load":     load,
			"sql":      sql,
		},
	})
}

// makeArchive FILE: an archive with 300 records of ISB-01 in three batches.
func makeArchive(ts *testscript.TestScript, _ bool, args []string) {
	a, err := archive.Open(ts.MkAbs(args[0]), nil)
	ts.Check(err)
	c := wiretest.New("ISB-01", 1)
	c.Grow(300)
	for i := range uint64(3) {
		b, err := wire.Pack(c.Key, c.In, c.At(100*i), 0, c.Records(100*i+1, 100*i+100))
		ts.Check(err)
		frame, err := wire.Encode(b)
		ts.Check(err)
		_, err = a.Apply([]archive.Entry{{Index: i + 1, Key: c.Key.Public().(ed25519.PublicKey), Batch: frame}})
		ts.Check(err)
	}
	ts.Check(a.Close())
}

// flip FILE: one bit, in the middle of the middle batch's block.
func flip(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	b, err := os.ReadFile(path)
	ts.Check(err)
	c := wiretest.New("ISB-01", 1)
	c.Grow(200)
	batch, err := wire.Pack(c.Key, c.In, c.At(100), 0, c.Records(101, 200))
	ts.Check(err)
	at := strings.LastIndex(string(b), string(batch.Block))
	if at < 0 {
		ts.Fatalf("the batch is not in the file")
	}
	b[at+len(batch.Block)/2] ^= 1
	ts.Check(os.WriteFile(path, b, 0o600))
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

// postgres FILE: an empty database of a server of its own; a config file with its URL.
func postgres(ts *testscript.TestScript, _ bool, args []string) {
	s, err := warehousetest.Open("/tmp", "fsync=off")
	ts.Check(err)
	ts.Defer(func() { _ = s.Close() })
	ts.Check(s.Create(context.Background(), "markaz"))
	ts.Setenv("URL", s.URL("markaz"))
	config := ts.ReadFile(args[0]) + "warehouse = { url = \"" + s.URL("markaz") + "\" }\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(config), 0o600))
}

// load FILE: brings an archive to the database.
func load(ts *testscript.TestScript, _ bool, args []string) {
	a, err := archive.OpenReadOnly(ts.MkAbs(args[0]))
	ts.Check(err)
	defer a.Close()
	w := &warehouse.Warehouse{URL: ts.Getenv("URL"), Archive: a, Log: slog.New(slog.DiscardHandler)}
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	for s := w.State(); (!s.Loading || s.Waiting > 0) && ctx.Err() == nil; s = w.State() {
		time.Sleep(time.Millisecond)
	}
	stop()
	ts.Check(<-ended)
}

// sql STATEMENT: into the database.
func sql(ts *testscript.TestScript, _ bool, args []string) {
	ctx := context.Background()
	c, err := (&warehouse.Warehouse{URL: ts.Getenv("URL")}).Connect(ctx)
	ts.Check(err)
	_, err = c.Exec(ctx, args[0])
	ts.Check(errors.Join(err, c.Close(ctx)))
}
