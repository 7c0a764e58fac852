package doctor

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Patient is what is known of a box before anybody looks. Empty paths are of a box that has no such thing.
type Patient struct {
	Root     string // the machine's: "/"; a test makes its own with proc, sys and etc below
	Software string
	Now      time.Time

	Config    string // the configuration's file
	ConfigErr error  // why it cannot be used; nil when it can
	Data      string
	Vault     string   // directory
	Registers bool     // a desk registers families
	Identity  string   // directory of certificates
	Desks     string   // directory of the authority that certifies the box's pages for desks
	Name      string   // of headquarters, in its certificate
	Addresses []string // of headquarters, host:port
	Devices   []Device
	USB       string // socket of markaz-usb; empty when no device needs it

	Live   func(context.Context) (Live, error)     // asks the running box; reports ErrStopped when none runs
	Ledger func(context.Context) (Standing, error) // reads a stopped box's ledger
	Packs  func(context.Context) ([]Pack, error)   // reads those of a stopped box; reports ErrNoLedger
	Units  func(ctx context.Context, unit string) (state string, err error)
}

// Device is one that is configured.
type Device struct {
	Name    string
	Serial  string // device node, or "usb:…"
	Profile string // file; empty when it was found and parsed
	Err     error  // why its profile cannot be used
}

// Live is what a running box says of itself.
type Live struct {
	Software   string      `json:"software"`
	Seq        uint64      `json:"seq"`
	Confirmed  uint64      `json:"confirmed"`
	Grade      string      `json:"grade"` // of its clock
	Now        time.Time   `json:"now"`
	Up         bool        `json:"up"` // the line
	Conditions []Condition `json:"conditions"`
	Packs      []Pack      `json:"packs"`
}

// Condition is one that holds.
type Condition struct {
	Code     string `json:"code"`
	Dev      string `json:"dev,omitempty"`
	Severity string `json:"severity"` // "notice", "warning", "critical"
	Text     string `json:"text"`     // in English
	Remedy   string `json:"remedy"`   // in English
}

// Standing is where a ledger stands.
type Standing struct {
	Head, Confirmed uint64
	Witnessed       uint64    // the newest record that the files beside it speak of; 0 when they say nothing
	Last            time.Time // of the newest record
	Bytes           int64
	Whole           bool // every record was verified in the time there was
}

// read is a file of the machine; empty when it is not there.
func (p Patient) read(path string) string {
	b, err := os.ReadFile(filepath.Join(p.Root, path))
	if err != nil {
		return ""
	}
	return string(b)
}

// line is a file of one line.
func (p Patient) line(path string) string { return strings.TrimSpace(p.read(path)) }
