package stage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// GroupConfig is where a group of headquarters nodes stands.
type GroupConfig struct {
	Dir  string // everything is kept here, and gone on with by the next run
	Bin  string // directory of markaz-hq
	Size int    // nodes: 3 or 5
	Port int    // of the first page; roads begin 10 above, doors for other nodes 20 above. The first run's stays
	Log  *slog.Logger
}

// Group is several headquarters nodes on this machine. Make it with SetUpGroup, then Run it.
type Group struct {
	GroupConfig
	Nodes []*Process
}

// SetUpGroup makes the authority, the certificates and the configurations, unless an earlier run left them.
func SetUpGroup(ctx context.Context, c GroupConfig) (*Group, error) {
	g := &Group{GroupConfig: c}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, err
	}
	if err := g.keepPort(); err != nil {
		return nil, err
	}
	if err := g.once("authority", func() error { return g.tool(ctx, "authority", "init", g.path("authority")) }); err != nil {
		return nil, err
	}
	roster := "[[centre]]\ncode = \"ISB-01\"\nname = \"Islamabad\"\nname_ur = \"اسلام آباد\"\ndistrict = \"Islamabad\"\n"
	if err := g.once("roster.toml", func() error { return os.WriteFile(g.path("roster.toml"), []byte(roster), 0o600) }); err != nil {
		return nil, err
	}
	for i := range c.Size {
		if err := g.setUpNode(ctx, i); err != nil {
			return nil, err
		}
	}
	return g, nil
}

func (g *Group) path(name string) string { return filepath.Join(g.Dir, name) }

// Config is a node's configuration file.
func (g *Group) Config(i int) string { return g.path(nodeName(i) + ".toml") }

func nodeName(i int) string { return fmt.Sprintf("hq-%d", i+1) }

// Page is the address of a node's page.
func (g *Group) Page(i int) string { return fmt.Sprintf("127.0.0.1:%d", g.Port+i) }

// Road is where boxes dial a node.
func (g *Group) Road(i int) string { return fmt.Sprintf("127.0.0.1:%d", g.Port+10+i) }

// Peer is where other nodes reach a node.
func (g *Group) Peer(i int) string { return fmt.Sprintf("127.0.0.1:%d", g.Port+20+i) }

// keepPort goes on with the ports of the first run: the group knows its members by them.
func (g *Group) keepPort() error {
	b, err := os.ReadFile(g.path("port"))
	if errors.Is(err, fs.ErrNotExist) {
		return os.WriteFile(g.path("port"), []byte(strconv.Itoa(g.Port)), 0o600)
	}
	if err != nil {
		return err
	}
	g.Port, err = strconv.Atoi(string(b))
	return err
}

// once makes something that no earlier run has left.
func (g *Group) once(name string, do func() error) error {
	if _, err := os.Stat(g.path(name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return do()
}

func (g *Group) setUpNode(ctx context.Context, i int) error {
	name, tls := nodeName(i), g.path(nodeName(i)+"-tls")
	err := g.once(name+"-tls", func() error {
		return errors.Join(
			g.tool(ctx, "authority", "issue-hq", g.path("authority"), hqName, "--out", tls),
			g.tool(ctx, "authority", "issue-node", g.path("authority"), name, "127.0.0.1", "--out", tls))
	})
	if err != nil {
		return err
	}
	text := fmt.Sprintf("name = %q\ndir = %q\nroster = %q\ncertificates = %q\nroad = %q\npage = %q\npeer = %q\njoin = %t\n",
		name, g.path(name), g.path("roster.toml"), tls, g.Road(i), g.Page(i), g.Peer(i), i > 0)
	g.Nodes = append(g.Nodes, &Process{
		Name: name, Path: filepath.Join(g.Bin, "markaz-hq"), Args: []string{"run", "--config", g.Config(i)},
		Log: g.path(name + ".log"), Slog: g.Log,
	})
	return os.WriteFile(g.Config(i), []byte(text), 0o600)
}

func (g *Group) tool(ctx context.Context, args ...string) error {
	_, err := g.ask(ctx, args...)
	return err
}

func (g *Group) ask(ctx context.Context, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, filepath.Join(g.Bin, "markaz-hq"), args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("markaz-hq %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// Run keeps the nodes running until the context ends.
func (g *Group) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	errs := make([]error, len(g.Nodes))
	for i, n := range g.Nodes {
		wg.Go(func() { errs[i] = n.Run(ctx) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// uniteMax bounds Unite on a busy machine.
const uniteMax = 2 * time.Minute

// Unite takes every node into the group, while Run runs, and gives the table of members.
func (g *Group) Unite(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, uniteMax)
	defer cancel()
	for {
		table, missing := g.members(ctx)
		if table != "" && len(missing) == 0 {
			return table, nil
		}
		g.add(ctx, missing)
		sleep(ctx, lookEvery)
		if ctx.Err() != nil {
			return "", fmt.Errorf("bring %d nodes together: %w", len(g.Nodes), ctx.Err())
		}
	}
}

// members is the table of a node that knows of a leader, and the nodes that are not in it with a vote.
func (g *Group) members(ctx context.Context) (table string, missing []int) {
	for i := range g.Nodes {
		out, err := g.ask(ctx, "member", "list", "--config", g.Config(i))
		if err == nil && strings.Contains(out, "leader") {
			table = out
			break
		}
	}
	for i := range g.Nodes {
		if !votes(table, nodeName(i)) {
			missing = append(missing, i)
		}
	}
	return table, missing
}

func votes(table, name string) bool {
	for row := range strings.Lines(table) {
		f := strings.Fields(row)
		if len(f) > 2 && f[0] == name && (f[2] == "leader" || f[2] == "follower") {
			return true
		}
	}
	return false
}

// add asks each node in turn to take in those that are missing: one of them leads.
func (g *Group) add(ctx context.Context, missing []int) {
	for _, m := range missing {
		for i := range g.Nodes {
			if g.tool(ctx, "member", "add", nodeName(m), g.Peer(m), "--config", g.Config(i)) == nil {
				break
			}
		}
	}
}
