package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"markaz.example/sync/archive"
	"markaz.example/sync/hq"
	"markaz.example/sync/warehouse"
)

type warehouseCommand struct {
	Status  warehouseStatusCommand  `cmd:"" help:"Print how far PostgreSQL is, as JSON. What waits is told while headquarters is stopped; while it runs its page tells."`
	Compare warehouseCompareCommand `cmd:"" help:"Hold every row against the archive. Headquarters must not be running on it."`
	Rebuild warehouseRebuildCommand `cmd:"" help:"Take every row out. Headquarters loads all of them anew, at once if it runs."`
}

// errDiffers is reported when rows are not what the archive has.
var errDiffers = errors.New("PostgreSQL differs from the archive: markaz-hq warehouse rebuild loads everything anew")

type warehouseConfig struct {
	Config string `required:"" type:"path" placeholder:"FILE" help:"The config file of the node."`
}

// use connects as the node of the config would.
func (c warehouseConfig) use(ctx context.Context, do func(archive string, conn *warehouse.Conn) error) error {
	config, err := hq.LoadConfig(c.Config)
	if err != nil {
		return err
	}
	w := &warehouse.Warehouse{URL: config.Warehouse.URL, URLFile: config.Warehouse.URLFile}
	conn, err := w.Connect(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(hq.ArchivePath(config), conn), conn.Close(context.WithoutCancel(ctx)))
}

type warehouseStatusCommand struct{ warehouseConfig }

// Run prints how far PostgreSQL is.
func (c warehouseStatusCommand) Run(ctx context.Context) error {
	return c.use(ctx, func(path string, conn *warehouse.Conn) error {
		a, err := archive.OpenReadOnly(path)
		if err != nil {
			fmt.Fprintln(os.Stderr, "what waits is not known:", err)
			return tellWarehouse(ctx, conn, nil)
		}
		return errors.Join(tellWarehouse(ctx, conn, a), a.Close())
	})
}

func tellWarehouse(ctx context.Context, conn *warehouse.Conn, a warehouse.Archive) error {
	s, err := warehouse.Ask(ctx, conn, a)
	if err != nil {
		return err
	}
	return printJSON(s)
}

type warehouseCompareCommand struct{ warehouseConfig }

// Run compares. It reports errDiffers.
func (c warehouseCompareCommand) Run(ctx context.Context) error {
	return c.use(ctx, func(path string, conn *warehouse.Conn) error {
		return withArchive(path, func(a *archive.Archive) error {
			d, err := warehouse.Compare(ctx, a, conn)
			if err = errors.Join(err, printJSON(d)); err == nil && !d.Right() {
				return errDiffers
			}
			return err
		})
	})
}

type warehouseRebuildCommand struct{ warehouseConfig }

// Run empties the tables.
func (c warehouseRebuildCommand) Run(ctx context.Context) error {
	return c.use(ctx, func(_ string, conn *warehouse.Conn) error {
		if err := warehouse.Empty(ctx, conn); err != nil {
			return err
		}
		fmt.Println("Every row is taken out. Headquarters loads them anew: at once if it runs, else when it starts.")
		return nil
	})
}

func printJSON(v any) error {
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
