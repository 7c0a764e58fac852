package desk

import (
	"slices"
	"strconv"

	"markaz.example/edge/desk"
	"markaz.example/edge/web/page"
)

// Why a desk does what it does, as texts know it.
var (
	holdReasons  = []string{"nadra", "papers", "copies", "family", "rest"}
	parkReasons  = []string{"awaiting-answer", "supervisor", "system"}
	failReasons  = []string{"system-down", "machine-down", "wrong-centre"}
	leaveReasons = []string{"gave-up", "another-day"}
	pickReasons  = []string{"ill", "child", "paper-back", "mistake", desk.ReasonFavour}
	notes        = []string{"papers-seen", "identity-checked", "explain-again", "unwell"}
)

// notWanted is why a desk takes a stop out of a visit.
const notWanted = "not-wanted"

// word is a code of the catalogue or the ledger with the text that says it. It may be newer than our texts.
type word struct {
	Code string
	Text string // key of what says it; empty when nothing does
}

func (d *Desk) word(family, code string) word {
	w := word{Code: code}
	if key := family + "." + code; d.kit.Has(page.Urdu, key) {
		w.Text = key
	}
	return w
}

func (d *Desk) words(family string, codes []string) []word {
	out := make([]word, 0, len(codes))
	for _, c := range codes {
		out = append(out, d.word(family, c))
	}
	return out
}

// outcome is how a stop may end, and its key.
type outcome struct {
	word
	Key string // "D"
}

// outcomeKeys are those of the outcomes that nearly every service has. The others have a figure by their place.
var outcomeKeys = map[string]string{"done": "D", "referred": "F", "papers-missing": "M"}

// ends says whether a stop of any service may end so. Of which service is the floor's to say.
func (d *Desk) ends(outcome string) bool {
	return slices.Contains(desk.DefaultOutcomes(), outcome) ||
		slices.ContainsFunc(d.Catalogue.Services, func(s desk.Service) bool { return slices.Contains(s.Outcomes, outcome) })
}

func (d *Desk) outcomes(codes []string) []outcome {
	out := make([]outcome, 0, len(codes))
	for i, c := range codes {
		key := outcomeKeys[c]
		if key == "" {
			key = strconv.Itoa(i + 1)
		}
		out = append(out, outcome{d.word("outcome", c), key})
	}
	return out
}
