package hq

import (
	"errors"

	"markaz.example/edge/door"
)

// adminName is the socket of the admin door in the node's directory.
const adminName = "admin.sock"

// ErrNotRunning is reported by an admin client when no node answers.
var ErrNotRunning = errors.New("no headquarters runs on that directory, or it belongs to another user")

// NewAdminClient makes a client for the node of a config that runs on this machine.
func NewAdminClient(c Config) *door.Client { return door.NewClient(c.Dir, adminName, ErrNotRunning) }

func (h *HQ) openAdmin() (err error) {
	if h.admin, err = door.Open(h.config.Dir, adminName); err != nil {
		return err
	}
	h.memberVerbs()
	h.forkVerbs()
	return nil
}
