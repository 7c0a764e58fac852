package desk

import (
	"net/url"
	"strconv"
	"strings"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/letter"
)

// order is one press at a console: what its button stands for, and what was filled in beside it.
type order struct {
	Verb string // "finish"
	Word string // that the button carries: an outcome, a reason, a thing to give; empty for verbs without one

	Visit    id.Visit // of the row that was chosen
	Token    id.Token // that was typed in its place; empty for none
	Code     id.Code  // that was scanned
	Stop     int      // index in the ledger
	To       desk.Handing
	Services []id.Service
	Persons  int
	Next     bool // the stop that is added comes next
	Pool     bool // parked for every desk of the service
	Receipt  bool
}

// needs are what a verb has to have filled in.
type needs struct {
	word func(string) error // nil for a verb without a word
	more func(*order, url.Values) bool
}

// verbs are what buttons of a console stand for.
var verbs = map[string]needs{
	"next": {}, "present": {}, "again": {}, "absent": {}, "ask": {}, "undo": {}, "resume": {},

	"finish": {word: visit.CheckWord}, "then": {word: visit.CheckWord},
	"hold": {word: visit.CheckWord}, "park": {word: visit.CheckWord}, "fail": {word: visit.CheckWord},
	"leave": {word: visit.CheckWord}, "pause": {word: visit.CheckWord}, "draw": {word: letter.CheckWhat},
	"pick": {word: visit.CheckWord, more: readVisit}, "gone": {word: visit.CheckWord, more: readVisit},
	"cancel": {word: checkStop, more: readStop}, "quick": {word: checkService, more: readQuick},

	"back": {more: readVisit}, "unpark": {more: readVisit}, "return": {more: readVisit},
	"scan": {more: readScan}, "transfer": {more: readHanding}, "add": {more: readAdded}, "split": {more: readSplit},
}

// readOrder reads a form of a console. It reports false for a form that no button of ours sends.
func readOrder(form url.Values) (order, bool) {
	verb, word, has := strings.Cut(form.Get("act"), "-")
	o := order{
		Verb: verb, Word: word, Receipt: form.Has("receipt"), Pool: form.Has("pool"), Next: form.Get("when") == "next",
	}
	want, ok := verbs[verb]
	switch {
	case !ok || has != (want.word != nil):
		return order{}, false
	case want.word != nil && want.word(word) != nil:
		return order{}, false
	case want.more != nil && !want.more(&o, form):
		return order{}, false
	}
	return o, true
}

// readVisit reads whose row was chosen, or whose number was typed.
func readVisit(o *order, form url.Values) bool {
	if typed := strings.TrimSpace(form.Get("token")); typed != "" {
		o.Token = id.Token(strings.ToUpper(typed))
		return o.Token.Check() == nil
	}
	o.Visit = id.Visit(form.Get("visit"))
	return o.Visit.Check() == nil
}

func checkService(word string) error { return id.Service(word).Check() }

func readQuick(o *order, _ url.Values) bool {
	o.Services = []id.Service{id.Service(o.Word)}
	return true
}

func checkStop(word string) error {
	_, err := strconv.ParseUint(word, 10, 8)
	return err
}

func readStop(o *order, _ url.Values) bool {
	o.Stop, _ = strconv.Atoi(o.Word) // checkStop has read it
	return true
}

// scannedBytesMax bounds what a scanner types: the address of a phone page.
const scannedBytesMax = 200

// readScan reads the code of a slip from the address that its square holds, as scanners type it: with a capital lock, or
// with the keys of another alphabet taken for ours.
func readScan(o *order, form url.Values) bool {
	typed := strings.TrimSpace(form.Get("code"))
	if len(typed) > scannedBytesMax {
		return false
	}
	typed, _, _ = strings.Cut(typed, "?")
	typed = strings.TrimRight(typed, "/")
	o.Code = id.Code(strings.ToUpper(typed[strings.LastIndexByte(typed, '/')+1:]))
	if o.Code.Check() != nil {
		o.Code = "" // not of a slip: the floor says that it is another's
	}
	return true
}

// readHanding reads where a transfer goes: "kafaalat", "kafaalat desk/C", "kafaalat staff/S001".
func readHanding(o *order, form url.Values) bool {
	service, who, _ := strings.Cut(form.Get("to"), " ")
	o.To = desk.Handing{Service: id.Service(service), Note: form.Get("note")}
	if at, ok := strings.CutPrefix(who, "desk/"); ok {
		o.To.Desk = id.Desk(at)
		who = ""
	}
	if code, ok := strings.CutPrefix(who, "staff/"); ok {
		o.To.Staff = code
		who = ""
	}
	return who == "" && o.To.Service.Check() == nil && (o.To.Desk == "" || o.To.Desk.Check() == nil) &&
		(o.To.Note == "" || visit.CheckWord(o.To.Note) == nil) && visit.CheckStaff(o.To.Staff) == nil
}

func readAdded(o *order, form url.Values) bool {
	o.Services = []id.Service{id.Service(form.Get("service"))}
	return o.Services[0].Check() == nil
}

func readSplit(o *order, form url.Values) bool {
	n, err := strconv.ParseUint(form.Get("persons"), 10, 8)
	o.Persons = int(n)
	if err != nil || len(form["service"]) > visit.AskedMax {
		return false
	}
	for _, s := range form["service"] {
		if id.Service(s).Check() != nil {
			return false
		}
		o.Services = append(o.Services, id.Service(s))
	}
	return true
}
