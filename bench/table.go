package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// row is one line of the table: ours, a limit measured in the same run, and their ratio.
type row struct {
	what, ours, limit string
	ratio             float64 // ours over the limit; above 1 is better than it; 0 means there is none
	goal              string
}

// samples are the figures of interleaved rounds.
type samples []float64

func (s samples) median() float64 {
	t := slices.Sorted(slices.Values(s))
	return t[len(t)/2]
}

// percentile is the smallest figure that p of a hundred do not exceed.
func (s samples) percentile(p int) float64 {
	t := slices.Sorted(slices.Values(s))
	return t[min(len(t)-1, len(t)*p/100)]
}

func perSecond(rate float64) string { return fmt.Sprintf("%.0f/s", rate) }

func millis(d float64) string { return fmt.Sprintf("%.1f ms", d) }

func print(w io.Writer, rows []row) {
	fmt.Fprintln(w, "| what | ours | limit in the same run | ratio | goal |")
	fmt.Fprintln(w, "|---|---|---|---|---|")
	for _, r := range rows {
		ratio := ""
		if r.ratio != 0 {
			ratio = fmt.Sprintf("%.2f", r.ratio)
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", r.what, r.ours, r.limit, ratio, r.goal)
	}
}

// machine says where the figures come from.
func machine(dir string, rounds int) (string, error) {
	sync, err := syncTime(dir)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, %d cores, %s, %s; fdatasync of 4 KiB takes %s at the median; medians of %d interleaved rounds",
		cpu(), runtime.NumCPU(), runtime.Version(), kernel(), sync.Round(time.Microsecond), rounds), nil
}

func cpu() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(b)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func kernel() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return runtime.GOOS
	}
	return "Linux " + unix.ByteSliceToString(u.Release[:])
}

// syncTime is the median of 200 small writes, each synced.
func syncTime(dir string) (time.Duration, error) {
	f, err := os.CreateTemp(dir, "sync")
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var took []time.Duration
	for range 200 {
		start := time.Now()
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			return 0, err
		}
		if err := fdatasync(f); err != nil {
			return 0, err
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

func fdatasync(f *os.File) error { return unix.Fdatasync(int(f.Fd())) }
