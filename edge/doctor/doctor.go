package doctor

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Severity says how much a finding matters.
type Severity int

// The severities, as the program's exit code is for the worst.
const (
	Well    Severity = iota // what was looked at is in order
	Warning                 // it works, and will not, or protects less than it should
	Broken                  // something that a centre needs does not work, or nothing protects it
)

func (s Severity) String() string {
	switch s {
	case Well:
		return "well"
	case Warning:
		return "warning"
	default:
		return "broken"
	}
}

// MarshalText is the word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Finding is one thing that a check saw. What and Remedy are English sentences without anybody's name or number.
type Finding struct {
	Check    string   `json:"check"`
	Severity Severity `json:"severity"`
	What     string   `json:"what"`
	Remedy   string   `json:"remedy,omitempty"` // empty when all is well
}

func well(format string, a ...any) Finding {
	return Finding{Severity: Well, What: fmt.Sprintf(format, a...)}
}

func warning(remedy, format string, a ...any) Finding {
	return Finding{Severity: Warning, What: fmt.Sprintf(format, a...), Remedy: remedy}
}

func broken(remedy, format string, a ...any) Finding {
	return Finding{Severity: Broken, What: fmt.Sprintf(format, a...), Remedy: remedy}
}

// Check is one thing to look at.
type Check struct {
	Name string
	Look func(context.Context, Patient) []Finding
}

// Checks are all of them, in the order in which a technician reads.
func Checks() []Check {
	return []Check{
		{"versions", versions},
		{"configuration", configuration},
		{"box", running},
		{"clock", clock},
		{"space", space},
		{"mounts", mounts},
		{"sync", honesty},
		{"memory", memory},
		{"permissions", permissions},
		{"ledger", ledger},
		{"vault", vault},
		{"certificates", certificates},
		{"packs", packs},
		{"network", network},
		{"devices", devices},
		{"units", units},
	}
}

// Examine does the checks one after the other. One that takes too long, or falls, is a finding of its own.
func Examine(ctx context.Context, p Patient, checks []Check) (all []Finding) {
	for _, c := range checks {
		for _, f := range one(ctx, p, c) {
			f.Check = c.Name
			all = append(all, f)
		}
	}
	return all
}

func one(ctx context.Context, p Patient, c Check) (found []Finding) {
	ctx, cancel := context.WithTimeout(ctx, checkMax)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			found = append(found, broken("tell whoever maintains markaz", "this check itself fell: %v", r))
		}
	}()
	return c.Look(ctx, p)
}

// Worst is the worst of findings; Well when there are none.
func Worst(all []Finding) Severity {
	if len(all) == 0 {
		return Well
	}
	return slices.MaxFunc(all, func(a, b Finding) int { return int(a.Severity) - int(b.Severity) }).Severity
}

// days is a time in words.
func days(d time.Duration) string { return fmt.Sprintf("%d days", int(d.Hours())/24) }
