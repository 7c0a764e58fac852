package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"markaz.example/cmd/markaz-sim/stage"
)

type hq3Cmd struct {
	Dir  string `default:"run/hq3" type:"path" help:"Everything of the group is kept here; delete it to begin anew."`
	Port int    `default:"8310" help:"Of the first node's page; the other two follow. Roads are 10 above, doors for other nodes 20 above. The first run's stays."`
}

// Run keeps three nodes running until Ctrl-C.
func (c hq3Cmd) Run(ctx context.Context) error {
	bin, err := programs()
	if err != nil {
		return err
	}
	g, err := stage.SetUpGroup(ctx, stage.GroupConfig{Dir: c.Dir, Bin: bin, Size: 3, Port: c.Port, Log: slog.Default()})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var nodes sync.WaitGroup
	defer nodes.Wait()
	nodes.Go(func() {
		if err := g.Run(ctx); err != nil {
			slog.Error("the nodes ended", "err", err)
		}
	})
	table, err := g.Unite(ctx)
	if err != nil {
		stop()
		return err
	}
	fmt.Print(table)
	for i := range g.Nodes {
		fmt.Printf("page of node %d: http://%s   road: %s   config: %s\n", i+1, g.Page(i), g.Road(i), g.Config(i))
	}
	fmt.Println("A node whose process is killed is started again. Ctrl-C ends all three.")
	<-ctx.Done()
	return nil
}
