// Package gauge reads from the kernel what a box takes while somebody plays with it: processor, memory, open files.
package gauge

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/cmd/markaz-sim/stage"
)

// Probe looks at a box again and again. Make it with New, and Run it.
type Probe struct {
	box *stage.Process

	mu      sync.Mutex
	began   time.Time     // guarded by mu
	busy    time.Duration // guarded by mu: processor time at first
	samples []int64       // guarded by mu: anonymous memory, bytes
	files   int           // guarded by mu: open at most
	fault   error         // guarded by mu
}

// Usage is what the box took between two moments.
type Usage struct {
	Cores             float64
	First, Last, Most int64 // anonymous memory, bytes; the middle of the first and of the last fifth
	Files             int   // open at most
	Fault             error
}

// New makes a probe of a box that runs.
func New(box *stage.Process) *Probe { return &Probe{box: box} }

// Run looks until the context ends.
func (p *Probe) Run(ctx context.Context) error {
	for {
		p.sample()
		if client.Pause(ctx, lookEvery) != nil {
			return nil
		}
	}
}

func (p *Probe) sample() {
	p.mu.Lock()
	defer p.mu.Unlock()
	busy, memory, err := taken(p.box.PID())
	if err != nil {
		p.fault = err
		return
	}
	if p.began.IsZero() {
		p.began, p.busy = time.Now(), busy
	}
	p.samples = append(p.samples, memory)
	if files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.box.PID())); err == nil {
		p.files = max(p.files, len(files))
	}
}

// Begin forgets what was seen.
func (p *Probe) Begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.began, p.samples, p.files = time.Time{}, nil, 0
}

// Done is what was seen since Begin, or since Run.
func (p *Probe) Done() Usage {
	p.sample()
	p.mu.Lock()
	defer p.mu.Unlock()
	u := Usage{Fault: p.fault, Files: p.files}
	busy, _, err := taken(p.box.PID())
	if err != nil || len(p.samples) == 0 {
		return u
	}
	u.Cores = float64(busy-p.busy) / float64(time.Since(p.began))
	n := len(p.samples)
	u.First, u.Last = p.samples[n/10], p.samples[n-1-n/10]
	for _, s := range p.samples {
		u.Most = max(u.Most, s)
	}
	return u
}

// lookEvery is between two looks.
const lookEvery = time.Second

// tick is the kernel's unit of processor time for programs: a hundredth of a second on every Linux.
const tick = 10 * time.Millisecond

// taken is the processor time of a process and its anonymous memory in bytes, which leaves mapped files out.
func taken(pid int) (busy time.Duration, memory int64, err error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, err
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	for _, f := range fields[11:13] { // utime and stime: fields 14 and 15, of which the first two stand before
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, 0, err
		}
		busy += time.Duration(n) * tick
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			_, err := fmt.Sscanf(rest, "%d kB", &memory)
			return busy, memory << 10, err
		}
	}
	return busy, 0, fmt.Errorf("process %d tells no memory", pid)
}
