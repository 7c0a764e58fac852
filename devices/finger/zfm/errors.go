package zfm

import (
	"errors"
	"fmt"

	"markaz.example/devices/finger"
)

// What can go wrong besides what the module itself says, which is a Code.
var (
	ErrNotRunning  = errors.New("the fingerprint module is not connected")
	ErrNoAnswer    = errors.New("the fingerprint module did not answer in time; try again")
	ErrTransfer    = errors.New("a picture or template arrived incomplete; try again")
	ErrPicture     = errors.New("the picture is not of the size that the profile names")
	ErrUnsupported = errors.New("this model cannot do that")
	ErrRestarted   = errors.New("the fingerprint module was switched off and on meanwhile; begin again")
	ErrPage        = errors.New("no such page in the module's library")
	ErrTemplate    = errors.New("a template has no bytes or more than a module takes")
	ErrPowerUp     = errors.New("written, but used only after the module was switched off and on; do that, then apply again")
	ErrOneSpeed    = errors.New("the line has one speed only; set its speed to the one in the profile's firmware table")
	ErrRunning     = errors.New("driver is already running")
)

// Code is what a module answers besides "done". Some say something of the finger; errors.Is finds that.
// Source: ZFM-20 user manual, confirmation codes; 29 is the R503's.
type Code byte

// Codes. Those that are not here are reserved.
const (
	codeOK         Code = 0x00
	CodePacket     Code = 0x01 // the module could not read our packet, or does not know the command
	CodeNoFinger   Code = 0x02
	CodeCapture    Code = 0x03
	CodeMessy      Code = 0x06
	CodeSmall      Code = 0x07
	CodeNoMatch    Code = 0x08
	CodeNotFound   Code = 0x09
	CodeDifferent  Code = 0x0a
	CodePage       Code = 0x0b
	CodeUnreadable Code = 0x0c
	CodeUpload     Code = 0x0d
	CodeNoData     Code = 0x0e
	CodeUpPicture  Code = 0x0f
	CodeDelete     Code = 0x10
	CodeEmpty      Code = 0x11
	CodePassword   Code = 0x13
	CodeNoPicture  Code = 0x15
	CodeFlash      Code = 0x18
	CodeParameter  Code = 0x1a
	CodeAddress    Code = 0x20
	CodeNeedsPass  Code = 0x21
	CodeSensor     Code = 0x29
	codeAlive      Code = 0x55 // answers GetEcho
)

// meanings is a text for each code and the common error it stands for, if any.
func meanings() map[Code]struct {
	text string
	is   error
} {
	return map[Code]struct {
		text string
		is   error
	}{
		codeOK:         {"done", nil},
		CodePacket:     {"the module could not read the command or does not know it", nil},
		CodeNoFinger:   {"no finger on the sensor", finger.ErrNoFinger},
		CodeCapture:    {"the sensor took no picture", nil},
		CodeMessy:      {"the picture is too messy", finger.ErrMessy},
		CodeSmall:      {"too few features in the picture", finger.ErrSmall},
		CodeNoMatch:    {"the two do not match", finger.ErrNoMatch},
		CodeNotFound:   {"nobody in the library matches", finger.ErrNoMatch},
		CodeDifferent:  {"the two pictures cannot be merged", finger.ErrDifferent},
		CodePage:       {"the page is beyond the library", ErrPage},
		CodeUnreadable: {"the template cannot be read or is not valid", nil},
		CodeUpload:     {"the template cannot be sent", nil},
		CodeNoData:     {"the module cannot take data packets", nil},
		CodeUpPicture:  {"the picture cannot be sent", nil},
		CodeDelete:     {"the template cannot be deleted", nil},
		CodeEmpty:      {"the library cannot be emptied", nil},
		CodePassword:   {"wrong password", finger.ErrPassword},
		CodeNoPicture:  {"there is no valid picture to work on", nil},
		CodeFlash:      {"the module's memory cannot be written; if it stays, replace the module", nil},
		CodeParameter:  {"no such parameter or value", nil},
		CodeAddress:    {"wrong address", nil},
		CodeNeedsPass:  {"the password must be verified first", finger.ErrPassword},
		CodeSensor:     {"the sensor does not work", finger.ErrSensor},
	}
}

func (c Code) Error() string {
	if m, ok := meanings()[c]; ok {
		return fmt.Sprintf("%s (code %02x)", m.text, byte(c))
	}
	return fmt.Sprintf("the module answers code %02x, which is in no manual", byte(c))
}

// Is makes a code the same as the common error it stands for.
func (c Code) Is(target error) bool {
	is := meanings()[c].is
	return is != nil && is == target
}
