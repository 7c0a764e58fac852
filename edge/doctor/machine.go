package doctor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func versions(_ context.Context, p Patient) []Finding {
	system := "an unknown system"
	for l := range strings.Lines(p.read("etc/os-release")) {
		if name, ok := strings.CutPrefix(l, "PRETTY_NAME="); ok {
			system = strings.Trim(strings.TrimSpace(name), `"`)
		}
	}
	return []Finding{well("%s, %s/%s, on %s, kernel %s", p.Software, runtime.GOOS, runtime.GOARCH, system, p.line("proc/sys/kernel/osrelease"))}
}

func configuration(_ context.Context, p Patient) []Finding {
	if p.ConfigErr == nil {
		return []Finding{well("%s is in order", p.Config)}
	}
	if errors.Is(p.ConfigErr, os.ErrNotExist) {
		return []Finding{broken("copy docs/box.toml there and fill it in; see the installation guide", "there is no %s", p.Config)}
	}
	return []Finding{broken("put right what is named, then run markaz doctor again", "%v", p.ConfigErr)}
}

// clock compares the machine's with the newest things it knows of.
func clock(_ context.Context, p Patient) (out []Finding) {
	built := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) // no program of ours is older
	if p.Now.Before(built) {
		out = append(out, broken("connect the box to headquarters, or set the time with: timedatectl set-time; if it comes back, replace the battery on the mainboard",
			"the clock says %s, which is long past", p.Now.Format(time.DateOnly)))
	}
	if rtc, err := time.Parse(time.DateTime, p.line("sys/class/rtc/rtc0/date")+" "+p.line("sys/class/rtc/rtc0/time")); err != nil {
		out = append(out, warning("a box without a clock that runs on a battery starts in the past; headquarters sets it each time", "there is no battery-backed clock"))
	} else if off := p.Now.Sub(rtc).Abs(); off > clockOff {
		out = append(out, warning("hwclock --systohc once the time is right; if it comes back, replace the battery", "the battery-backed clock is %s off", off.Round(time.Second)))
	}
	if _, err := os.Stat(filepath.Join(p.Root, "run/systemd/timesync/synchronized")); err != nil {
		out = append(out, well("no time server was reached since the start; headquarters tells the time when there is a line"))
	}
	if Worst(out) == Well {
		out = append(out, well("the clock says %s", p.Now.UTC().Format(time.DateTime)))
	}
	return out
}

func space(_ context.Context, p Patient) []Finding {
	if p.Data == "" {
		return nil
	}
	var s syscall.Statfs_t
	if err := syscall.Statfs(p.Data, &s); err != nil {
		return []Finding{broken("make it, for the user markaz alone, or put data right in the configuration", "the data directory cannot be looked at: %v", err)}
	}
	return spaceOf(int64(s.Bavail)*int64(s.Bsize), int64(s.Ffree), p.Data)
}

func spaceOf(free, inodes int64, dir string) []Finding {
	const remedy = "delete what is not the box's; or prune records that headquarters holds: markaz ledger prune"
	switch {
	case free < spaceLast:
		return []Finding{broken(remedy, "%d MB are free in %s: writing ends soon", free>>20, dir)}
	case inodes == 0:
		return []Finding{warning(remedy, "no file can be added in %s", dir)}
	case free < spaceNeeded:
		return []Finding{warning(remedy, "%d MB are free in %s, %d MB are wanted", free>>20, dir, int64(spaceNeeded)>>20)}
	}
	return []Finding{well("%d GB are free in %s", free>>30, dir)}
}

// honesty times syncs of a probe beside the ledger.
func honesty(ctx context.Context, p Patient) []Finding {
	if p.Data == "" {
		return nil
	}
	took, err := syncs(ctx, p.Data)
	if err != nil {
		return []Finding{broken("look at the mount options and the kernel's log (dmesg): a disk that fails is replaced before it is lost", "a probe could not be written and synced: %v", err)}
	}
	return honest(took[len(took)/2])
}

func honest(median time.Duration) []Finding {
	if median < honestMin {
		return []Finding{warning("put the data on a drive that keeps its word: one with power-loss protection, or switch off its write cache (hdparm -W 0)",
			"a sync takes %s: no drive writes that fast, so this one says done before it is, and a power cut loses what was saved", median)}
	}
	return []Finding{well("a sync takes %s", median.Round(10*time.Microsecond))}
}

// syncs are how long some took, the fastest first.
func syncs(ctx context.Context, dir string) (took []time.Duration, err error) {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	page := make([]byte, 4096)
	for range probes {
		_, _ = rand.Read(page) // never fails
		if _, err := f.WriteAt(page, 0); err != nil {
			return nil, err
		}
		begin := time.Now()
		if err := errors.Join(syscall.Fdatasync(int(f.Fd())), ctx.Err()); err != nil {
			return nil, err
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	return took, nil
}

// memory is where what is in memory could come to lie on a disk.
func memory(_ context.Context, p Patient) (out []Finding) {
	for l := range strings.Lines(p.read("proc/swaps")) {
		f := strings.Fields(l)
		if len(f) < 3 || f[0] == "Filename" || strings.Contains(f[0], "zram") || p.encrypted(f[0]) {
			continue
		}
		out = append(out, warning("swapoff -a, and take its line out of /etc/fstab; or use zram, or encrypt it", "swap on %s is not encrypted: what is in memory can come to lie there", f[0]))
	}
	if pattern := p.line("proc/sys/kernel/core_pattern"); pattern != "" && !strings.HasPrefix(pattern, "|/bin/false") {
		out = append(out, well("core dumps would go to %q; the box's unit forbids them", short(pattern)))
	}
	if Worst(out) == Well {
		out = append(out, well("no swap in the clear"))
	}
	return out
}

// encrypted says whether a swap device is a mapping of dm-crypt.
func (p Patient) encrypted(dev string) bool {
	return strings.HasPrefix(p.line(filepath.Join("sys/class/block", p.blockName(dev), "dm/uuid")), "CRYPT-")
}

func (p Patient) blockName(dev string) string {
	if to, err := os.Readlink(filepath.Join(p.Root, dev)); err == nil {
		dev = to
	}
	return filepath.Base(dev)
}

// short is text that fits a line.
func short(s string) string {
	if len(s) > wordsMax {
		s = strings.ToValidUTF8(s[:wordsMax], "") + "…"
	}
	return strings.ReplaceAll(s, "\n", " ")
}

// permissions finds what others may read or write, and what is not the box's.
func permissions(_ context.Context, p Patient) (out []Finding) {
	for _, dir := range p.keeping() {
		info, err := os.Stat(dir)
		if dir == "" || err != nil {
			continue // other checks say what is missing
		}
		if info.Mode().Perm()&0o077 != 0 && dir != p.Identity {
			out = append(out, warning(fmt.Sprintf("chmod 700 %s", dir), "%s is open to other users (%s)", dir, info.Mode().Perm()))
		}
		out = append(out, open(dir, owner(info))...)
	}
	if info, err := os.Stat(p.Config); err == nil && info.Mode().Perm()&0o022 != 0 {
		out = append(out, broken("chmod go-w "+p.Config, "whoever is on this machine can change %s", p.Config))
	}
	if len(out) == 0 {
		out = append(out, well("only the box's user can read its data and keys"))
	}
	return out
}

// keeping are the directories with something that is nobody else's.
func (p Patient) keeping() []string {
	out := []string{p.Data, p.Vault, p.Identity}
	if p.Data != "" {
		out = append(out, filepath.Join(p.Data, "strongbox"))
	}
	return out
}

// secret are the files that nobody else may read, by the ends of their names.
var secret = []string{".key", ".db", ".secret", ".new", ".sock", sealed}

func open(dir string, uid uint32) (out []Finding) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return []Finding{warning("run markaz doctor as root, or as the box's user", "%s cannot be listed", dir)}
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if slices.Contains(secret, filepath.Ext(path)) && info.Mode().Perm()&0o077 != 0 {
			out = append(out, broken("chmod 600 "+path+"; if others use this machine, have new keys made", "other users can read %s (%s)", path, info.Mode().Perm()))
		}
		if owner(info) != uid {
			out = append(out, broken("chown "+strconv.Itoa(int(uid))+" "+path, "%s belongs to another user than its directory: the box cannot write it", path))
		}
	}
	return out
}

func owner(info os.FileInfo) uint32 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Uid
	}
	return 0
}
