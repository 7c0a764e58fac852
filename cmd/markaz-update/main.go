// Command markaz-update brings this machine to the version of markaz that the box has staged, and back when that does not
// come up: see edge/update. It runs as root, by markaz-update.service, and has no arguments in daily life.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/alecthomas/kong"

	"markaz.example/edge/door"
	"markaz.example/edge/durable"
	"markaz.example/edge/update"
)

// version is set by the build.
var version = "unknown"

type options struct {
	File    string           `arg:"" optional:"" type:"existingfile" help:"An update to be taken, where no box runs that would stage it."`
	Dir     string           `default:"/var/lib/markaz-update" help:"Its own directory."`
	Data    string           `default:"/var/lib/markaz" help:"Of the box."`
	Key     []string         `default:"/etc/markaz/release.pub" help:"Files of release keys."`
	Unit    string           `default:"markaz.service" help:"The box's service."`
	Version kong.VersionFlag `help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	line := kong.Parse(&options{}, kong.Name("markaz-update"), kong.Vars{"version": version},
		kong.Description("Bring this machine to the version of markaz that is staged."), kong.BindTo(ctx, (*context.Context)(nil)))
	line.FatalIfErrorf(line.Run())
}

// errClosed: no box answers.
var errClosed = errors.New("no box runs")

// doorName is the box's admin door in its data directory.
const doorName = "door.sock"

// Run does what there is to do.
func (o options) Run(ctx context.Context) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	keys, err := update.ReadKeys(o.Key...)
	if errors.Is(err, update.ErrNoKey) {
		log.Warn("nothing can be updated", "err", err)
	} else if err != nil {
		return err
	}
	u := update.Updater{
		Dir: o.Dir, Data: o.Data, Package: "markaz", Arch: runtime.GOARCH, Keys: keys, Log: log,
		System: system{
			update.Dpkg{Package: "markaz"},
			update.Service{Unit: o.Unit, Door: door.NewClient(o.Data, doorName, errClosed)},
			filepath.Join(o.Dir, asideName),
		},
	}
	if o.File != "" {
		if err := o.bring(ctx, u); err != nil {
			return err
		}
	}
	if err := u.Run(ctx); err != nil {
		return err
	}
	// Nothing is under way: the next update is for the program that is installed.
	if err := os.Remove(filepath.Join(o.Dir, asideName)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// asideName is this program set aside, as markaz-update.service knows it.
const asideName = "updater"

// bring takes the file that was named, from a directory of root's own: in the box's the box could lead it astray.
func (o options) bring(ctx context.Context, u update.Updater) error {
	file, err := os.ReadFile(o.File)
	if err != nil {
		return err
	}
	u.Data = filepath.Join(o.Dir, "brought")
	defer os.RemoveAll(u.Data)
	check := func(b []byte) (update.Manifest, error) { return update.Check(b, u.Keys) }
	if _, err := update.Stage(u.Data, file, check); err != nil {
		return err
	}
	return u.Run(ctx)
}

// system is Debian's package and systemd's service, and this program set aside: what takes a machine back must not be what
// was just installed. The unit prefers it while it is there.
type system struct {
	update.Dpkg
	update.Service
	aside string
}

// Install sets this program aside first, unless this is it already.
func (s system) Install(file string) error {
	if err := setAside(s.aside); err != nil {
		return fmt.Errorf("set the updater aside: %w", err)
	}
	return s.Dpkg.Install(file)
}

func setAside(to string) error {
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	defer self.Close()
	aside := to + ".new"
	out, err := os.OpenFile(aside, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o700)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, self)
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return err
	}
	return durable.Replace(aside, to)
}
