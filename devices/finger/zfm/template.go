package zfm

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

// Template is what a module makes of a finger: 512 bytes or more in its maker's own format, of use to modules of that
// maker only. It is biometric: it prints and logs as its size, and its owner wipes it after use.
type Template []byte

// Wipe overwrites the template.
func (t Template) Wipe() { clear(t) }

// String tells the size and nothing else.
func (t Template) String() string { return fmt.Sprintf("template of %d bytes", len(t)) }

// Format keeps verbs that show bytes from showing them.
func (t Template) Format(f fmt.State, _ rune) { fmt.Fprint(f, t.String()) }

// LogValue is String.
func (t Template) LogValue() slog.Value { return slog.StringValue(t.String()) }

// GoString is String.
func (t Template) GoString() string { return t.String() }

// MarshalJSON is String.
func (t Template) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }
