package doctor

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// mount is one line of /proc/mounts.
type mount struct {
	dev, dir, kind string
	options        []string
}

func (m mount) has(option string) bool { return slices.Contains(m.options, option) }

func parseMounts(text string) (out []mount) {
	for l := range strings.Lines(text) {
		if f := strings.Fields(l); len(f) >= 4 {
			out = append(out, mount{f[0], unescape(f[1]), f[2], strings.Split(f[3], ",")})
		}
	}
	return out
}

// unescape puts back what the kernel writes as octal: blanks, tabs, line ends and backslashes.
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}

// holding is the mount that a path lies on: the longest, and of those the newest.
func holding(all []mount, path string) (best mount, ok bool) {
	for _, m := range all {
		within := m.dir == "/" || path == m.dir || strings.HasPrefix(path, m.dir+"/")
		if within && len(m.dir) >= len(best.dir) {
			best, ok = m, true
		}
	}
	return best, ok
}

// mounts finds options under which what was synced does not stay.
func mounts(_ context.Context, p Patient) (out []Finding) {
	all := parseMounts(p.read("proc/mounts"))
	for _, dir := range []string{p.Data, p.Vault} {
		if dir == "" {
			continue
		}
		m, ok := holding(all, filepath.Clean(dir))
		if !ok {
			return append(out, warning("run markaz doctor on the box itself", "it is not known what %s lies on", dir))
		}
		for _, f := range p.mounted(m, dir) {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	for _, m := range all {
		if m.removable() && !m.has("noexec") {
			out = append(out, warning("mount it anew with noexec,nodev,nosuid", "programs could be started from the stick at %s", m.dir))
		}
	}
	if len(out) == 0 && p.Data != "" {
		out = append(out, well("the data lies on a file system that keeps what was synced"))
	}
	return out
}

// removable says whether a mount is a stick: where desktops and udisks put them, or by a file system that only sticks have.
func (m mount) removable() bool {
	stick := []string{"vfat", "exfat", "ntfs3", "fuseblk"}
	return strings.HasPrefix(m.dir, "/media/") || strings.HasPrefix(m.dir, "/run/media/") ||
		slices.Contains(stick, m.kind) && !strings.HasPrefix(m.dir, "/boot")
}

// mounted is what is wrong with one mount that holds data.
func (p Patient) mounted(m mount, dir string) (out []Finding) {
	if m.kind == "tmpfs" || m.kind == "ramfs" || m.kind == "overlay" {
		return append(out, broken("put data on a disk of its own, ext4 with its usual options", "%s lies in %s: it is gone, or forgotten, at the next start", dir, m.kind))
	}
	if m.has("ro") {
		out = append(out, broken("look into the kernel's log (dmesg) for the disk's errors; replace the disk, then mount it again", "%s is mounted read-only: the kernel does that when a disk fails", m.dir))
	}
	if m.has("nobarrier") || m.has("barrier=0") {
		out = append(out, broken("take nobarrier and barrier=0 out of /etc/fstab and mount it again", "%s is mounted without barriers: a power cut loses what was saved", m.dir))
	}
	if m.has("data=writeback") {
		out = append(out, warning("take data=writeback out of /etc/fstab and mount it again", "%s is mounted with data=writeback: after a power cut files can hold other files' old bytes", m.dir))
	}
	if m.kind == "ext4" && m.has("fast_commit") && p.fastCommitLoses() {
		out = append(out, broken("tune2fs -O ^fast_commit, or a newer kernel", "%s has ext4's fast commits, which lose what was synced on this kernel", m.dir))
	}
	return out
}

// fastCommitLoses says whether this kernel is before the repairs. 5.10.94 and 5.15.27 have them, and everything from 5.17.
func (p Patient) fastCommitLoses() bool {
	v := kernel(p.line("proc/sys/kernel/osrelease"))
	fixed := [][3]int{{5, 10, 94}, {5, 15, 27}, {5, 17, 0}}
	for _, f := range fixed {
		if v[0] == f[0] && v[1] == f[1] {
			return v[2] < f[2]
		}
	}
	return slices.Compare(v[:], fixed[len(fixed)-1][:]) < 0
}

// kernel is the first three numbers of a version.
func kernel(text string) (v [3]int) {
	fields := strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	for i := range min(3, len(fields)) {
		v[i], _ = strconv.Atoi(fields[i])
	}
	return v
}
