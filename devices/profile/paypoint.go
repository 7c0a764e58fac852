package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

// ClassPaypoint is how a bank tells of its payment terminals.
const ClassPaypoint = "paypoint"

// Words a paypoint profile may use.
const (
	ProtocolPush = "push"    // signed JSON; docs/paypoint-push.md
	ProtocolNDC  = "ndc"     // a copy of an ATM's status messages
	ProtocolISO  = "iso8583" // a POS, or the bank that acquires for it

	LengthBinary = "binary-2" // two bytes, big-endian
	LengthASCII  = "ascii-4"  // four digits

	NumbersBCD   = "bcd"   // two digits a byte
	NumbersASCII = "ascii" // one digit a byte

	BitmapBinary = "binary" // 8 bytes each
	BitmapHex    = "hex"    // 16 characters each

	MoneyRefuse = "refuse" // requests for money are answered with "invalid transaction"
	MoneyDrop   = "drop"   // and with nothing at all
)

// Paypoint is one way in which a bank tells of its terminals.
type Paypoint struct {
	Model    string        `toml:"model"`    // for people
	Class    string        `toml:"class"`    // "paypoint"
	Protocol string        `toml:"protocol"` // ProtocolPush, ProtocolNDC or ProtocolISO
	Cash     Cash          `toml:"cash"`     //
	Frame    PaypointFrame `toml:"frame"`    // of NDC and ISO 8583
	ISO      ISO8583       `toml:"iso8583"`  // of ISO 8583
}

// Cash is what counts of notes mean.
type Cash struct {
	LowNotes int `toml:"low_notes"` // this many or fewer in a cassette are low
	OutNotes int `toml:"out_notes"` // this many or fewer are as good as none
}

// PaypointFrame is how messages are told apart on TCP.
type PaypointFrame struct {
	Length    string `toml:"length"`    // LengthBinary or LengthASCII
	Inclusive bool   `toml:"inclusive"` // the length counts itself
	TPDU      bool   `toml:"tpdu"`      // five bytes follow: 60, destination, source; answers swap the two
}

// ISO8583 is a bank's dialect.
type ISO8583 struct {
	Numbers string            `toml:"numbers"`        // NumbersBCD or NumbersASCII; lengths and type of message too
	Bitmap  string            `toml:"bitmap"`         // BitmapBinary or BitmapHex
	Money   string            `toml:"money_requests"` // MoneyRefuse or MoneyDrop
	EchoS   int               `toml:"echo_s"`         // seconds between two echoes of a terminal; three missed are off-line
	Fields  map[string]string `toml:"fields"`         // number -> format, where the bank differs: "49" = "n3"
}

// LoadPaypoint reads one profile. The error names the file and, where there is one, the line.
func LoadPaypoint(path string) (Paypoint, error) {
	return LoadPaypointFS(os.DirFS(filepath.Dir(path)), filepath.Base(path))
}

// LoadPaypointFS is LoadPaypoint for profiles that were built into a program.
func LoadPaypointFS(fsys fs.FS, name string) (Paypoint, error) { return load[Paypoint](fsys, name) }

// Check reports every value that no decoder could work with.
func (p Paypoint) Check() error {
	errs := []error{
		filled("model", p.Model),
		oneOf("class", p.Class, []string{ClassPaypoint}, nil),
		oneOf("protocol", p.Protocol, []string{ProtocolPush, ProtocolNDC, ProtocolISO}, []string{"ddc", "snmp"}),
		within("cash.low_notes", p.Cash.LowNotes, 0, cassetteNotesMax),
		within("cash.out_notes", p.Cash.OutNotes, 0, p.Cash.LowNotes),
	}
	switch p.Protocol {
	case ProtocolNDC:
		errs = append(errs, p.Frame.check())
	case ProtocolISO:
		errs = append(errs, p.Frame.check(), p.ISO.check())
	}
	return errors.Join(errs...)
}

func (f PaypointFrame) check() error {
	return oneOf("frame.length", f.Length, []string{LengthBinary, LengthASCII}, []string{"after-tpdu"})
}

func (i ISO8583) check() error {
	errs := []error{
		oneOf("iso8583.numbers", i.Numbers, []string{NumbersBCD, NumbersASCII}, []string{"ebcdic"}),
		oneOf("iso8583.bitmap", i.Bitmap, []string{BitmapBinary, BitmapHex}, nil),
		oneOf("iso8583.money_requests", i.Money, []string{MoneyRefuse, MoneyDrop}, nil),
		within("iso8583.echo_s", i.EchoS, echoSecondsMin, echoSecondsMax),
	}
	for field, format := range i.Fields {
		if n, err := strconv.Atoi(field); err != nil || n < 2 || n > 128 || n == 65 {
			errs = append(errs, fmt.Errorf("iso8583.fields: %q is no number of a field, 2 to 128", field))
		}
		if !formatShape.MatchString(format) {
			errs = append(errs, fmt.Errorf(`iso8583.fields.%s = %q: want a format such as "n6", "ans..99" or "b...255"`, field, format))
		}
	}
	return errors.Join(errs...)
}

// formatShape is a format of the standard: type, dots for the digits of a length that varies, the length.
var formatShape = regexp.MustCompile(`^(n|x\+n|an|ans|ns|anp|z|b)(\.\.|\.\.\.)?[1-9][0-9]{0,2}$`)
