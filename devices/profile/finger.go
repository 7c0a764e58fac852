package profile

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// ClassFinger is a fingerprint reader.
const ClassFinger = "finger"

// What readers speak.
const (
	ProtocolZFM = "zfm"       // serial modules of the ZFM-20, R30x, AS608 and R503 families
	ProtocolURU = "uru4000"   // DigitalPersona U.are.U 4000, 4000B and 4500 on USB
	ProtocolSBI = "mosip-sbi" // certified readers behind a device service of MOSIP's secure biometric interface
)

// Finger is one model of fingerprint reader.
type Finger struct {
	Model      string         `toml:"model"`       // as on the label, for people
	Class      string         `toml:"class"`       // ClassFinger
	Protocol   string         `toml:"protocol"`    // ProtocolZFM, ProtocolURU or ProtocolSBI
	QualityMin int            `toml:"quality_min"` // 0 to 100; a capture below is refused
	USB        []string       `toml:"usb"`         // vendor:product of the reader or of its cable, four hex digits each
	Picture    FingerPicture  `toml:"picture"`     //
	Line       Line           `toml:"line"`        // serial readers only
	Firmware   FingerFirmware `toml:"firmware"`    // what apply writes into the reader; serial readers only
	Service    FingerService  `toml:"service"`     // certified readers only
}

// FingerPicture is the sensor.
type FingerPicture struct {
	Width  int `toml:"width"`  // pixels
	Height int `toml:"height"` // pixels
	DPI    int `toml:"dpi"`    // dots an inch, both ways
}

// FingerFirmware is what a reader keeps in its own memory. Zero leaves a parameter as it is.
type FingerFirmware struct {
	Security    int `toml:"security"`     // 1 lets more strangers in, 5 turns more owners away
	PacketBytes int `toml:"packet_bytes"` // 32, 64, 128 or 256 bytes of data a packet
	Baud        int `toml:"baud"`         // bits a second
}

// FingerService is the maker's device service of a certified reader.
type FingerService struct {
	FirstPort int    `toml:"first_port"` // where to look on 127.0.0.1; 0 means 4501
	LastPort  int    `toml:"last_port"`  // 0 means 4600
	Trust     string `toml:"trust"`      // file of trust roots in PEM, beside the profile unless the path is absolute
	Env       string `toml:"env"`        // as the reader was registered: Staging, Developer, Pre-Production, Production
	Purpose   string `toml:"purpose"`    // as it was certified: Registration or Auth
}

// ZFMBauds are the speeds of a module on a serial line, the factory's first: the multiples of 9600, up to twelve, that the terminal layer knows too.
func ZFMBauds() []int { return []int{57600, 115200, 9600, 19200, 38400} }

// LoadFinger reads one profile. The error names the file and, where there is one, the line.
func LoadFinger(path string) (Finger, error) {
	return LoadFingerFS(os.DirFS(filepath.Dir(path)), filepath.Base(path))
}

// LoadFingerFS is LoadFinger for profiles that were built into a program.
func LoadFingerFS(fsys fs.FS, name string) (Finger, error) { return load[Finger](fsys, name) }

// Check reports every value that no driver could work with.
func (f Finger) Check() error {
	return errors.Join(
		filled("model", f.Model),
		oneOf("class", f.Class, []string{ClassFinger}, nil),
		within("quality_min", f.QualityMin, 0, 100),
		usbIDs(f.USB),
		f.Line.check(),
		f.checkProtocol(),
	)
}

// checkProtocol has one case for each driver.
func (f Finger) checkProtocol() error {
	switch f.Protocol {
	case ProtocolZFM:
		return f.checkZFM()
	case ProtocolURU:
		return f.checkURU()
	case ProtocolSBI:
		return f.checkSBI()
	}
	return oneOf("protocol", f.Protocol, []string{ProtocolZFM, ProtocolURU, ProtocolSBI}, nil)
}

// checkURU: the sensor is one and the same in all of these readers, and they are found by their USB ids alone.
func (f Finger) checkURU() error {
	var nameless error
	if len(f.USB) == 0 {
		nameless = errors.New("usb is missing: this reader is found by it, such as \"05ba:000a\"")
	}
	return errors.Join(
		nameless,
		within("quality_min", f.QualityMin, 1, 100),
		oneNumber("picture.width", f.Picture.Width, []int{uruWidth}),
		oneNumber("picture.height", f.Picture.Height, []int{uruHeight}),
		oneNumber("picture.dpi", f.Picture.DPI, []int{uruDPI}),
		f.without("line", f.Line != Line{}),
		f.without("firmware", f.Firmware != FingerFirmware{}),
		f.without("service", f.Service != FingerService{}),
	)
}

// checkSBI: sensor and cable are the device service's affair.
func (f Finger) checkSBI() error {
	first, last := cmp.Or(f.Service.FirstPort, sbiPortFirst), cmp.Or(f.Service.LastPort, sbiPortLast)
	return errors.Join(
		within("quality_min", f.QualityMin, 1, 100),
		within("service.first_port", first, sbiPortFirst, sbiPortLast),
		within("service.last_port", last, first, sbiPortLast),
		filled("service.trust", f.Service.Trust),
		oneOf("service.env", f.Service.Env, []string{"Staging", "Developer", "Pre-Production", "Production"}, nil),
		oneOf("service.purpose", f.Service.Purpose, []string{"Registration", "Auth"}, nil),
		f.without("picture", f.Picture != FingerPicture{}),
		f.without("line", f.Line != Line{}),
		f.without("firmware", f.Firmware != FingerFirmware{}),
	)
}

// without refuses a table that this kind of reader has no use for: who wrote it expects something of it.
func (f Finger) without(table string, written bool) error {
	if written {
		return fmt.Errorf("%s means nothing to a reader of protocol %q; take it out", table, f.Protocol)
	}
	return nil
}

func (f Finger) checkZFM() error {
	return errors.Join(
		f.without("service", f.Service != FingerService{}),
		within("picture.width", f.Picture.Width, fingerSideMin, fingerSideMax),
		within("picture.height", f.Picture.Height, fingerSideMin, fingerSideMax),
		wholePairs(f.Picture.Width),
		within("picture.dpi", f.Picture.DPI, fingerDPIMin, fingerDPIMax),
		oneNumber("line.baud", f.Line.Baud, ZFMBauds()),
		within("firmware.security", f.Firmware.Security, 0, zfmSecurityMax),
		oneNumber("firmware.packet_bytes", f.Firmware.PacketBytes, []int{0, 32, 64, 128, 256}),
		oneNumber("firmware.baud", f.Firmware.Baud, append([]int{0}, ZFMBauds()...)),
	)
}

// usbIDs checks vendor:product pairs.
func usbIDs(ids []string) error {
	id := regexp.MustCompile(`^[0-9a-f]{4}:[0-9a-f]{4}$`)
	for _, s := range ids {
		if !id.MatchString(s) {
			return fmt.Errorf("usb = %q is no vendor:product pair such as \"1a86:7523\"", s)
		}
	}
	return nil
}

// wholePairs: two pixels share a byte on a serial line.
func wholePairs(width int) error {
	if width%2 != 0 {
		return fmt.Errorf("picture.width = %d is odd", width)
	}
	return nil
}

func oneNumber(key string, n int, allowed []int) error {
	if !slices.Contains(allowed, n) {
		return fmt.Errorf("%s = %d is none of %d", key, n, allowed)
	}
	return nil
}
