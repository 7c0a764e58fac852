package civil

import (
	"fmt"
	"log/slog"
	"unique"
)

// secret keeps a text behind a pointer: in a field that fmt may not call methods of it prints as an address. Two of one text
// are equal.
type secret struct{ text unique.Handle[string] }

func hide(text string) secret {
	if text == "" {
		return secret{}
	}
	return secret{unique.Make(text)}
}

func (s secret) tell() string {
	if s == (secret{}) {
		return ""
	}
	return s.text.Value()
}

// hidden makes a type print as one word, whatever it is printed with. fmt asks Format before all else, so that no verb
// looks inside; encoders ask for text or JSON; slog for a value.
type hidden string

func (h hidden) format(f fmt.State)    { _, _ = f.Write([]byte(h)) }
func (h hidden) json() ([]byte, error) { return []byte(`"` + h + `"`), nil }
func (h hidden) text() ([]byte, error) { return []byte(h), nil }
func (h hidden) cbor() ([]byte, error) { return append([]byte{cborText | byte(len(h))}, h...), nil }
func (h hidden) value() slog.Value     { return slog.StringValue(string(h)) }

// cborText begins a text of CBOR that is shorter than 24 bytes.
const cborText = 0x60

const (
	hiddenNumber hidden = "[number]"
	hiddenName   hidden = "[name]"
	hiddenBirth  hidden = "[birth date]"
)

// String hides the number, and so do the methods below.
func (Number) String() string               { return string(hiddenNumber) }
func (Number) GoString() string             { return string(hiddenNumber) }
func (Number) Format(f fmt.State, _ rune)   { hiddenNumber.format(f) }
func (Number) LogValue() slog.Value         { return hiddenNumber.value() }
func (Number) MarshalJSON() ([]byte, error) { return hiddenNumber.json() }
func (Number) MarshalText() ([]byte, error) { return hiddenNumber.text() }
func (Number) MarshalCBOR() ([]byte, error) { return hiddenNumber.cbor() }

// String hides the name, and so do the methods below.
func (Name) String() string               { return string(hiddenName) }
func (Name) GoString() string             { return string(hiddenName) }
func (Name) Format(f fmt.State, _ rune)   { hiddenName.format(f) }
func (Name) LogValue() slog.Value         { return hiddenName.value() }
func (Name) MarshalJSON() ([]byte, error) { return hiddenName.json() }
func (Name) MarshalText() ([]byte, error) { return hiddenName.text() }
func (Name) MarshalCBOR() ([]byte, error) { return hiddenName.cbor() }

// String hides the date, and so do the methods below.
func (Birth) String() string               { return string(hiddenBirth) }
func (Birth) GoString() string             { return string(hiddenBirth) }
func (Birth) Format(f fmt.State, _ rune)   { hiddenBirth.format(f) }
func (Birth) LogValue() slog.Value         { return hiddenBirth.value() }
func (Birth) MarshalJSON() ([]byte, error) { return hiddenBirth.json() }
func (Birth) MarshalText() ([]byte, error) { return hiddenBirth.text() }
func (Birth) MarshalCBOR() ([]byte, error) { return hiddenBirth.cbor() }
