package terminal

import (
	"fmt"
	"time"
)

// ID names a terminal: the bank, and the name that bank calls it by.
type ID struct {
	Bank string // code of the bank: "hbl"
	Name string // such as "047"
}

func (id ID) String() string { return id.Bank + "/" + id.Name }

// Check reports a part that is not 1 to 31 letters, digits, dots or hyphens.
func (id ID) Check() error {
	for what, s := range map[string]string{"bank": id.Bank, "terminal": id.Name} {
		if s == "" || len(s) > nameBytesMax {
			return fmt.Errorf("%s of %d bytes: want 1 to %d", what, len(s), nameBytesMax)
		}
		for i := range len(s) {
			if !plain(s[i]) {
				return fmt.Errorf("%s %q: want letters, digits, dots and hyphens", what, s)
			}
		}
	}
	return nil
}

func plain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.'
}

// Kind of terminal.
type Kind string

// The kinds.
const (
	ATM Kind = "atm"
	POS Kind = "pos"
)

func (k Kind) silentAfter() time.Duration {
	if k == POS {
		return silentPOS
	}
	return silentATM
}

// Axis is one thing that may be said of a terminal.
type Axis int

// The axes, and who tells of them.
const (
	Link       Axis = iota // whether the bank hears it
	Service                // whether it serves people
	Cash                   // follows from its cassettes and the dispenser
	Receipt                // paper for the customer
	Journal                // paper for the bank
	CardReader             //
	Biometric              // fingerprint reader; told by push only
	Dispenser              //

	AxisCount = int(Dispenser) + 1
)

var axisNames = [AxisCount]string{"link", "service", "cash", "receipt", "journal", "card-reader", "biometric", "dispenser"}

func (a Axis) String() string {
	if a < 0 || int(a) >= AxisCount {
		return fmt.Sprintf("Axis(%d)", int(a))
	}
	return axisNames[a]
}

// Value is what was said of an axis. The zero Value is unknown.
type Value string

// The values of the axes, and of the question whether a terminal can pay.
const (
	Unknown Value = ""
	None    Value = "n/a" // there is no such part

	Online  Value = "online"
	Offline Value = "offline"

	InService    Value = "in-service"
	OutOfService Value = "out-of-service"
	Supervisor   Value = "supervisor"
	Closed       Value = "closed"

	OK       Value = "ok"
	Low      Value = "low"
	Out      Value = "out"
	Degraded Value = "degraded"
	Fault    Value = "fault"

	Yes Value = "yes"
	No  Value = "no"
)

func (v Value) String() string {
	if v == Unknown {
		return "unknown"
	}
	return string(v)
}

// rank orders values of one axis from worse to better.
func (v Value) rank() int {
	switch v {
	case OK, Online, InService, None, Yes:
		return 3
	case Low, Degraded, Supervisor:
		return 2
	case Unknown:
		return 1
	}
	return 0
}

// Source is who said something.
type Source string

// The sources.
const (
	Push  Source = "push"
	NDC   Source = "ndc"
	ISO   Source = "iso8583"
	Probe Source = "probe"
)
