package browsertest

import (
	"context"
	"testing"
	"time"

	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/book/lease"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/letter"
	"markaz.example/edge/web/webtest"
)

// Headquarters' wish to look into the box stands on the floor page in both languages; nothing goes before somebody
// presses.
func TestConsentOnTheFloorPage(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	b := Browse(t)
	urdu := open(t, b, c.Desks+"/floor?lang=ur", 1280, 900)
	english := open(t, b, c.Desks+"/floor?lang=en", 1280, 900)
	wish(t, c, "K5QXG43UOVZGKZDT", "The printer of the hall stops every morning.")
	english.sees("#wish", "asks to look into this box")
	urdu.sees("#wish", "اجازت ہے، رپورٹ بھیجیں")
	english.picture("floor-wish-en")
	urdu.picture("floor-wish-ur")
	urdu.size(390, 844)
	urdu.picture("floor-wish-390-ur")
	if left := wishes(t, c); left != 1 {
		t.Fatalf("%d wishes wait before anybody pressed", left)
	}
	english.press("#wish-later")
	english.sees("#wish-again", "Put off")
	english.press("#wish-again")
	urdu.press("#wish-allow")
	english.misses("#wish-allow")
	urdu.misses("#wish-allow")
	if left := wishes(t, c); left != 0 {
		t.Errorf("%d wishes wait after it was allowed", left)
	}
}

// A desk gives what is lent, and asks.
func TestErrandsAtADesk(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	grant := letter.LeaseGranted{ID: "K5QXG43UOVZGKZDT", What: "bed", From: 12, Count: 2, Until: 4102444800000, Nonce: make([]byte, 16)}
	decide(t, c, func(tx *ledger.Tx) error { return lease.Grant(tx, grant) })
	c.Visitor("wazaif")
	w := open(t, Browse(t), c.Desks+"/desk/A?lang=en", 1280, 900)
	w.press("#act-next")
	w.press("#act-present")
	w.press("#draw-bed")
	w.sees(".errands", "12")
	w.press("#ask")
	w.sees(".errands", "no answer yet")
	w.picture("console-errands-en")
	w.visit(c.Desks + "/desk/A?lang=ur")
	w.sees(".errands", "ابھی جواب نہیں آیا")
	w.picture("console-errands-ur")
}

func wish(t *testing.T, c *webtest.Centre, name id.Errand, why string) {
	t.Helper()
	asked := letter.DiagnosisAsked{ID: name, Who: "Help desk", Why: why}
	decide(t, c, func(tx *ledger.Tx) error { return diagnosis.Ask(tx, asked) })
}

func decide(t *testing.T, c *webtest.Centre, decision func(*ledger.Tx) error) {
	t.Helper()
	if err := c.Ledger.Update(t.Context(), "headquarters", decision); err != nil {
		t.Fatal(err)
	}
}

func wishes(t *testing.T, c *webtest.Centre) int {
	t.Helper()
	all, err := c.Floor.Wishes(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// misses waits until the page has no such element.
func (w window) misses(selector string) {
	w.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if has, _, err := w.Has(selector); err == nil && !has {
			return
		}
	}
	w.t.Fatalf("%q is still there; the page:\n%s", selector, w.text())
}
