package box

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"time"

	"markaz.example/devices/slip"
	"markaz.example/edge/web"
	"markaz.example/edge/web/page"
)

// awaitAddress is where a box without a configuration has its page: where docs/box.toml puts it.
const awaitAddress = "0.0.0.0:8080"

// AwaitConfig shows on every page why a box's configuration cannot be used, until the file is another. Whoever plugs in a
// new machine finds the words there, and need not read a log. It ends with nil when the file changed or the context ended.
func AwaitConfig(ctx context.Context, path string, cause error, o Options) error {
	l, err := net.Listen("tcp", awaitAddress)
	if err != nil {
		return fmt.Errorf("%w (no page can say so: %w)", cause, err)
	}
	return awaitConfig(ctx, path, cause, o, l)
}

func awaitConfig(ctx context.Context, path string, cause error, o Options, l net.Listener) error {
	fonts, err := fs.Sub(slip.Fonts, "fonts")
	if err != nil {
		return err
	}
	site, err := web.New(web.Config{Centre: page.Name{Ur: "مرکز", En: "Markaz"}, Fonts: fonts, Log: o.Log})
	if err != nil {
		return err
	}
	site.Unconfigured(cause)
	ctx, changed := context.WithCancel(ctx)
	defer changed()
	if o.Ready != nil {
		o.Ready()
	}
	return all(ctx,
		func(ctx context.Context) error { return site.ServePublic(ctx, l) },
		site.Run,
		func(ctx context.Context) error { defer changed(); awaitChange(ctx, path); return nil },
	)
}

// awaitChange returns when a file is another than at the call, or there at last.
func awaitChange(ctx context.Context, path string) {
	before := stampOf(path)
	for stampOf(path) == before {
		select {
		case <-ctx.Done():
			return
		case <-time.After(configLook):
		}
	}
}

// stamp is what tells two states of a file apart.
type stamp struct {
	at   time.Time
	size int64
}

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	return stamp{info.ModTime(), info.Size()}
}
