package hq

import (
	"context"
	"fmt"
	"strings"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/door"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
)

// ForkQuery is what the verbs about forks are asked with.
type ForkQuery struct {
	Centre id.Centre `json:"centre,omitempty"` // all when empty
	Branch string    `json:"branch,omitempty"` // or how its name begins; all when empty
}

// ForkWord is a person's word on a fork.
type ForkWord struct {
	ForkQuery
	Keep string `json:"keep"` // "held" or "branch"
	Who  string `json:"who"`
	Why  string `json:"why"`
}

// ForkDone is what became of it.
type ForkDone struct {
	Chain  string `json:"chain"`
	Branch string `json:"branch"`
	Beside string `json:"beside,omitempty"` // the branch that the chain's own records became, with keep "branch"
}

// forkVerbs serves "markaz-hq fork". Any node may be asked: the word goes to the leader.
func (h *HQ) forkVerbs() {
	door.Verb(h.admin, "POST /fork/list", func(_ context.Context, q ForkQuery) ([]archive.Branching, error) {
		return Forks(h.archive, q)
	})
	door.Verb(h.admin, "POST /fork/settle", h.settleFork)
}

// Forks are the branches that a query is about. It reports archive.ErrDamaged.
func Forks(a *archive.Archive, q ForkQuery) ([]archive.Branching, error) {
	found := []archive.Branching{}
	for _, c := range a.Chains() {
		if q.Centre != "" && c.Incarnation.Centre != q.Centre {
			continue
		}
		forks, err := a.Forks(c.Incarnation)
		if err != nil {
			return nil, err
		}
		for _, f := range forks {
			if strings.HasPrefix(f.Branch, q.Branch) {
				found = append(found, f)
			}
		}
	}
	return found, nil
}

func (h *HQ) settleFork(ctx context.Context, w ForkWord) (done ForkDone, err error) {
	word, err := h.word(w)
	if err != nil {
		return done, err
	}
	act, err := word.Encode()
	if err != nil {
		return done, door.Refusal{Text: err.Error(), Remedy: "say who decides, and why"}
	}
	answer, err := h.node.Propose(ctx, act)
	switch {
	case err != nil:
		return done, err
	case answer.Refused != "":
		return done, door.Refusal{Text: answer.Detail, Remedy: "markaz-hq fork list shows what there is"}
	}
	h.log.Warn("fork settled", "centre", w.Centre, "branch", word.Branch, "keep", w.Keep, "who", w.Who, "why", w.Why)
	return ForkDone{word.Incarnation.String(), word.Branch, string(answer.Body)}, nil
}

func (h *HQ) word(w ForkWord) (s archive.Settle, err error) {
	s = archive.Settle{Who: w.Who, Why: w.Why, At: time.Now().UTC()}
	switch w.Keep {
	case archive.KeepHeld.String():
	case archive.KeepBranch.String():
		s.Keep = archive.KeepBranch
	default:
		return s, door.Refusal{Text: fmt.Sprintf("cannot keep %q", w.Keep), Remedy: `keep "held", the chain as it is, or "branch"`}
	}
	s.Incarnation, s.Branch, err = h.theFork(w.ForkQuery)
	return s, err
}

// theFork is the one branch that a query means.
func (h *HQ) theFork(q ForkQuery) (in chain.Incarnation, branch string, err error) {
	found := 0
	for _, c := range h.archive.Chains() {
		for _, b := range c.Branches {
			if c.Incarnation.Centre == q.Centre && q.Branch != "" && strings.HasPrefix(b.Name, q.Branch) {
				in, branch, found = c.Incarnation, b.Name, found+1
			}
		}
	}
	if found == 1 {
		return in, branch, nil
	}
	return in, "", door.Refusal{
		Text:   fmt.Sprintf("%d branches of %q begin with %q", found, q.Centre, q.Branch),
		Remedy: "markaz-hq fork list shows what there is; give its whole name",
	}
}
