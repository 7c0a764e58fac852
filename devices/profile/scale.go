package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ClassScale is a weighing scale's file.
const ClassScale = "scale"

// Words a scale profile may use.
const (
	ScaleSICS     = "mt-sics"   // Mettler-Toledo, KERN and many indicators
	ScaleAnD      = "and"       // A&D standard format
	ScaleCAS22    = "cas-22"    // CAS, 22 bytes a line
	ScaleCAS18    = "cas-18"    // CAS, 18 bytes a line, there called AND
	ScaleCASEnq   = "cas-enq"   // CAS, asked by ENQ and DC1
	ScaleTanita   = "tanita"    // pairs of key and value
	ScaleRiceLake = "rice-lake" // 350-10 printer format
	ScaleSeca     = "seca"      // RS232 interface 460

	TalkRequest = "request" // answers when asked
	TalkStream  = "stream"  // says its weight all the time
	TalkOnce    = "once"    // says it once a weighing, by itself or on a key

	UseInfant = "infant" // lies or sits in it
	UseAdult  = "adult"  // stands on it, with a child in the arms or without
)

// scaleTalks is how each protocol can talk.
var scaleTalks = map[string][]string{
	ScaleSICS: {TalkRequest}, ScaleAnD: {TalkStream, TalkRequest}, ScaleCAS22: {TalkStream}, ScaleCAS18: {TalkStream},
	ScaleCASEnq: {TalkRequest}, ScaleTanita: {TalkOnce}, ScaleRiceLake: {TalkOnce}, ScaleSeca: {TalkStream},
}

// Scale is one model of weighing scale.
type Scale struct {
	Model     string         `toml:"model"`      // as on the label, for people
	Class     string         `toml:"class"`      // "scale"
	Protocol  string         `toml:"protocol"`   // one of the words above
	Talk      string         `toml:"talk"`       // TalkRequest, TalkStream or TalkOnce
	Use       string         `toml:"use"`        // UseInfant or UseAdult
	DivisionG int            `toml:"division_g"` // smallest step of the display, in grams
	MinG      int            `toml:"min_g"`      // lightest load that is weighed on it, in grams
	MaxG      int            `toml:"max_g"`      // capacity, in grams
	Verify    string         `toml:"verify"`     // what to try on a device before it is relied on; empty when it was
	Display   map[string]int `toml:"display"`    // seca only: decimals of a kilogram by display type, a hex digit
	Line      Line           `toml:"line"`       //
	Firmware  ScaleFirmware  `toml:"firmware"`   // what apply writes into the scale; empty values are left alone
}

// ScaleFirmware is what a scale keeps and can be told over its line.
type ScaleFirmware struct {
	Unit        string `toml:"unit"`        // "kg" or "g": of the weight on the line. MT-SICS M21
	Environment string `toml:"environment"` // "very-stable", "stable", "standard", "unstable": how hard it filters. MT-SICS M02
	AutoZero    string `toml:"auto_zero"`   // "on" or "off": whether it follows a slow drift near zero. MT-SICS M03
}

// LoadScale reads one profile. The error names the file and, where there is one, the line.
func LoadScale(path string) (Scale, error) {
	return LoadScaleFS(os.DirFS(filepath.Dir(path)), filepath.Base(path))
}

// LoadScaleFS is LoadScale for profiles that were built into a program.
func LoadScaleFS(fsys fs.FS, name string) (Scale, error) { return load[Scale](fsys, name) }

// Check reports every value that no driver could work with.
func (s Scale) Check() error {
	divisionMax := infantDivisionMax
	if s.Use == UseAdult {
		divisionMax = adultDivisionMax
	}
	return errors.Join(
		filled("model", s.Model),
		oneOf("class", s.Class, []string{ClassScale}, nil),
		oneOf("protocol", s.Protocol, slices.Sorted(maps.Keys(scaleTalks)), []string{"kcp", "bluetooth-181d", "hid"}),
		s.checkTalk(),
		oneOf("use", s.Use, []string{UseInfant, UseAdult}, nil),
		within("division_g", s.DivisionG, 1, divisionMax),
		within("min_g", s.MinG, emptyPanDivisions*s.DivisionG+1, scaleGramsMax),
		within("max_g", s.MaxG, s.MinG+1, scaleGramsMax),
		s.checkDisplay(),
		within("line.baud", s.Line.Baud, scaleBaudMin, scaleBaudMax),
		s.Line.check(),
		s.checkFirmware(),
	)
}

func (s Scale) checkTalk() error {
	talks, known := scaleTalks[s.Protocol]
	if !known {
		return nil // protocol is complained of already
	}
	return oneOf("talk", s.Talk, talks, nil)
}

func (s Scale) checkDisplay() error {
	if len(s.Display) > 0 && s.Protocol != ScaleSeca {
		return fmt.Errorf("display is of no use to protocol %q; take the table out", s.Protocol)
	}
	for kind, decimals := range s.Display {
		if len(kind) != 1 || !strings.Contains("0123456789abcdef", kind) {
			return fmt.Errorf("display.%s: a display type is one digit, 0 to 9 or a to f", kind)
		}
		if err := within("display."+kind, decimals, 0, displayDecimalsMax); err != nil {
			return err
		}
	}
	return nil
}

func (s Scale) checkFirmware() error {
	if s.Firmware == (ScaleFirmware{}) {
		return nil
	}
	if s.Protocol != ScaleSICS {
		return fmt.Errorf("a scale of protocol %q keeps no settings that can be sent to it; set them at its keys and take the firmware table out", s.Protocol)
	}
	return errors.Join(
		oneOf("firmware.unit", s.Firmware.Unit, []string{"", "kg", "g"}, nil),
		oneOf("firmware.environment", s.Firmware.Environment, []string{"", "very-stable", "stable", "standard", "unstable"}, nil),
		oneOf("firmware.auto_zero", s.Firmware.AutoZero, []string{"", "on", "off"}, nil),
	)
}
