package hq

import (
	"fmt"
	"path/filepath"

	"markaz.example/sync/fleet"
	"markaz.example/sync/warehouse"
)

// WarehouseConfig says where PostgreSQL is. Without either key everything waits in the archive, and is loaded once there
// is one.
type WarehouseConfig struct {
	// URL is as libpq reads it; what it leaves out comes from the environment: PGHOST, PGUSER, PGPASSFILE.
	// url = "postgres:///markaz?host=/run/postgresql"
	URL string `toml:"url"`

	// URLFile is a file with the URL, for one that holds a password: mode 0600, owned by the user of headquarters. It is
	// read for every new connection:
	// url_file = "/etc/markaz-hq/warehouse.secret"
	URLFile string `toml:"url_file"`
}

// check reports ErrConfig.
func (c WarehouseConfig) check() error {
	if c.URL != "" && c.URLFile != "" {
		return fmt.Errorf("%w: warehouse: url and url_file are both given", ErrConfig)
	}
	return nil
}

// beside makes the path of url_file count from the directory of the config file.
func (c *WarehouseConfig) beside(config string) {
	if c.URLFile != "" && !filepath.IsAbs(c.URLFile) {
		c.URLFile = filepath.Join(filepath.Dir(config), c.URLFile)
	}
}

func (h *HQ) openWarehouse() error {
	c := h.config.Warehouse
	h.warehouse = &warehouse.Warehouse{URL: c.URL, URLFile: c.URLFile, Archive: h.archive, Log: h.log}
	return nil
}

// stored is how PostgreSQL is doing, for the page. A node that looks on while another one loads is connected too.
func (h *HQ) stored() *fleet.Warehouse {
	if c := h.config.Warehouse; c.URL == "" && c.URLFile == "" {
		return nil
	}
	s := h.warehouse.State()
	w := &fleet.Warehouse{Connected: s.Loading || s.LooksOn, Loaded: s.Loaded, Waiting: s.Waiting}
	if !w.Connected {
		w.Reason = s.Reason
	}
	return w
}

// Warehouse is how PostgreSQL is doing.
func (h *HQ) Warehouse() warehouse.State { return h.warehouse.State() }
