package page

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"markaz.example/edge/desk"
)

// Sorry sends a page that says what is wrong, by a text's key. Home may be empty.
func (k *Kit) Sorry(w http.ResponseWriter, r *http.Request, status int, key, home string) {
	k.sorry.Write(w, status, Frame{Lang: wanted(r), Title: "sorry.title", Data: Sorry{Key: key, Home: home}})
}

// Wait sends a page that tries itself again after some seconds.
func (k *Kit) Wait(w http.ResponseWriter, r *http.Request, key, detail string, seconds int) {
	f := Frame{Lang: wanted(r), Title: "sorry.title", Refresh: seconds, Data: Sorry{Key: key, How: k.how(key), Detail: detail}}
	k.sorry.Write(w, http.StatusServiceUnavailable, f)
}

// how is the key of what to do, where a text has one.
func (k *Kit) how(key string) string {
	key += "-how"
	if _, ok := k.text(English)[key]; ok {
		return key
	}
	return ""
}

// Soon is Wait for somebody who asks faster than a person does. A pushed press hears it as a refusal.
func (k *Kit) Soon(w http.ResponseWriter, r *http.Request, key string, seconds int) {
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	if Pushed(r) {
		k.piece(w, http.StatusTooManyRequests, &Refusal{What: k.text(wanted(r))[key]})
		return
	}
	f := Frame{Lang: wanted(r), Title: "sorry.title", Refresh: seconds, Data: Sorry{Key: key}}
	if r.Method != http.MethodGet {
		f.Refresh = 0 // a form is not sent again by itself
	}
	k.sorry.Write(w, http.StatusTooManyRequests, f)
}

// Stale answers a form of a page that this browser was not given: one that lost its cookies, or another site's.
func (k *Kit) Stale(w http.ResponseWriter, r *http.Request) {
	if Pushed(r) {
		t := k.text(wanted(r))
		k.piece(w, http.StatusForbidden, &Refusal{What: t["sorry.stale"], Remedy: t["sorry.stale-how"]})
		return
	}
	k.Sorry(w, r, http.StatusForbidden, "sorry.stale", "/")
}

// piece answers a pushed press with a refusal as a piece of page.
func (k *Kit) piece(w http.ResponseWriter, status int, shown *Refusal) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	k.sorry.sets[Urdu].ExecuteTemplate(w, "refusal", shown) // it is in words already; a browser that left is no error
}

// IsSocket tells a request that becomes a socket.
func IsSocket(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// Sorry is the struct of sorry.tmpl.
type Sorry struct {
	Key    string // of the text
	How    string // of what to do; may be empty
	Detail string // for whoever is called to help; may be empty
	Home   string // where to go on; may be empty
}

// wanted is LangOf without a look at the body, which may be what is wrong.
func wanted(r *http.Request) Lang {
	if l := Lang(r.URL.Query().Get("lang")); l.Known() {
		return l
	}
	return Urdu
}

// Form reads a form, or answers why it cannot be read and reports false.
func (k *Kit) Form(w http.ResponseWriter, r *http.Request) bool {
	err := r.ParseForm()
	if err == nil {
		return true
	}
	status, key := http.StatusBadRequest, "sorry.form"
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		status, key = http.StatusRequestEntityTooLarge, "sorry.too-large"
	}
	k.Sorry(w, r, status, key, "")
	return false
}

// Refusal is what a page shows of a desk.Refusal, in one language.
type Refusal struct {
	What   string
	Remedy string
}

// Refusal puts an error of the floor into words, with the status that goes with it, and logs what people cannot mend.
func (k *Kit) Refusal(l Lang, err error) (*Refusal, int) {
	refused := &desk.Refusal{Code: desk.BoxFault, Cause: err}
	errors.As(err, &refused)
	if refused.Cause != nil {
		k.log.Warn("refused", "kind", refused.Code, "err", refused.Cause)
	}
	t := k.text(l)
	shown := &Refusal{What: t["refusal."+refused.Code+".what"], Remedy: t["refusal."+refused.Code+".remedy"]}
	if shown.What == "" { // newer than our texts
		shown = &Refusal{What: t["live.unexplained"], Remedy: refused.Remedy}
	}
	return shown, statusOf(refused.Code)
}

func statusOf(code string) int {
	switch code {
	case desk.NoSuchVisit, desk.NoSuchDesk, desk.NoSuchStaff:
		return http.StatusNotFound
	case desk.SignInFirst, desk.TakenOver, desk.NotAllowed, desk.WrongPin, desk.AccountLocked, desk.PinOfOtherBox:
		return http.StatusForbidden
	case desk.SignInSoon:
		return http.StatusTooManyRequests
	case desk.NoService, desk.NoSuchService, desk.NoSuchLanguage, desk.BadOutcome, desk.BadReason, desk.StaffForm, desk.BadPin:
		return http.StatusUnprocessableEntity
	case desk.BoxBusy, desk.BoxFull, desk.BoxStopped, desk.BoxFault:
		return http.StatusServiceUnavailable
	}
	return http.StatusConflict
}

// Pushed tells a press that our module sent, whose effect the page hears over its socket, from a browser's own form.
func Pushed(r *http.Request) bool { return r.Header.Get("Markaz-Push") != "" }

// WantsSecond is a writer that answers in our place when an act wants a second person.
type WantsSecond interface{ WantSecond(desk.Wanted) }

// AskedSecond lets the writer answer an act that wants a second person. Pages that answer a press without Done ask it
// before they show a refusal.
func AskedSecond(w http.ResponseWriter, err error) bool {
	second, ok := w.(WantsSecond)
	if !ok || !errors.Is(err, desk.Refuse(desk.NeedsSecond)) {
		return false
	}
	refused, _ := errors.AsType[*desk.Refusal](err)
	second.WantSecond(refused.Wanted)
	return true
}

// Done answers a press: nothing more to a pushed one, a way back to a form. A refusal of a pushed one is a piece of page;
// of a form, whole draws the page anew with it.
func (k *Kit) Done(w http.ResponseWriter, r *http.Request, err error, back string, whole func(*Refusal, int)) {
	if err == nil && Pushed(r) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if err == nil {
		http.Redirect(w, r, back, http.StatusSeeOther)
		return
	}
	if AskedSecond(w, err) {
		return
	}
	shown, status := k.Refusal(LangOf(r), err)
	if !Pushed(r) {
		whole(shown, status)
		return
	}
	k.piece(w, status, shown)
}
