package browsertest

import (
	"testing"

	"github.com/go-rod/rod/lib/input"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/webtest"
)

// Somebody who knows no service's name gets a number in her own language, asks where she is, and gives it up on the phone.
func TestVisitorInSindhi(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	b := Browse(t)
	ahead := c.Visitor("nashonuma")
	w := open(t, b, c.URL+"/kiosk?k=1", 1366, 768)
	w.press(`.kiosk-langs a[lang="sd"]`)
	w.sees(".kiosk-ask h1", "توهان ڪهڙي ڪم لاءِ آيا آهيو؟")
	w.press(`.kiosk-ways a:last-child`)
	w.press(`button[value="baby"]`)
	w.sees(".slip-printed", "پنهنجي پرچي هيٺان کڻو")
	token := w.read(".slip-token")

	w.visit(c.URL + "/kiosk?k=1&lang=sd&life=1")
	w.types("HTTP://10.1.0.1:8080/T/" + string(ahead.Code)) // the reader of slips is a keyboard
	w.key(input.Enter)
	w.sees(".where-card .slip-token", string(ahead.Token))
	w.visit(c.URL + "/kiosk/where?k=1&lang=sd")
	w.types(token)
	w.key(input.Enter)
	w.sees(".where-card .slip-token", token)
	w.sees(".where-facts", "1")
	w.picture("where-found-sd")

	at, err := c.Floor.ByToken(t.Context(), id.Token(token))
	if err != nil {
		t.Fatal(err)
	}
	phone := open(t, b, c.URL+"/T/"+string(slipOf(t, c, at.Visit).Code), 390, 844)
	phone.sees(".phone-token", token)
	phone.sees(".phone-ahead", "توهان کان اڳ ماڻهو") // in the language of the visit, though nobody asked for one
	phone.press("#cancel summary")
	phone.picture("phone-cancel-390-sd")
	phone.press("#cancel .danger")
	phone.sees(".phone-cancelled", "هي نمبر توهان رد ڪري ڇڏيو آهي")
	if at, err = c.Floor.ByToken(t.Context(), id.Token(token)); err != nil || at.State != "cancelled" {
		t.Errorf("the floor says %s, %v", at.State, err)
	}
	if at, err = c.Floor.ByCode(t.Context(), ahead.Code); err != nil || at.State != "waiting" {
		t.Errorf("another visitor is %s, %v", at.State, err)
	}
}

// A helper at the door gives a number with what she saw; at the kiosk nobody can give it to herself.
func TestDoorGivesAClass(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	b := Browse(t)
	first := c.Visitor("kafaalat")
	w := open(t, b, c.Desks+"/door?lang=en", 390, 844)
	w.press(`input[value="kafaalat"]`)
	w.press(`label:has(input[value="over-60"])`)
	w.press(`.door-form > .button`)
	w.sees(".slip-printed", "Please take your paper below")
	w.press(".slip .button")
	w.sees("h1", "Who has come, and for what?")
	elder, err := c.Floor.ByToken(t.Context(), "A002")
	if err != nil {
		t.Fatal(err)
	}
	if s := slipOf(t, c, elder.Visit); s.Class != "elder" {
		t.Errorf("the class is %q, want elder", s.Class)
	}
	if s := slipOf(t, c, first.Visit); s.Class != "" && s.Class != "normal" {
		t.Errorf("at the kiosk somebody became %q", s.Class)
	}
}

// Everything on the kiosk is reached and pressed by one switch: the focus walks, any key presses.
func TestKioskByOneSwitch(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	b := Browse(t)
	w := open(t, b, c.URL+"/kiosk?k=1&lang=en&scan=1", 1366, 768)
	if !w.becomes(`() => {
		const on = document.activeElement;
		if (on?.value !== "kafaalat" || on.name !== "only") return false;
		on.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true, cancelable: true }));
		return true;
	}`) {
		t.Fatal("the focus never came to the first picture")
	}
	w.sees(".slip-token", "A001")
}

func slipOf(t *testing.T, c *webtest.Centre, v id.Visit) desk.Slip {
	t.Helper()
	s, err := c.Floor.Slip(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// types presses keys as a reader of slips does.
func (w window) types(text string) {
	w.t.Helper()
	for _, r := range text {
		w.key(input.Key(r))
	}
}
