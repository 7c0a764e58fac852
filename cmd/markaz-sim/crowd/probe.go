package crowd

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

// probe reads from the kernel what the box takes.
type probe struct {
	box *stage.Process

	mu      sync.Mutex
	began   time.Time     // guarded by mu
	busy    time.Duration // guarded by mu: processor time at first
	samples []int64       // guarded by mu: anonymous memory, bytes
	fault   error         // guarded by mu
}

// usage is what the box took.
type usage struct {
	cores             float64
	first, last, most int64 // bytes; the middle of the first and of the last fifth
	fault             error
}

func newProbe(box *stage.Process) *probe { return &probe{box: box} }

func (p *probe) run(ctx context.Context) error {
	for {
		p.sample()
		if client.Pause(ctx, probeEvery) != nil {
			return nil
		}
	}
}

func (p *probe) sample() {
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
}

func (p *probe) done() usage {
	p.sample()
	p.mu.Lock()
	defer p.mu.Unlock()
	u := usage{fault: p.fault}
	busy, _, err := taken(p.box.PID())
	if err != nil || len(p.samples) == 0 {
		return u
	}
	u.cores = float64(busy-p.busy) / float64(time.Since(p.began))
	n := len(p.samples)
	u.first, u.last = p.samples[n/10], p.samples[n-1-n/10]
	for _, s := range p.samples {
		u.most = max(u.most, s)
	}
	return u
}

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
