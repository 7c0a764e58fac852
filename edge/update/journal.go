package update

// Step is how far an update has come. Each begins when it is on disk, and is begun again after a power cut.
type Step string

// The steps.
const (
	StepKeep    Step = "keep"    // the package is here and was found good; a way back is made. Nothing has changed
	StepInstall Step = "install" // the package is being put in
	StepProve   Step = "prove"   // the new version is in, and is watched
	StepReturn  Step = "return"  // the old version is being put back
)

// Journal is the update that is under way.
type Journal struct {
	Number uint64  `json:"number"` // of this box's updates, from 1
	Step   Step    `json:"step"`
	From   Version `json:"from"`
	To     Version `json:"to"`
	Digest string  `json:"digest"` // of the package, in hexadecimal
	Tries  int     `json:"tries"`  // how often proving was begun
	Before Health  `json:"before"`
	Reason string  `json:"reason,omitempty"` // why it goes back
}

// Health is how a box serves.
type Health struct {
	Serves bool   `json:"serves"` // its ledger is open and its pages are up
	Seq    uint64 `json:"seq"`    // the newest record that it acknowledged
}

// Result is what an update came to.
type Result string

// The results.
const (
	Updated  Result = "updated"  // the new version serves
	Returned Result = "returned" // it did not come up; the old one serves again
	Refused  Result = "refused"  // nothing was changed
)

// Outcome is an update that is over.
type Outcome struct {
	Number uint64  `json:"number"`
	From   Version `json:"from"`
	To     Version `json:"to"`
	Result Result  `json:"result"`
	Reason string  `json:"reason,omitempty"` // for a technician, untranslated
}

// next is what follows when the work of a step came to err: another step, the same again, or the end.
func (j Journal) next(err error) (Journal, *Outcome) {
	switch {
	case j.Step == StepReturn && err != nil:
		return j, nil // there is nothing else to do than to try again
	case j.Step == StepReturn:
		return j, j.outcome(Returned, j.Reason)
	case j.Step == StepKeep && err != nil:
		return j, j.outcome(Refused, reason(err))
	case err != nil:
		j.Step, j.Reason = StepReturn, reason(err)
	case j.Step == StepKeep:
		j.Step = StepInstall
	case j.Step == StepInstall:
		j.Step = StepProve
	case j.Step == StepProve:
		return j, j.outcome(Updated, "")
	}
	return j, nil
}

func (j Journal) outcome(r Result, why string) *Outcome {
	return &Outcome{Number: j.Number, From: j.From, To: j.To, Result: r, Reason: why}
}

func reason(err error) string {
	s := err.Error()
	return s[:min(len(s), reasonBytesMax)]
}
