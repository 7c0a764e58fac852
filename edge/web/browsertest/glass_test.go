package browsertest

import (
	"testing"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/desk"
	"markaz.example/edge/web/webtest"
)

// A helper who is alone takes what a clerk may, by the keys alone; the manager's page says so by itself, and is confirmed.
func TestGlassIsBrokenAndSeen(t *testing.T) {
	c := webtest.StartWith(t, fonts())
	manager, _, _, _ := c.Staff()
	code, err := c.Floor.Enrol(t.Context(), desk.AtMachine, staff.Enrolled{Name: "Rafia", Role: staff.Helper}, "947215")
	if err != nil {
		t.Fatal(err)
	}
	floor := open(t, Browse(t), c.URL+"/floor", 1366, 768)
	floor.signs(manager)
	floor.sees("#figures", "0")
	w := open(t, Browse(t), c.URL+"/desk/A", 390, 844)
	w.signs(webtest.Colleague{Code: code, PIN: "947215"})
	w.sees(".desk-who", "Rafia")
	for _, lang := range []string{"en", "ur"} {
		w.visit(c.URL + "/desk/A/glass?lang=" + lang)
		w.picture("glass-phone-" + lang)
		w.judged("glass-" + lang)
	}
	w.press("#what-act-serve")
	w.press("#reason-nobody-here")
	w.press("#glass-go")
	w.sees("#act-next", "N")
	floor.sees(".glass-card", "Rafia")
	floor.picture("glass-floor-ur")
	floor.size(390, 844)
	floor.picture("glass-floor-phone-ur")
	floor.visit(c.URL + "/floor?lang=en")
	floor.picture("glass-floor-phone-en")
	floor.size(1366, 768)
	floor.picture("glass-floor-en")
	floor.press(".glass-card button")
	floor.misses(".glass-card")
	w.size(1366, 768)
	for _, lang := range []string{"en", "ur"} {
		w.visit(c.URL + "/desk/A/glass?lang=" + lang)
		w.picture("glass-" + lang)
	}
}

// signs types a code and a PIN with the big keys.
func (w window) signs(who webtest.Colleague) {
	w.t.Helper()
	for _, digit := range string(who.Code)[1:] + who.PIN {
		w.press(`[data-digit="` + string(digit) + `"]`)
	}
	w.press("#sign-go")
}
