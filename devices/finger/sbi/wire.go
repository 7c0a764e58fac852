package sbi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"markaz.example/devices/finger"
	"markaz.example/devices/port"
)

// Services write numbers as numbers or as text, and lists of one without the brackets. These types take both.

type text string

func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if len(b) > 0 && b[0] != '"' {
		if string(b) == "null" {
			return nil
		}
		*t = text(b)
		return nil
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	*t = text(s)
	return nil
}

type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `" `)
	if s == "null" || s == "" {
		*n = 0
		return nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > math.MaxInt32 {
		return errors.New("not a number")
	}
	*n = number(f)
	return nil
}

type texts []text

func (l *texts) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] != '[' {
		var one text
		if err := one.UnmarshalJSON(b); err != nil {
			return err
		}
		*l = texts{one}
		return nil
	}
	return json.Unmarshal(b, (*[]text)(l))
}

// failure is the error part of every answer; code 0 or none at all means success.
type failure struct {
	Code number `json:"errorCode"`
	Info text   `json:"errorInfo"`
}

// found is one device of a discovery answer. Nothing of it is signed, so it only says where to ask on.
type found struct {
	DeviceID  text    `json:"deviceId"`
	DigitalID text    `json:"digitalId"`
	Purpose   text    `json:"purpose"`
	Error     failure `json:"error"`
}

// infoEntry is one device of an info answer; DeviceInfo is a token, or bare base64 from a device without a key.
type infoEntry struct {
	DeviceInfo string  `json:"deviceInfo"`
	Error      failure `json:"error"`
}

// info is what a device says of itself, under its signature.
type info struct {
	Status      text   `json:"deviceStatus"`
	DeviceID    text   `json:"deviceId"`
	Firmware    text   `json:"firmware"`
	Level       text   `json:"certification"`
	SubIDs      texts  `json:"deviceSubId"`
	DigitalID   string `json:"digitalId"`
	Env         text   `json:"env"`
	Purpose     text   `json:"purpose"`
	SpecVersion texts  `json:"specVersion"`
}

// identity is the digital id: which device this is.
type identity struct {
	Serial   text `json:"serialNo"`
	Make     text `json:"make"`
	Model    text `json:"model"`
	Type     text `json:"type"`
	SubType  text `json:"deviceSubType"`
	Provider text `json:"deviceProvider"`
}

// captured is one finger of a capture answer.
type captured struct {
	SpecVersion text    `json:"specVersion"`
	Data        string  `json:"data"` // a token
	Hash        string  `json:"hash"`
	Error       failure `json:"error"`
}

// claims are what a capture's token says.
type claims struct {
	DigitalID   string `json:"digitalId"`
	BioType     text   `json:"bioType"`
	BioSubType  text   `json:"bioSubType"`
	Purpose     text   `json:"purpose"`
	Env         text   `json:"env"`
	BioValue    value  `json:"bioValue"`
	Transaction text   `json:"transactionId"`
	Timestamp   text   `json:"timestamp"`
	Requested   number `json:"requestedScore"`
	Quality     number `json:"qualityScore"`
}

// value is biometric bytes, decoded. wipe overwrites them.
type value []byte

func (v *value) UnmarshalJSON(b []byte) error {
	b = bytes.TrimRight(bytes.Trim(b, `"`), "=")
	raw := make([]byte, base64.RawURLEncoding.DecodedLen(len(b)))
	n, err := base64.RawURLEncoding.Decode(raw, b)
	if err != nil {
		clear(raw)
		return errors.New("biometric value is not base64url") // the library's error tells of the place only, ours of nothing
	}
	*v = raw[:n]
	return nil
}

func (v value) wipe() { clear(v) }

// discovery asks for readers of fingers.
type discovery struct {
	Type string `json:"type"`
}

// request is RCAPTURE. Numbers are text, as the interface's schema has them.
type request struct {
	Env         string       `json:"env"`
	Purpose     string       `json:"purpose"`
	SpecVersion string       `json:"specVersion"`
	Timeout     string       `json:"timeout"` // milliseconds
	CaptureTime string       `json:"captureTime"`
	Transaction string       `json:"transactionId"`
	Bio         []bioRequest `json:"bio"`
}

type bioRequest struct {
	Type      string   `json:"type"`
	Count     string   `json:"count"`
	SubTypes  []string `json:"bioSubType"`
	Exception []string `json:"exception"`
	Requested string   `json:"requestedScore"`
	DeviceID  string   `json:"deviceId"`
	SubID     string   `json:"deviceSubId"`
	Previous  string   `json:"previousHash"`
}

// typeFinger is the kind of device and of capture that this package asks for; unknownFinger is "whichever".
const (
	typeFinger    = "Finger"
	unknownFinger = "UNKNOWN"
)

// subType is how the interface calls a finger.
func subType(p finger.Position) string {
	names := [...]string{
		unknownFinger, "Right Thumb", "Right IndexFinger", "Right MiddleFinger", "Right RingFinger", "Right LittleFinger",
		"Left Thumb", "Left IndexFinger", "Left MiddleFinger", "Left RingFinger", "Left LittleFinger",
	}
	if int(p) >= len(names) {
		return unknownFinger
	}
	return names[p]
}

// subID is the part of a slap reader that takes a finger: 1 left hand, 2 right hand, 3 thumbs. Other readers have no
// parts, which is 0.
func subID(who identity, p finger.Position) string {
	switch {
	case !strings.EqualFold(string(who.SubType), "Slap") || p == finger.Unknown:
		return "0"
	case p == finger.RightThumb || p == finger.LeftThumb:
		return "3"
	case p < finger.LeftThumb:
		return "2"
	}
	return "1"
}

// decode reads an answer strictly as JSON and loosely as to its keys, since services add their own. A cut answer is
// port.ErrHalf and any other fault port.ErrBabble; neither carries what was read.
func decode[T any](b []byte) (v T, err error) {
	err = json.Unmarshal(b, &v)
	if err == nil {
		return v, nil
	}
	var none T
	var syntax *json.SyntaxError
	if len(b) == 0 || errors.As(err, &syntax) && int(syntax.Offset) >= len(b) && strings.Contains(err.Error(), "unexpected end") {
		return none, fmt.Errorf("answer ends early: %w", port.ErrHalf)
	}
	return none, fmt.Errorf("answer is not what a device service says: %w", port.ErrBabble)
}

// decodeList takes a list, or the single object that some services send instead.
func decodeList[T any](b []byte) ([]T, error) {
	if b = bytes.TrimSpace(b); len(b) > 0 && b[0] == '{' {
		one, err := decode[T](b)
		return []T{one}, err
	}
	l, err := decode[[]T](b)
	if len(l) > devicesMax {
		return nil, fmt.Errorf("answer lists %d devices: %w", len(l), port.ErrBabble)
	}
	return l, err
}

// decodeCapture takes the answer to RCAPTURE, which holds one finger.
func decodeCapture(b []byte) (captured, error) {
	answer, err := decode[struct {
		Biometrics []captured `json:"biometrics"`
		Error      failure    `json:"error"` // where some services put an error that concerns no finger
	}](b)
	if err != nil {
		return captured{}, err
	}
	if err := deviceError(answer.Error); err != nil {
		return captured{}, err
	}
	if len(answer.Biometrics) > 0 {
		if err := deviceError(answer.Biometrics[0].Error); err != nil {
			return captured{}, err
		}
	}
	if n := len(answer.Biometrics); n != 1 {
		return captured{}, fmt.Errorf("%d fingers where one was asked for: %w", n, port.ErrBabble)
	}
	return answer.Biometrics[0], nil
}

// parseTime reads an ISO time with its zone.
func parseTime(s text) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, string(s))
	if err != nil {
		return time.Time{}, errors.New("time of the capture is not in ISO form")
	}
	return t, nil
}

func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
