package pack

import (
	"testing"

	"crypto/ed25519"
	"errors"
	"strings"

	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
	"markaz.example/edge/letter"
	packfile "markaz.example/edge/pack"
)

// frozen is each kind with the bytes of one value.
var key = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

func signed(version uint64) (packfile.Signed, packfile.Manifest) {
	m := packfile.Manifest{Name: "texts", Version: version, Kind: "texts/1", Size: 20, Digest: packfile.Digest{byte(version)}, Wall: 1795500000000}
	s, err := packfile.Sign(key, m)
	if err != nil {
		panic(err)
	}
	return s, m
}

func offered(version uint64) letter.PackOffered {
	s, _ := signed(version)
	return letter.PackOffered(s)
}

var frozen = []ledgertest.Frozen{
	{Kind: "pack.offered/1", Event: offered(7), Body: "a2015842a6016574657874730207036774657874732f3104140558200700000000000000000000000000000000000000000000000000000000000000061b000001a20c23c30002584056f82daa321a44699e6884b97d1d3e5301272f2097f4df4ddd24aa38e195b0c098b055ced837f825161de32d50f689be32504f7ab8400b0fcccd73d00f253c0d"},
	{Kind: "pack.rolled-back/1", Event: letter.PackRolledBack(offered(6)), Body: "a2015842a6016574657874730206036774657874732f3104140558200600000000000000000000000000000000000000000000000000000000000000061b000001a20c23c300025840c3ec9d597b7cb966bfe2c70bc84ffe5e44896df5318970aaf6f53e950365ff064252914b960d5bd72b5335e870581bbee51cc3822988be9c76f35895f2ef5d0f"},
	{Kind: "pack.activated/1", Event: Activated{"texts", 7, make([]byte, 32)}, Body: "a30165746578747302070358200000000000000000000000000000000000000000000000000000000000000000"},
	{Kind: "pack.refused/1", Event: Refused{"texts", 7, make([]byte, 32), ReasonTry, "ur: floor.title"}, Body: "a501657465787473020703582000000000000000000000000000000000000000000000000000000000000000000463747279056f75723a20666c6f6f722e7469746c65"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }

func TestChecks(t *testing.T) {
	for name, e := range map[string]ledger.Event{
		"no name":          Activated{"", 1, make([]byte, 32)},
		"no version":       Activated{"texts", 0, make([]byte, 32)},
		"half a digest":    Activated{"texts", 1, make([]byte, 16)},
		"no reason":        Refused{"texts", 1, make([]byte, 32), "", ""},
		"a long detail":    Refused{"texts", 1, make([]byte, 32), ReasonTry, strings.Repeat("x", detailBytesMax+1)},
		"no manifest":      letter.PackOffered{},
		"without a signed": letter.PackRolledBack{Manifest: offered(1).Manifest},
	} {
		if e.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// The version only rises, whatever is offered; an order goes back, and what was above stays above.
func TestVersionOnlyRises(t *testing.T) {
	f := ledgertest.Create(t, Book())
	defer f.Close(t)
	do := func(decide func(*ledger.Tx) error) {
		t.Helper()
		if err := f.Update(t.Context(), "box", decide); err != nil {
			t.Fatal(err)
		}
	}
	offer := func(version uint64) {
		do(func(tx *ledger.Tx) error { _, m := signed(version); return Offer(tx, offered(version), m) })
	}
	activate := func(version uint64) {
		do(func(tx *ledger.Tx) error { _, m := signed(version); return Activate(tx, m) })
	}
	stands := func(active, previous, offered, refused uint64) {
		t.Helper()
		_ = f.View(t.Context(), func(s ledger.Snapshot) error {
			got, _ := Get(s, "texts")
			if of(got.Active) != active || of(got.Previous) != previous || of(got.Offered) != offered {
				t.Errorf("active %d, previous %d, offered %d, want %d, %d, %d", of(got.Active), of(got.Previous), of(got.Offered), active, previous, offered)
			}
			if r := got.Refusal; (r == nil) != (refused == 0) || r != nil && r.Version != refused {
				t.Errorf("refused %+v, want %d", r, refused)
			}
			return nil
		})
	}
	offer(5)
	stands(0, 0, 5, 0)
	activate(5)
	offer(7)
	offer(6) // older than what is on its way
	stands(5, 0, 7, 6)
	activate(7)
	stands(7, 5, 0, 6)
	offer(7) // played back
	offer(5)
	stands(7, 5, 0, 5)
	do(func(tx *ledger.Tx) error {
		_, m := signed(5)
		return RollBack(tx, letter.PackRolledBack(offered(5)), m)
	})
	activate(5)
	stands(5, 7, 0, 5)
	offer(7) // still not above every one that was active
	stands(5, 7, 0, 7)
	offer(8)
	do(func(tx *ledger.Tx) error {
		_, m := signed(8)
		return Refuse(tx, m, ReasonTry, strings.Repeat("ا", 200))
	})
	stands(5, 7, 0, 8)
	err := f.Update(t.Context(), "box", func(tx *ledger.Tx) error { _, m := signed(8); return Activate(tx, m) })
	if !errors.Is(err, ErrOffer) {
		t.Errorf("what was refused became active: %v", err)
	}
}

func of(v *Version) uint64 {
	if v == nil {
		return 0
	}
	return v.Version
}
