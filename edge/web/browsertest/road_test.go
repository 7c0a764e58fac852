package browsertest

import (
	"crypto/ed25519"
	"errors"
	"testing"

	"markaz.example/edge/book/check"
	"markaz.example/edge/book/lease"
	"markaz.example/edge/book/pack"
	"markaz.example/edge/health"
	"markaz.example/edge/ledger"
	"markaz.example/edge/letter"
	packfile "markaz.example/edge/pack"
	"markaz.example/edge/web/webtest"
)

// TestPicturesOfTheRoad shows the floor page with whatever can be between a box and headquarters, and holds that none is
// wider than its screen.
func TestPicturesOfTheRoad(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	grant := letter.LeaseGranted{ID: "K5QXG43UOVZGKZDT", What: "bed", From: 12, Count: 2, Until: 4102444800000, Nonce: make([]byte, 16)}
	texts := packfile.Manifest{Name: "texts", Version: 7, Kind: "texts/1", Size: 1, Wall: 1}
	newer := packfile.Manifest{Name: "texts", Version: 8, Kind: "texts/1", Size: 1, Wall: 1}
	visitor := c.Visitor("wazaif")
	for _, decision := range []func(*ledger.Tx) error{
		func(tx *ledger.Tx) error { return lease.Grant(tx, grant) },
		func(tx *ledger.Tx) error { return offer(tx, texts) },
		func(tx *ledger.Tx) error { return pack.Activate(tx, texts) },
		func(tx *ledger.Tx) error { return offer(tx, newer) },
		func(tx *ledger.Tx) error { return pack.Refuse(tx, newer, pack.ReasonTry, "no such text") },
		func(tx *ledger.Tx) error {
			return check.Ask(tx, string(visitor.Visit), check.Asked{ID: "K5QXG43UOVZGKZDU", What: "eligible", Provisional: "go-on"})
		},
	} {
		decide(t, c, decision)
	}
	for _, o := range []struct {
		code     string
		severity health.Severity
		detail   string
	}{
		{"link.settled", health.Critical, "headquarters' people have taken another history of this centre for the right one; this box must be made anew"},
		{"link.forked", health.Critical, "headquarters holds another history of this centre (a restored backup, a cloned disk) and keeps this box's beside it, up to record 41207"},
		{"link.refused", health.Warning, "headquarters-behind: headquarters lost records that this box no longer keeps"},
		{"link.time", health.Warning, "the time told by headquarters is not signed by the key this box was enrolled with"},
		{"link.certificate", health.Warning, "revoked: stolen on 3 May, report 1142"},
		{"link.down", health.Notice, "dial tcp 192.0.2.10:8443: connect: no route to host"},
		{"post.no-key", health.Notice, "the box has no post.pub to believe headquarters' letters by"},
		{"post.unsigned", health.Warning, "letter 7"},
		{"post.newer", health.Notice, "lease.moved/1"},
		{"pack.missing", health.Notice, "texts 7"},
		{"pack.refused", health.Warning, "texts 7: floor.title has no place for a number"},
		{"pack.disk", health.Warning, "no space left on device"},
	} {
		c.Health.Set(o.code, "", o.severity, o.detail)
	}
	w := open(t, Browse(t), c.Desks+"/floor?lang=en", 1366, 768)
	w.sees("#health", "must be made anew")
	for _, s := range []shot{
		{"floor-road", "/floor?x=1", 1366, 1500}, {"floor-road", "/floor?x=1", 1920, 1500}, {"floor-road", "/floor?x=1", 390, 2400},
	} {
		s.take(t, w, c.URL)
	}
}

func offer(tx *ledger.Tx, m packfile.Manifest) error {
	s, err := packfile.Sign(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), m)
	return errors.Join(err, pack.Offer(tx, letter.PackOffered(s), m))
}
