package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"markaz.example/edge/door"
	"markaz.example/edge/durable"
	"markaz.example/sync/hq"
)

type parcelCommand struct {
	In parcelInCommand `cmd:"" help:"Take parcels that boxes sealed onto a stick, and write the answers beside them."`
}

type parcelInCommand struct {
	Files []string `arg:"" type:"existingfile" help:"Parcels, as boxes wrote them."`
	onNode
}

// Run takes each parcel by itself: one that is refused holds up no other.
func (c parcelInCommand) Run(ctx context.Context) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	refused := 0
	for _, path := range c.Files {
		if err := takeParcel(ctx, client, path); err != nil {
			refused++
			fmt.Fprintf(os.Stderr, "%s: refused: %v\n", path, err)
		}
	}
	if refused > 0 {
		return fmt.Errorf("%d of %d parcels were refused", refused, len(c.Files))
	}
	return nil
}

func takeParcel(ctx context.Context, client *door.Client, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var got hq.ParcelTaken
	if err := client.Ask(ctx, "POST", "/parcel/in", f, &got); err != nil {
		return err
	}
	fmt.Printf("%s: %s, made %s: %d records, %d of them new; headquarters holds %d\n",
		path, got.Centre, got.Made.Local().Format(time.DateTime), got.Records, got.New, got.Held)
	if got.Trouble != "" {
		fmt.Printf("  %s\n", got.Trouble)
	}
	if got.Answer == "" {
		fmt.Println("  no answer: this node has no post.key; make it with markaz-hq authority post-key")
		return nil
	}
	return writeAnswer(ctx, client, got.Answer, path)
}

func writeAnswer(ctx context.Context, client *door.Client, name, path string) error {
	from, err := client.Do(ctx, "GET", "/parcel/answer/"+name, nil)
	if err != nil {
		return err
	}
	defer from.Close()
	answer := strings.TrimSuffix(path, filepath.Ext(path)) + ".answer"
	if err := durable.Copy(answer, from); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	fmt.Printf("  answer for the box: %s\n", answer)
	return nil
}
