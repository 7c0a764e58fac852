package doctor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// What a patient reports when no box runs, and when there is no ledger yet.
var (
	ErrStopped  = errors.New("no box runs")
	ErrNoLedger = errors.New("there is no ledger")
)

// ask is what the running box says; false when none runs or it does not answer.
func (p Patient) ask(ctx context.Context) (Live, error) {
	if p.Live == nil {
		return Live{}, ErrStopped
	}
	return p.Live(ctx)
}

// running tells the conditions that the box itself shows.
func running(ctx context.Context, p Patient) (out []Finding) {
	l, err := p.ask(ctx)
	if errors.Is(err, ErrStopped) {
		return []Finding{warning("systemctl start markaz, and look why not: journalctl -u markaz", "the box does not run; it is looked at from outside")}
	}
	if err != nil {
		return []Finding{broken("run markaz doctor as root or as the box's user; if that is so, systemctl restart markaz", "the box runs and does not answer: %v", err)}
	}
	for _, c := range l.Conditions {
		out = append(out, c.finding())
	}
	return append(out, well("the box runs %s, at record %d, and its clock is %s", l.Software, l.Seq, l.Grade))
}

func (c Condition) finding() Finding {
	what := c.Text
	if c.Dev != "" {
		what = c.Dev + ": " + what
	}
	switch c.Severity {
	case "critical":
		return broken(c.Remedy, "%s (%s)", what, c.Code)
	case "warning":
		return warning(c.Remedy, "%s (%s)", what, c.Code)
	}
	return well("%s (%s)", what, c.Code)
}

// ledger asks the box, or reads the file of one that is stopped.
func ledger(ctx context.Context, p Patient) []Finding {
	if p.Data == "" {
		return nil
	}
	l, err := p.ask(ctx)
	if err == nil {
		return []Finding{backlog(l.Seq, l.Confirmed), well("the running box has verified its newest records")}
	}
	file, key := filepath.Join(p.Data, "ledger.db"), filepath.Join(p.Data, "box.key")
	if missing(file) {
		if missing(key) && missing(key+sealed) {
			return []Finding{well("there is no ledger yet: the first start makes it")}
		}
		return []Finding{broken("put the file back if somebody moved it; else restore the centre: markaz restore", "the box has an identity and its ledger is gone")}
	}
	if p.Ledger == nil {
		return nil
	}
	s, err := p.Ledger(ctx)
	if err != nil {
		return []Finding{broken("keep this file as it is, and call headquarters: they hold what was sent; a backup holds the rest", "the ledger cannot be believed: %v", err)}
	}
	return s.findings(p)
}

func (s Standing) findings(p Patient) []Finding {
	out := []Finding{backlog(s.Head, s.Confirmed)}
	if s.Witnessed > s.Head {
		out = append(out, broken("an older file was put back, or the drive lost what it had confirmed: keep this file, call headquarters, and see the operations guide before the box is started",
			"the ledger ends at record %d, and the box had written record %d", s.Head, s.Witnessed))
	}
	if ahead := s.Last.Sub(p.Now); ahead > clockOff {
		out = append(out, warning("set the time, or connect the box to headquarters", "the newest record was made %s after what the clock says now", ahead.Round(1e9)))
	}
	if s.Whole {
		return append(out, well("every record follows the one before it"))
	}
	return append(out, well("the records that could be read in this time follow each other; markaz ledger verify reads all"))
}

// backlog is what headquarters lacks.
func backlog(head, confirmed uint64) Finding {
	if behind := head - min(head, confirmed); behind > backlogMax {
		return warning("see network; or carry a parcel: markaz parcel out; and make a backup", "headquarters lacks the newest %d of %d records: they exist only here", behind, head)
	}
	return well("%d records; headquarters holds %d", head, confirmed)
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, os.ErrNotExist)
}

// sealed ends the name of a secret that the strongbox keeps.
const sealed = ".sealed"

// vault looks only at what is there: keys are nobody's business here. A running box's own conditions say more.
func vault(ctx context.Context, p Patient) (out []Finding) {
	if _, err := p.ask(ctx); err == nil || p.Vault == "" {
		return nil
	}
	if !missing(filepath.Join(p.Data, "strongbox", "open.key")) {
		out = append(out, warning("keep it otherwise: markaz seal says how", "the key of the box's secrets lies beside them: whoever has the disk can read every name"))
	}
	file, key := missing(filepath.Join(p.Vault, "vault.db")), filepath.Join(p.Vault, "vault.key")
	switch {
	case file && p.Registers:
		out = append(out, well("there is no vault yet: the first start with a desk that registers makes it; if families were registered, bring vault.db back"))
	case file:
	case missing(key) && missing(key+sealed):
		out = append(out, well("the vault's key is not beside it: it comes from a credential of the unit"))
	case !missing(key):
		out = append(out, warning("start the box once: it seals it", "the vault's key lies in the clear beside it"))
	}
	return out
}
