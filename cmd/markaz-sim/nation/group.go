package nation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"markaz.example/cmd/markaz-sim/lab"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/edge/berth"
	"markaz.example/sync/fleet/district"
	"markaz.example/sync/hq"
	"markaz.example/sync/quorum"
	"markaz.example/sync/roster"
)

// Node is one node of headquarters.
type Node struct {
	Name    string
	Process *stage.Process
	Host    *lab.Host // nil on loopback

	road, page, peer string // host:port
	dir              string
}

// Archive is its archive file.
func (n *Node) Archive() string { return filepath.Join(n.dir, "data", "archive.db") }

func (n *Node) config() string { return filepath.Join(n.dir, "hq.toml") }

const (
	roadPort = 8443
	peerPort = 8444
	pagePort = 8480
)

// group makes the nodes, their certificates and configurations. A group of more than one is brought together by Gather.
func (n *Nation) group(ctx context.Context, c Config, a *roster.Authority, all []district.District) error {
	list := filepath.Join(c.Dir, "roster.toml")
	if err := errors.Join(os.MkdirAll(c.Dir, 0o755), os.WriteFile(list, []byte(rosterText(all)), 0o600)); err != nil {
		return err
	}
	for i := range c.Nodes {
		node := &Node{Name: fmt.Sprint("hq-", i+1), dir: filepath.Join(c.Dir, fmt.Sprint("hq-", i+1))}
		if err := node.place(ctx, c.Lab); err != nil {
			return err
		}
		if err := node.write(n, c, a, list, i > 0); err != nil {
			return err
		}
		node.Process = node.process(c)
		n.Nodes = append(n.Nodes, node)
	}
	n.Page = "http://" + n.Nodes[0].page + "/"
	return nil
}

// place gives the node its addresses.
func (n *Node) place(ctx context.Context, l *lab.Lab) error {
	if l == nil {
		doors, err := berth.Addresses(3)
		if err == nil {
			n.road, n.page, n.peer = doors[0], doors[1], doors[2]
		}
		return err
	}
	h, err := l.Add(ctx)
	if err != nil {
		return err
	}
	n.Host = h
	n.road, n.peer = fmt.Sprintf("%s:%d", h.Address(), roadPort), fmt.Sprintf("%s:%d", h.Address(), peerPort)
	n.page = fmt.Sprintf("127.0.0.1:%d", pagePort)
	return nil
}

func (n *Node) write(nation *Nation, c Config, a *roster.Authority, list string, join bool) error {
	secrets, now := filepath.Join(n.dir, "tls"), time.Now()
	if err := os.MkdirAll(n.dir, 0o700); err != nil {
		return err
	}
	far, err := a.IssueHQ([]string{hqName}, now)
	if err != nil {
		return err
	}
	host, _, _ := strings.Cut(n.peer, ":")
	own, err := a.IssueNode(n.Name, []string{host}, now)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("name = %q\ndir = %q\nroster = %q\ncertificates = %q\nroad = %q\npage = %q\n",
		n.Name, filepath.Join(n.dir, "data"), list, secrets, n.road, n.page)
	if c.Nodes > 1 {
		text += fmt.Sprintf("peer = %q\njoin = %t\n", n.peer, join)
	}
	if nation.store != nil {
		text += fmt.Sprintf("[warehouse]\nurl = %q\n", nation.store.url)
	}
	return errors.Join(a.SaveHQ(secrets, far), a.SaveNode(secrets, own), os.WriteFile(n.config(), []byte(text), 0o600))
}

func (n *Node) process(c Config) *stage.Process {
	path, args := filepath.Join(c.Bin, "markaz-hq"), []string{"run", "--config", n.config()}
	if n.Host != nil {
		path, args = n.Host.Command(path, args...)
	}
	return &stage.Process{Name: n.Name, Path: path, Args: args, Log: filepath.Join(n.dir, "hq.log"), Slog: c.Log}
}

// Gather brings the nodes into one group, once their processes run. What was done before is done again without effect.
func (n *Nation) Gather(ctx context.Context) error {
	if len(n.Nodes) == 1 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, gatherMax)
	defer cancel()
	for _, node := range n.Nodes[1:] {
		if err := n.add(ctx, node); err != nil {
			return fmt.Errorf("take %s into the group: %w", node.Name, err)
		}
	}
	return nil
}

const (
	gatherMax   = 2 * time.Minute
	gatherAgain = 300 * time.Millisecond
)

func (n *Nation) add(ctx context.Context, node *Node) error {
	for {
		out, err := exec.CommandContext(ctx, filepath.Join(n.bin, "markaz-hq"), "member", "add", node.Name, node.peer,
			"--config", n.Nodes[0].config()).CombinedOutput()
		if err == nil {
			return nil
		}
		if !rest(ctx, gatherAgain) {
			return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out)))
		}
	}
}

// Level waits until every node has applied what the others have: a follower hears of the last commit a moment later.
func (n *Nation) Level(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, gatherMax)
	defer cancel()
	for !n.level(ctx) {
		if !rest(ctx, gatherAgain) {
			return fmt.Errorf("%w: after %s the nodes have not applied the same", ErrWrong, gatherMax)
		}
	}
	return nil
}

func (n *Nation) level(ctx context.Context) bool {
	for _, node := range n.Nodes {
		var members []quorum.MemberState
		c := hq.NewAdminClient(hq.Config{Dir: filepath.Join(node.dir, "data")})
		if err := c.Call(ctx, "GET", "/member", struct{}{}, &members); err != nil || len(members) != len(n.Nodes) {
			return false
		}
		for _, m := range members {
			if !m.Reached || m.Applied != members[0].Applied {
				return false
			}
		}
	}
	return true
}

// quiet is for boxes and nodes whose every reconnection would be a line.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
