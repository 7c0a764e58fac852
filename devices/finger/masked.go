package finger

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

// A picture of a finger prints, logs and is encoded as its size, whoever does it and however deep it lies.

// String tells the size and nothing else.
func (p Picture) String() string { return fmt.Sprintf("picture of %d by %d", p.Width, p.Height) }

// GoString is String.
func (p Picture) GoString() string { return p.String() }

// Format keeps verbs that show bytes from showing them.
func (p Picture) Format(f fmt.State, _ rune) { fmt.Fprint(f, p.String()) }

// LogValue is String.
func (p Picture) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalJSON is String.
func (p Picture) MarshalJSON() ([]byte, error) { return json.Marshal(p.String()) }
