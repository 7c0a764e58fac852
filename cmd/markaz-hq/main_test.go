package main

import (
	"crypto/ed25519"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"markaz.example/sync/archive"
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
			"forked":   makeForked,
			"flip":     flip,
			"notified": notified,
		},
	})
}

// makeArchive FILE: an archive with 300 records of ISB-01 in three batches.
func makeArchive(ts *testscript.TestScript, _ bool, args []string) {
	c := wiretest.New("ISB-01", 1)
	c.Grow(300)
	fill(ts, args[0], packed(ts, c, 1, 100), packed(ts, c, 101, 200), packed(ts, c, 201, 300))
}

// makeForked FILE: the same, and a branch that leaves it at record 250.
func makeForked(ts *testscript.TestScript, _ bool, args []string) {
	c := wiretest.New("ISB-01", 1)
	c.Grow(300)
	other := c.Clone(2)
	other.Truncate(250)
	other.Grow(30)
	fill(ts, args[0], packed(ts, c, 1, 100), packed(ts, c, 101, 200), packed(ts, c, 201, 300), packed(ts, other, 201, 280))
}

func packed(ts *testscript.TestScript, c *wiretest.Chain, from, to uint64) archive.Entry {
	b, err := wire.Pack(c.Key, c.In, c.At(from-1), 0, c.Records(from, to))
	ts.Check(err)
	frame, err := wire.Encode(b)
	ts.Check(err)
	return archive.Entry{Key: c.Key.Public().(ed25519.PublicKey), Batch: frame}
}

func fill(ts *testscript.TestScript, file string, entries ...archive.Entry) {
	a, err := archive.Open(ts.MkAbs(file), nil)
	ts.Check(err)
	for i := range entries {
		entries[i].Index = uint64(i + 1)
	}
	_, err = a.Apply(entries)
	ts.Check(err)
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
