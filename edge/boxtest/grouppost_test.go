package boxtest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"markaz.example/edge/book/post"
	"markaz.example/edge/box"
	"markaz.example/edge/boxtest"
	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/letter"
	"markaz.example/edge/pack"
	"markaz.example/sync/archive"
	"markaz.example/sync/hq"
	"markaz.example/sync/office"
	hqpost "markaz.example/sync/post"
	"markaz.example/sync/roster"
)

// workNode makes a child of the test a node of headquarters, to be killed.
const workNode = "node"

func childNode(config []byte) error {
	var c hq.Config
	if err := json.Unmarshal(config, &c); err != nil {
		return err
	}
	h, err := hq.Open(c, slog.Default())
	if err != nil {
		return err
	}
	return h.Run(context.Background())
}

// spawn runs the node in a process of its own; kill ends that with SIGKILL.
func (s *seat) spawn(t *testing.T) (kill func()) {
	t.Helper()
	text, err := json.Marshal(s.config)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "node.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childConfig+"="+path, childWork+"="+workNode)
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
	t.Cleanup(kill)
	return kill
}

// pack makes the file of a pack of texts.
func packOf(t *testing.T, keyFile string, version uint64, content string) []byte {
	t.Helper()
	key, err := roster.ReadPostKey(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	s, err := pack.Sign(key, pack.Manifest{
		Name: "texts", Version: version, Kind: "texts/1", Size: uint64(len(content)), Digest: sha256.Sum256([]byte(content)), Wall: time.Now().UnixMilli(),
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := pack.Encode(s, []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// linked is a box that was enrolled at a node, and has its link there.
func linked(t *testing.T, n *seat) *house {
	t.Helper()
	h := &house{Box: boxtest.New(t, 200), hq: n.HQ}
	n.place(&h.Config, t.TempDir())
	n.enrol(t, h.Config, false)
	h.Up(t)
	return h
}

// persist repeats an order until it is taken, as a person does who is told to try again: on a busy machine a leader changes
// at any moment. One that is refused in the end was taken before.
func persist(t testing.TB, what string, order func() error) {
	t.Helper()
	(&boxtest.Box{}).Await(t, what, func() bool {
		err := order()
		if err != nil {
			t.Logf("%s: %v", what, err)
			time.Sleep(time.Second) // who tries without a pause is not let in at all
		}
		return err == nil || errors.Is(err, hqpost.ErrRefused)
	})
}

// Everything that goes down reaches a box on a follower, ordered at a follower, though the leader is killed in the middle;
// the clerk of the next leader does nothing twice.
func TestPostWhileTheLeaderIsKilled(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	kill := g.nodes[0].spawn(t)
	g.nodes[1].up(t)
	g.nodes[2].up(t)
	g.unite(t)
	h := linked(t, g.nodes[2])
	desk, ctx := g.nodes[1].Desk(), t.Context() // orders are given at the one, the box is at the other
	key := filepath.Join(g.nodes[1].config.Certificates, "post.key")
	h.Await(t, "the chain to be known", func() bool { return g.nodes[1].holds(t, 1) })

	content := `{"en": {"floor.today": "First figures"}` + strings.Repeat(" ", 600<<10) + `}`
	publish := func(version uint64, content string) {
		file := packOf(t, key, version, content)
		persist(t, "a pack to be published", func() error { _, err := desk.Publish(ctx, bytes.NewReader(file)); return err })
		persist(t, "a pack to be offered", func() error { _, err := desk.Offer(ctx, h.order(version)); return err })
	}
	publish(1, content)
	h.shows(t, "/floor?lang=en", "First figures")
	persist(t, "a pool", func() error { _, err := desk.Pool(ctx, hqpost.PoolOrder{What: "bed", Total: 3}); return err })
	lend := hqpost.LeaseOrder{Centre: "ISB-01", What: "bed", Count: 2, Until: time.Now().Add(time.Hour).UnixMilli()}
	persist(t, "a lease", func() error { _, err := desk.Grant(ctx, lend); return err })
	h.shows(t, "/floor?lang=en", "<bdi>2</bdi> left")
	come(t, h)
	for _, press := range []string{"next", "present", "draw-bed"} {
		h.at(t, press, 200)
	}
	kill()
	for _, press := range []string{"draw-bed", "ask"} { // while nobody leads
		h.at(t, press, 200)
	}
	publish(2, `{"en": {"floor.today": "Second figures"}}`)
	h.shows(t, "/floor?lang=en", "Second figures")
	var open []hqpost.QuestionShown
	h.Await(t, "the question at headquarters", func() bool { open, _ = desk.Questions(ctx, struct{}{}); return len(open) > 0 })
	if len(open) != 1 {
		t.Errorf("the desk asked once, headquarters has %+v", open)
	}
	persist(t, "an answer", func() error {
		_, err := desk.Answer(ctx, hqpost.AnswerOrder{ID: open[0].ID, Result: "yes", Source: "nser"})
		return err
	})
	h.shows(t, "/desk/A?lang=en", "<bdi>nser</bdi>")
	persist(t, "a wish", func() error {
		_, err := desk.Diagnose(ctx, hqpost.DiagnosisOrder{Centre: "ISB-01", Who: "Help desk", Why: "The printer fails"})
		return err
	})
	h.shows(t, "/floor?lang=en", "The printer fails")
	h.press(t, "allow")
	h.hq = g.nodes[1].HQ
	h.Await(t, "the report at the other node", func() bool { got, err := h.diagnosis(ctx); return err == nil && got.Report != "" })
	h.sendAll(t, g.nodes[1:])
	for _, n := range g.nodes[1:] {
		n.down()
		once(t, n.config, h.Config)
	}
}

// sendAll stops the box once nodes have everything up to its present head.
func (h *house) sendAll(t *testing.T, nodes []*seat) {
	t.Helper()
	h.Down()
	head, _ := state(t, ledgerOf(h.Box))
	h.Up(t)
	for _, n := range nodes {
		h.Await(t, n.config.Name+" to hold all", func() bool { return n.holds(t, head.Seq) })
	}
	h.Down()
}

// once checks that a box took every letter that a node has for its centre, in order and once, and that the node has every
// record of the box.
func once(t *testing.T, c hq.Config, b box.Config) {
	t.Helper()
	a, err := archive.OpenReadOnly(hq.ArchivePath(c))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.Verify(t.Context(), nil); err != nil {
		t.Error(err)
	}
	last, err := office.LastLetter(a.ViewOffice, id.Centre(b.Centre.Code))
	if err != nil || last == 0 {
		t.Fatalf("letters up to %d, %v", last, err)
	}
	taken, granted := uint64(0), 0
	for _, k := range a.Chains() {
		for s, err := range a.Records(k.Incarnation, 0) {
			if err != nil {
				t.Fatal(err)
			}
			r, err := chain.Decode(s.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			switch r.Kind {
			case post.Received{}.Kind():
				var e post.Received
				if err := chain.DecodeBody(r.Body, &e); err != nil {
					t.Fatal(err)
				}
				if taken++; e.Number != taken || e.Fate != "" {
					t.Errorf("%s: after letter %d the box took %+v", c.Name, taken-1, e)
				}
			case letter.LeaseGranted{}.Kind():
				granted++
			}
		}
	}
	if taken != last || granted > 1 {
		t.Errorf("%s: the box took %d of %d letters, %d of them a lease", c.Name, taken, last, granted)
	}
	t.Logf("%s: %d letters", c.Name, taken)
}
