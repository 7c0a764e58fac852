package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	line := kong.Parse(&parcel{}, kong.Name("markaz-deb"), kong.Description("Make a Debian package of programs that were built."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	line.FatalIfErrorf(line.Run())
}

// parcel is one package to be made.
type parcel struct {
	Name     string `arg:"" help:"Of the package, and of its directory in packaging/."`
	Source   string `default:"." type:"existingdir" help:"The repository."`
	Programs string `required:"" type:"existingdir" help:"Where the programs of this architecture were built."`
	Arch     string `required:"" enum:"amd64,arm64" help:"Debian's name of the architecture."`
	Version  string `required:"" help:"Of the package, as Debian writes it."`
	Epoch    int64  `required:"" help:"Seconds since 1970 that every file is said to be from."`
	Out      string `required:"" type:"path" help:"Directory of the package."`
}

// Run writes OUT/NAME_VERSION_ARCH.deb.
func (p parcel) Run(ctx context.Context) error {
	root, err := os.MkdirTemp("", "markaz-deb-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(root)
	if err := os.Chmod(root, 0o755); err != nil {
		return err
	}
	for _, step := range []struct {
		what string
		do   func(root string) error
	}{
		{"files", p.layFiles},
		{"documents", p.writeDocuments},
		{"control", p.writeControl},
		{"times", p.setTimes},
	} {
		if err := step.do(root); err != nil {
			return fmt.Errorf("%s of %s: %w", step.what, p.Name, err)
		}
	}
	return p.pack(ctx, root)
}

func (p parcel) deb() string { return filepath.Join(p.Out, p.Name+"_"+p.Version+"_"+p.Arch+".deb") }

func (p parcel) packaging(name string) string {
	return filepath.Join(p.Source, "packaging", p.Name, name)
}

func (p parcel) time() time.Time { return time.Unix(p.Epoch, 0).UTC() }
