package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// parts are what this program does when it is a process of its own: the first argument names one, the others are its.
// A part says what it has to say as JSON on its standard output, and ends when its standard input does.
var parts = map[string]func(args []string) error{
	"box": boxPart, "headquarters": headquartersPart, "send": sendPart, "receive": receivePart,
	"nats-hub": natsHubPart, "live-box": liveBoxPart, "echo": echoPart, "nats-leaf": natsLeafPart,
}

// asPart reports false when the arguments name no part.
func asPart(args []string) bool {
	if len(args) < 2 || parts[args[1]] == nil {
		return false
	}
	if err := parts[args[1]](args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "bench %s: %v\n", args[1], err)
		os.Exit(1)
	}
	return true
}

// process is a part that runs.
type process struct {
	cmd *exec.Cmd
	in  io.Closer
	out *json.Decoder
}

func startPart(args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(self, args...)}
	p.cmd.Stderr = os.Stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = json.NewDecoder(out)
	return p, p.cmd.Start()
}

// hear takes the next thing that the part says.
func (p *process) hear(into any) error {
	if err := p.out.Decode(into); err != nil {
		return fmt.Errorf("listen to %s: %w", p.cmd.Args[1], err)
	}
	return nil
}

// end lets the part go and waits for it.
func (p *process) end() error {
	p.in.Close()
	return p.cmd.Wait()
}

func say(what any) error { return json.NewEncoder(os.Stdout).Encode(what) }

// awaitEnd returns when the parent wants this part to end, or is gone.
func awaitEnd() { _, _ = io.Copy(io.Discard, os.Stdin) }

// memory is a process's, in mebibytes. Mapped pages of files are cache that the kernel takes back when it needs room.
type memory struct {
	Peak   int // resident, files included
	Mapped int // of it, pages of files, at the end
}

func (m memory) String() string {
	return fmt.Sprintf("%d MB (%d of them mapped file)", m.Peak, m.Mapped)
}

func memoryNow() (m memory, err error) {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return m, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), ":")
		kib, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
		switch key {
		case "VmHWM":
			m.Peak = kib >> 10
		case "RssFile":
			m.Mapped = kib >> 10
		}
	}
	return m, nil
}
