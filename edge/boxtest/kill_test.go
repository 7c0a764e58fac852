package boxtest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"markaz.example/edge/berth/berthtest"
	"markaz.example/edge/box"
	"markaz.example/edge/boxtest"
	"markaz.example/edge/desk"
	"markaz.example/edge/web/proof"
	"markaz.example/sync/recall"
)

// childConfig names the file with the configuration of a box that runs in a process of its own, to be killed, and
// childWork what that does: nothing for serving, workRestore, or workNode for a node of headquarters instead.
const (
	childConfig = "MARKAZ_BOXTEST_CHILD"
	childWork   = "MARKAZ_BOXTEST_WORK"
	workRestore = "restore"
)

// readSoFar is the file in its data directory in which a child tells how many records it has read back.
const readSoFar = "read-so-far"

func TestMain(m *testing.M) {
	if path := os.Getenv(childConfig); path != "" {
		if err := child(path); err != nil {
			slog.Error("the child's box", "err", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func child(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if os.Getenv(childWork) == workNode {
		return childNode(b)
	}
	var c box.Config
	if err := json.Unmarshal(b, &c); err != nil {
		return err
	}
	o := box.Options{Software: "markaz test", Log: slog.Default()}
	if os.Getenv(childWork) == workRestore {
		_, _, err := box.Restore(context.Background(), c, o, box.Telling{Reading: func(p recall.Progress) {
			_ = os.WriteFile(filepath.Join(c.Data, readSoFar), []byte(fmt.Sprint(p.Done)), 0o600)
		}})
		return err
	}
	opened, err := box.Open(c, o)
	if err != nil {
		return err
	}
	return opened.Run(context.Background())
}

// spawn starts the box of b in a process of its own; kill ends that with SIGKILL, as a power cut would.
func spawn(t *testing.T, b *boxtest.Box) (kill func()) {
	t.Helper()
	kill = process(t, b.Config, "")
	b.Await(t, "the child to serve", func() bool {
		r, err := http.Get("http://" + b.Config.Web.Listen + "/healthz")
		if err != nil {
			return false
		}
		r.Body.Close()
		return r.StatusCode == http.StatusOK
	})
	return kill
}

// ofChild gives addresses of a box that is another process.
func ofChild(w box.Web) func(path string) string {
	return func(path string) string {
		if proof.AtDesks(path) {
			return "https://" + w.Desks + path
		}
		return "http://" + w.Listen + path
	}
}

func process(t *testing.T, c box.Config, work string) (kill func()) {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "child.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childConfig+"="+path, childWork+"="+work)
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
	t.Cleanup(kill)
	return kill
}

// A box that is killed in the middle of a slip cannot know whether it came out. It does not guess: nothing is printed
// until somebody asks, and what is printed then says that it is a reprint.
func TestKilledInTheMiddleOfASlip(t *testing.T) {
	t.Parallel()
	b := boxtest.New(t, slow)
	b.Config.Web.Listen, b.Config.Web.Desks = berthtest.Address(t), berthtest.Address(t)
	kill := spawn(t, b)
	v := visitor{t, ofChild(b.Config.Web), b.Browser()}
	visit := v.ask("kafaalat")
	inked(t, b)
	kill()
	if got := jobs(t, b); got.Printing != 1 {
		t.Fatalf("the jobs are %+v: the box was not killed in the middle", got)
	}
	spawn(t, b)
	v.await(b, visit, desk.SlipUncertain)
	loan := v.ask("loans")
	v.await(b, loan, desk.SlipInHand) // the printer was cleared; others are served meanwhile
	first, second := "HTTP://10.1.0.1:8080/T/"+string(v.slip(visit).Code), "HTTP://10.1.0.1:8080/T/"+string(v.slip(loan).Code)
	if read := codes(b.Slips()); !slices.Equal(read, []string{second}) {
		t.Errorf("before anybody asked the papers are %q, want only %s", read, second)
	}
	v.again(visit)
	s := v.await(b, visit, desk.SlipInHand)
	if read := codes(b.Slips()); !slices.Equal(read, []string{second, first}) || !s.Reprint {
		t.Errorf("the papers are %q, reprint %v; want %s last, marked", read, s.Reprint, first)
	}
	if f := v.figures(); f.Issued != 2 || f.Waiting != 2 || f.Uncertain != 0 {
		t.Errorf("the figures are %+v", f)
	}
}
