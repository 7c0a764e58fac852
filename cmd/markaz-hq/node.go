package main

import (
	"context"

	"markaz.example/edge/door"
	"markaz.example/sync/hq"
)

// onNode is a command for the node that runs on this machine.
type onNode struct {
	Config string `default:"/etc/markaz-hq/markaz-hq.toml" type:"path" placeholder:"FILE" help:"The config file of the node that runs on this machine."`
}

func (o onNode) client() (*door.Client, error) {
	config, err := hq.LoadConfig(o.Config)
	return hq.NewAdminClient(config), err
}

// call asks the node for a verb.
func (o onNode) call(ctx context.Context, method, path string, in, out any) error {
	c, err := o.client()
	if err != nil {
		return err
	}
	return c.Call(ctx, method, path, in, out)
}
