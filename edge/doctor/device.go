package doctor

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// devices looks whether what is configured is plugged in, and whether the box's user may open it.
func devices(ctx context.Context, p Patient) (out []Finding) {
	for _, d := range p.Devices {
		if d.Err != nil {
			out = append(out, broken("put the profile's name right, or the profile: it is a file of the directory profiles", "%s: %s", d.Name, short(d.Err.Error())))
			continue
		}
		out = append(out, p.plugged(d)...)
	}
	if p.USB != "" {
		out = append(out, p.socket(ctx))
	}
	if len(out) == 0 {
		out = append(out, well("%d devices are configured, and nothing is missing", len(p.Devices)))
	}
	return out
}

// plugged looks at a node. What hangs on a network or is found by its number the running box sees itself.
func (p Patient) plugged(d Device) []Finding {
	if !strings.HasPrefix(d.Serial, "/") {
		return nil
	}
	info, err := os.Stat(filepath.Join(p.Root, d.Serial))
	if errors.Is(err, os.ErrNotExist) {
		return []Finding{warning("plug it in and switch it on; if it is there, markaz devices list shows under which name", "%s: there is no %s", d.Name, d.Serial)}
	}
	if err != nil {
		return []Finding{warning("run markaz doctor as root", "%s: %v", d.Name, err)}
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if ok && s.Uid == 0 && s.Gid == 0 && info.Mode().Perm()&0o006 == 0 {
		return []Finding{broken("install 99-markaz.rules, then: udevadm trigger", "%s: only root may open %s", d.Name, d.Serial)}
	}
	return nil
}

func (p Patient) socket(ctx context.Context) Finding {
	line, err := (&net.Dialer{Timeout: dialMax}).DialContext(ctx, "unix", p.USB)
	if err != nil {
		return broken("systemctl restart markaz-usb", "the program for USB devices does not answer: %s", short(err.Error()))
	}
	_ = line.Close()
	return well("the program for USB devices answers")
}

// units are what systemd says of ours.
func units(ctx context.Context, p Patient) (out []Finding) {
	if p.Units == nil {
		return []Finding{well("no systemd here: nothing starts the box again when it falls")}
	}
	for _, u := range []string{"markaz.service", "markaz-usb.service"} {
		state, err := p.Units(ctx, u)
		switch {
		case err != nil:
			return []Finding{well("systemd does not answer: %s", short(err.Error()))}
		case state == "failed":
			out = append(out, broken("journalctl -u "+u+" shows why; then: systemctl restart "+u, "%s has failed", u))
		case state != "active":
			out = append(out, warning("systemctl enable --now "+u, "%s is %s", u, state))
		default:
			out = append(out, well("%s is active", u))
		}
	}
	return out
}
