package browsertest

import (
	"testing"

	"github.com/go-rod/rod/lib/input"

	"markaz.example/edge/web/webtest"
)

// One signs in with the big keys and another takes the desk over with the keyboard alone, from a phone: the first window
// says so by itself.
func TestSignInAndTakeOver(t *testing.T) {
	c := webtest.StartWith(t, fonts())
	_, sadia, bilal, _ := c.Staff()
	first := open(t, Browse(t), c.Desks+"/desk/A", 1366, 768)
	first.picture("signin-ur")
	for _, digit := range string(sadia.Code)[1:] + sadia.PIN {
		first.press(`[data-digit="` + string(digit) + `"]`)
	}
	first.press("#sign-go")
	first.sees(".desk-who", sadia.Name)
	first.sees("#act-next", "N")

	second := open(t, Browse(t), c.Desks+"/desk/A?lang=en", 390, 844)
	second.sees(".sign-there", sadia.Name)
	second.picture("signin-there-phone-en")
	for _, key := range string(bilal.Code)[1:] + "\r" + bilal.PIN + "\r" {
		if err := second.Keyboard.Type(input.Key(key)); err != nil {
			t.Fatal("type:", err)
		}
	}
	second.sees(".desk-who", bilal.Name)
	first.sees(".sign-there", bilal.Name)
	first.picture("signin-lost-ur")
	second.visit(c.Desks + "/desk/A/me?lang=en")
	second.picture("me-phone-en")
}

// Pages that stand before and behind a sign-in can be used by everybody, in each language, by day and by night.
func TestStaffPagesAreAccessible(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	manager, _, _, _ := c.Staff()
	w := open(t, Browse(t), c.Desks+"/desk/A", 1366, 768)
	look := func(name, path string) {
		for _, theme := range []string{"light", "dark"} {
			w.theme(theme)
			for _, lang := range []string{"ur", "en"} {
				w.visit(c.URL + path + "?lang=" + lang)
				w.judged("staff-" + name + "-" + theme + "-" + lang)
			}
		}
	}
	look("sign-in", "/desk/A")
	w.size(1366, 768)
	w.visit(c.Desks + "/floor")
	for _, digit := range string(manager.Code)[1:] + manager.PIN {
		w.press(`[data-digit="` + string(digit) + `"]`)
	}
	w.press("#sign-go")
	w.sees("#figures", "0")
	look("people", "/floor/staff")
	look("me", "/floor/me")
}
