package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"markaz.example/edge/door"
	"markaz.example/edge/durable"
	"markaz.example/edge/id"
	"markaz.example/edge/pack"
	"markaz.example/sync/post"
	"markaz.example/sync/roster"
)

type packCommand struct {
	Make     makeCommand     `cmd:"" help:"Make a signed pack of a directory's one file, or of a file."`
	Publish  publishCommand  `cmd:"" help:"Bring a pack to headquarters, and offer it to centres."`
	List     packListCommand `cmd:"" help:"Print the packs that headquarters keeps."`
	RollBack rollBackCommand `cmd:"" name:"roll-back" help:"Order centres back to an older version."`
	Drop     packDropCommand `cmd:"" help:"Take a pack away from headquarters. Boxes keep what they have."`
}

type makeCommand struct {
	From    string `arg:"" type:"path" help:"The content: a file, or a directory that holds one."`
	Name    string `required:"" help:"Of the series of versions: texts."`
	Version uint64 `required:"" help:"Above every earlier one of that name."`
	Kind    string `default:"texts/1" help:"What the content is: texts/1."`
	Key     string `required:"" type:"existingfile" help:"post.key, under which headquarters speaks to boxes."`
	Out     string `short:"o" required:"" type:"path" help:"The pack's file."`
}

// Run makes a pack.
func (c makeCommand) Run() error {
	content, err := readContent(c.From)
	if err != nil {
		return err
	}
	key, err := roster.ReadPostKey(c.Key)
	if err != nil {
		return err
	}
	m := pack.Manifest{Name: c.Name, Version: c.Version, Kind: c.Kind, Size: uint64(len(content)), Digest: sha256.Sum256(content), Wall: time.Now().UnixMilli()}
	s, err := pack.Sign(key, m)
	if err != nil {
		return err
	}
	file, err := pack.Encode(s, content)
	if err != nil {
		return err
	}
	if err := durable.WriteFile(c.Out, file); err != nil {
		return err
	}
	fmt.Printf("%s %d is in %s: %d bytes, SHA-256 %s.\n", m.Name, m.Version, c.Out, m.Size, m.Digest)
	return nil
}

// readContent takes a directory's one file for the directory.
func readContent(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return readUpTo(path, err)
	}
	var found []string
	entries, err := os.ReadDir(path)
	for _, e := range entries {
		if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
			found = append(found, filepath.Join(path, e.Name()))
		}
	}
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("%s holds %d files, a pack is made of one: %w", path, len(found), fs.ErrInvalid)
	}
	if err != nil {
		return nil, err
	}
	return readUpTo(found[0], nil)
}

func readUpTo(path string, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err == nil && info.Size() > pack.ContentBytesMax {
		err = fmt.Errorf("%s: %w: %d bytes, limit %d", path, pack.ErrTooLarge, info.Size(), pack.ContentBytesMax)
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

type publishCommand struct {
	onNode
	File   string      `arg:"" type:"existingfile" help:"The pack's file."`
	Centre []id.Centre `help:"Whom to offer it to; may be repeated. Without it the pack is only kept."`
}

// Run brings a pack to headquarters and offers it.
func (c publishCommand) Run(ctx context.Context) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	b, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	_, m, _, err := pack.Decode(bytes.NewReader(b))
	if err != nil {
		return err
	}
	answer, err := client.Do(ctx, "POST", "/pack/publish", bytes.NewReader(b))
	if err != nil {
		return err
	}
	if err := answer.Close(); err != nil {
		return err
	}
	fmt.Printf("%s %d is at headquarters.\n", m.Name, m.Version)
	if len(c.Centre) == 0 {
		return nil
	}
	return order(ctx, client, "/pack/offer", post.PackOrder{Name: m.Name, Version: m.Version, Centres: c.Centre}, "Offered to")
}

type rollBackCommand struct {
	onNode
	Name    string      `arg:"" help:"Of the pack."`
	Version uint64      `arg:"" help:"To go back to. Headquarters must still keep it."`
	Centre  []id.Centre `required:"" help:"Who goes back; may be repeated."`
}

// Run orders centres back.
func (c rollBackCommand) Run(ctx context.Context) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	return order(ctx, client, "/pack/roll-back", post.PackOrder{Name: c.Name, Version: c.Version, Centres: c.Centre}, "Ordered back:")
}

func order(ctx context.Context, client *door.Client, path string, o post.PackOrder, done string) error {
	if err := client.Call(ctx, "POST", path, o, nil); err != nil {
		return err
	}
	fmt.Println(done, o.Centres)
	return nil
}

type packDropCommand struct {
	onNode
	Name    string `arg:"" help:"Of the pack."`
	Version uint64 `arg:"" help:"To take away."`
}

// Run takes a pack away.
func (c packDropCommand) Run(ctx context.Context) error {
	return c.call(ctx, "POST", "/pack/drop", post.PackOrder{Name: c.Name, Version: c.Version}, nil)
}

type packListCommand struct {
	onNode
}

// Run prints the packs.
func (c packListCommand) Run(ctx context.Context) error {
	var packs []post.PackShown
	if err := c.call(ctx, "GET", "/pack", struct{}{}, &packs); err != nil {
		return err
	}
	return table("NAME\tVERSION\tKIND\tBYTES\tMADE\tSTATE\t", func(row func(...any)) {
		for _, p := range packs {
			state := "whole"
			if !p.Whole {
				state = "unfinished"
			}
			row(p.Name, p.Version, p.Kind, p.Size, date(p.Made), state)
		}
	})
}

func date(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.DateTime) }

// table prints rows under a head of columns.
func table(head string, rows func(row func(...any))) error {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, head)
	rows(func(cells ...any) {
		for _, cell := range cells {
			fmt.Fprintf(out, "%v\t", cell)
		}
		fmt.Fprintln(out)
	})
	return out.Flush()
}
