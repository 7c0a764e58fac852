package hq_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"markaz.example/sync/archive"
	"markaz.example/sync/hq"
	"markaz.example/sync/warehouse"
	"markaz.example/sync/warehouse/warehousetest"
	"markaz.example/sync/wire/wiretest"
)

// TestWarehouseIsTakenOver: two nodes know one PostgreSQL, and one of them loads. It stops in the middle, and the other
// goes on where it was: each record is there once.
func TestWarehouseIsTakenOver(t *testing.T) {
	nodes := groupOf(t)
	url := warehousetest.New(t).Database(t)
	runs := make([]*running, len(nodes))
	for i, p := range nodes {
		if i > 0 {
			p.config.Warehouse = hq.WarehouseConfig{URL: url}
		}
		runs[i] = p.start(t)
	}
	unite(t, nodes)
	c := wiretest.New("ISB-01", 1)
	c.Grow(2000)
	l := wiretest.NewLedger(c)
	stop := nodes[0].send(t, l)
	wait(t, "one of the two to load", func() bool { return loader(runs) > 0 && runs[loader(runs)].Warehouse().Loaded > 200 })
	first := loader(runs)
	runs[first].close(t)
	l.Grow(1000)
	other := runs[3-first]
	wait(t, "the other to load it all", func() bool {
		s := other.Warehouse()
		return s.Loading && s.Loaded == 3000 && s.Waiting == 0
	})
	stop()
	runs[0].close(t)
	other.close(t)
	comparePostgreSQL(t, nodes[3-first], url)
}

// loader is the node that loads; 0 for none.
func loader(runs []*running) int {
	for i, r := range runs {
		if r.Warehouse().Loading {
			return i
		}
	}
	return 0
}

func comparePostgreSQL(t *testing.T, p *place, url string) {
	t.Helper()
	a, err := archive.OpenReadOnly(hq.ArchivePath(p.config))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if d, err := warehouse.Compare(t.Context(), a, conn); err != nil || !d.Equal() {
		t.Errorf("PostgreSQL and archive differ: %+v, %v", d, err)
	}
}
