package hq_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"markaz.example/sync/fleet"
	"markaz.example/sync/hq"
	"markaz.example/sync/warehouse"
	"markaz.example/sync/warehouse/warehousetest"
	"markaz.example/sync/wire/wiretest"
)

// TestRecordsReachPostgreSQL: what a box sends is in PostgreSQL soon after; without PostgreSQL headquarters goes on
// acknowledging and says what waits; and that is loaded once there is one again.
func TestRecordsReachPostgreSQL(t *testing.T) {
	p, url := newPlace(t), warehousetest.New(t).Database(t)
	c := wiretest.New("ISB-01", 1)
	c.Grow(200)
	l := wiretest.NewLedger(c)
	for _, step := range []struct {
		config hq.WarehouseConfig
		want   func(warehouse.State) bool
		shown  *fleet.Warehouse // without the reason
	}{
		{hq.WarehouseConfig{URL: url}, func(s warehouse.State) bool { return s.Loading && s.Loaded == 200 }, &fleet.Warehouse{Connected: true, Loaded: 200}},
		{hq.WarehouseConfig{}, func(s warehouse.State) bool { return s.Reason == warehouse.ErrUnset.Error() && s.Waiting == 300 }, nil},
		{hq.WarehouseConfig{URLFile: "/nowhere/warehouse.secret"}, func(s warehouse.State) bool {
			return strings.Contains(s.Reason, "/nowhere/warehouse.secret") && s.Waiting == 400
		}, &fleet.Warehouse{Waiting: 400}},
		{hq.WarehouseConfig{URL: url}, func(s warehouse.State) bool { return s.Loading && s.Loaded == 500 && s.Waiting == 0 }, &fleet.Warehouse{Connected: true, Loaded: 500}},
	} {
		p.config.Warehouse = step.config
		h := p.start(t)
		stop := p.send(t, l)
		awaitWarehouse(t, h, step.want)
		if diff := cmp.Diff(step.shown, h.Fleet().Report().Warehouse, cmpopts.IgnoreFields(fleet.Warehouse{}, "Reason")); diff != "" {
			t.Errorf("the page shows the warehouse otherwise: %s", diff)
		}
		stop()
		h.close(t)
		l.Grow(100)
	}
}

func awaitWarehouse(t *testing.T, h *running, want func(warehouse.State) bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !want(h.Warehouse()); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the warehouse says %+v", h.Warehouse())
		}
	}
}

func TestWarehouseConfig(t *testing.T) {
	c := newPlace(t).config
	c.Warehouse = hq.WarehouseConfig{URL: "postgres:///markaz", URLFile: "warehouse.secret"}
	if err := c.Check(); err == nil || !strings.Contains(err.Error(), "url_file") {
		t.Errorf("two places for one URL: %v", err)
	}
}
