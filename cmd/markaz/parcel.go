package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"markaz.example/edge/box"
	"markaz.example/edge/durable"
)

// parcelCmd carries what waits on a stick, where a line is cut for long.
type parcelCmd struct {
	Out parcelOutCmd `cmd:"" help:"Seal everything that headquarters is not known to hold into a file on a stick."`
	In  parcelInCmd  `cmd:"" help:"Take the answer that headquarters gave on a stick: confirmations, letters, packs."`
}

type parcelOutCmd struct {
	boxConfig
	Dir string `arg:"" type:"existingdir" help:"Where the parcel goes: /media/…"`
}

// Run writes the parcel under another name first, so that a stick that is pulled too early holds none or a whole one.
func (c parcelOutCmd) Run(ctx context.Context) error {
	config, err := box.Load(c.Config)
	if err != nil {
		return err
	}
	from, err := box.NewDoorClient(config).Do(ctx, "POST", "/parcel/out", nil)
	if err != nil {
		return err
	}
	defer from.Close()
	path := filepath.Join(c.Dir, fmt.Sprintf("%s-%s.parcel", config.Centre.Code, time.Now().UTC().Format("20060102-150405")))
	if err := durable.Copy(path, from); err != nil {
		return fmt.Errorf("%w\nnothing was left on the stick: is it full, or write-protected?", err)
	}
	fmt.Printf("%s is sealed. Only headquarters can open it.\n", path)
	return nil
}

type parcelInCmd struct {
	boxConfig
	File string `arg:"" type:"existingfile" help:"The answer, as headquarters wrote it."`
}

// Run takes an answer.
func (c parcelInCmd) Run(ctx context.Context) error {
	var got box.ParcelTaken
	if err := c.bring(ctx, "/parcel/in", c.File, &got); err != nil {
		return err
	}
	fmt.Printf("Headquarters held records up to %d when it wrote this on %s; %d letters, %d pieces of packs.\n",
		got.Held, got.Made.Local().Format(time.DateTime), got.Letters, got.Pieces)
	return nil
}

// bring gives a file to the running box, and takes what it answers.
func (c boxConfig) bring(ctx context.Context, verb, file string, answer any) error {
	config, err := box.Load(c.Config)
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return box.NewDoorClient(config).Ask(ctx, "POST", verb, f, answer)
}
