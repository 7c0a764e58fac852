package play_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"markaz.example/edge/berth"
)

// A play that is ended, by Ctrl-C or by a kill that it cannot answer, leaves no process behind.
func TestPlayLeavesNothingBehind(t *testing.T) {
	for _, c := range []struct {
		name  string
		with  syscall.Signal
		clean bool // it ends by itself, with exit code 0
	}{
		{"Ctrl-C", syscall.SIGINT, true},
		{"stopped by systemd", syscall.SIGTERM, true},
		{"killed", syscall.SIGKILL, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cmd := launch(t)
			children := childrenOf(t, cmd.Process.Pid)
			if len(children) != 2 || !running(children[0]) || !running(children[1]) {
				t.Fatalf("the play has the children %v, want the box and headquarters", children)
			}
			began := time.Now()
			if err := cmd.Process.Signal(c.with); err != nil {
				t.Fatal(err)
			}
			err := cmd.Wait()
			t.Logf("ended after %v", time.Since(began))
			if c.clean != (err == nil) {
				t.Errorf("it ended with %v", err)
			}
			for _, child := range children {
				until(t, fmt.Sprint("the end of ", child), func() bool { return !running(child) })
			}
		})
	}
}

// launch starts the real program and waits until its three pages are there.
func launch(t *testing.T) *exec.Cmd {
	t.Helper()
	port, err := berth.Ports(4)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(programs(t), "markaz-sim"), "play", "--dir", t.TempDir(), "--profiles", profiles(t),
		"--port", strconv.Itoa(port))
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	cmd.Env = append(os.Environ(), "DISPLAY=", "WAYLAND_DISPLAY=")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	for i, page := range []string{"/state", "/healthz", "/fleet.json"} {
		url := fmt.Sprintf("http://127.0.0.1:%d%s", port+i, page)
		until(t, url, func() bool {
			r, err := http.Get(url)
			if err != nil {
				return false
			}
			r.Body.Close()
			return r.StatusCode == http.StatusOK
		})
	}
	return cmd
}

// process is a process and when it began: a number alone is given to others later.
type process struct {
	pid   int
	start string
}

// childrenOf reads a process's children from every one of its threads. Source: proc(5), task/tid/children.
func childrenOf(t *testing.T, pid int) (all []process) {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil || len(lists) == 0 {
		t.Fatalf("%d lists of children, %v", len(lists), err)
	}
	for _, list := range lists {
		b, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended
		}
		for _, word := range strings.Fields(string(b)) {
			child, err := strconv.Atoi(word)
			if err != nil {
				t.Fatal(err)
			}
			start, _ := startOf(child)
			all = append(all, process{child, start})
		}
	}
	return all
}

// startOf is when a process began, in ticks since the boot; false when there is none or only its zombie.
// Source: proc(5), stat, fields 3 and 22, counted behind the name in brackets.
func startOf(pid int) (string, bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", false
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	return fields[19], fields[0] != "Z"
}

func running(p process) bool {
	start, ok := startOf(p.pid)
	return ok && start == p.start
}

// A device by itself ends by Ctrl-C with exit code 0, and its link goes with it.
func TestDeviceEndsCleanly(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "scale")
	cmd := exec.Command(filepath.Join(programs(t), "markaz-sim"), "device", "scale", "--link", link,
		"--profile", filepath.Join(profiles(t), "scale-mt-bba231.toml"))
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	acts, err := cmd.StdinPipe() // open to the end, as a person's terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer acts.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	there := func() bool { _, err := os.Lstat(link); return err == nil }
	until(t, "the line", there)
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || there() {
		t.Errorf("ended with %v, the link is there: %v", err, there())
	}
}
