package play_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/cmd/markaz-sim/play"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/edge/web/api"
	"markaz.example/sync/fleet"
)

// fast makes a slip take a quarter of a second.
const fast = 8

// built is a directory with the programs, made once for all tests; TestMain removes it.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "markaz-play-")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", dir+"/",
		"markaz.example/cmd/markaz", "markaz.example/cmd/markaz-hq", "markaz.example/cmd/markaz-sim").CombinedOutput()
	if err != nil {
		return dir, &exec.Error{Name: "go build: " + string(out), Err: err}
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, _ := built(); dir != "" {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

func programs(t *testing.T) string {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func profiles(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../../firmware-configs")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// centre is a whole centre under play: the real programs, and the page that shows them.
type centre struct {
	*stage.Stage
	t    *testing.T
	URL  string
	stop func() // and wait
}

func start(t *testing.T) *centre {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	s, err := stage.SetUp(t.Context(), stage.Config{
		Dir: t.TempDir(), Bin: programs(t), Profiles: profiles(t), Full: true, Fast: fast, FramePort: port,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	c := &centre{Stage: s, t: t, URL: "http://" + l.Addr().String()}
	p := &play.Page{Stage: s, Addresses: play.Addresses(s)}
	ctx, cancel := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	for _, part := range []func(context.Context) error{s.Run, func(ctx context.Context) error { return p.Serve(ctx, l) }} {
		parts.Go(func() {
			if err := part(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	c.stop = sync.OnceFunc(func() { cancel(); parts.Wait() })
	t.Cleanup(c.stop)
	t.Cleanup(c.logs)
	up, cancelUp := context.WithTimeout(t.Context(), patience)
	defer cancelUp()
	for _, url := range []string{s.BoxURL("/healthz"), s.HQURL("/")} {
		if err := stage.Await(up, url); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// logs shows what the programs said, if the test has failed.
func (c *centre) logs() {
	if !c.t.Failed() {
		return
	}
	for _, p := range []*stage.Process{c.Box, c.HQ} {
		b, err := os.ReadFile(p.Log)
		c.t.Logf("%s (%v):\n%s", p.Name, err, b)
	}
}

func (c *centre) figures() (f api.Figures) {
	get(c.t, c.browser(), c.BoxURL("/api/figures"), &f)
	return f
}

func (c *centre) fleet() (r fleet.Report) {
	get(c.t, http.DefaultClient, c.HQURL("/fleet.json"), &r)
	return r
}

// browser is one that trusts the box.
func (c *centre) browser() *http.Client {
	return &http.Client{Transport: client.Transport(c.Root(), nil)}
}

func get(t *testing.T, browser *http.Client, url string, into any) {
	t.Helper()
	r, err := browser.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(into); err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, r.Status, err)
	}
}

// run runs a tool that looks into what the stopped programs left.
func (c *centre) run(name string, args ...string) string {
	c.t.Helper()
	out, err := exec.Command(filepath.Join(c.Bin, name), args...).CombinedOutput()
	if err != nil {
		c.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}
