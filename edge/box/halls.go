package box

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"markaz.example/edge/id"
	"markaz.example/edge/voice"
	"markaz.example/edge/web/hall"
)

// Voice is how people are called aloud. See docs/voice.md.
type Voice struct {
	Clips     string   `toml:"clips"`     // directory of clips made with the product
	Recorded  string   `toml:"recorded"`  // directory of recorded clips, which win; empty means clips/recorded
	Languages []string `toml:"languages"` // in order, two are said; empty means Urdu and English
	Digits    []string `toml:"digits"`    // languages that say a token digit by digit; left out, English does
	Volume    []string `toml:"volume"`    // "08:00 70": from eight o'clock on, 70 percent; empty means 80 always
	Quiet     []string `toml:"quiet"`     // "21:00-07:00", "fri 12:45-14:15": nothing is said
	Late      int      `toml:"late"`      // seconds after which a call is not said any more; 0 means 60
}

// Loudspeaker is one that hangs on the box.
type Loudspeaker struct {
	Device string   `toml:"device"` // of ALSA, as `aplay -L` lists it: "default"
	Rooms  []string `toml:"rooms"`  // whose calls it says; all when empty
}

// Hall is what all screens of the hall have in common.
type Hall struct {
	Digits string `toml:"digits"` // "latin" or "urdu", on Urdu screens; empty means latin, as on the paper
}

// Screen is one screen of a hall, at /hall/NAME.
type Screen struct {
	Name   string               `toml:"name"`
	Rooms  []string             `toml:"rooms"`  // whose calls it shows; all when empty
	Speaks bool                 `toml:"speaks"` // says them by its own loudspeaker
	Ways   map[string]hall.Way  `toml:"ways"`   // by room, as seen by whoever looks at the screen: "left", "up-right"
	Desks  map[id.Desk]hall.Way `toml:"desks"`  // by desk, where it differs from its room's
}

// Room is how a room is shown on screens.
type Room struct {
	Code   string `toml:"code"` // as at services and desks
	NameEn string `toml:"name_en"`
	NameUr string `toml:"name_ur"`
	Hue    string `toml:"hue"` // of its door: green, blue, plum, orange, teal, violet, gold or red
}

// Notice is a text between calls.
type Notice struct {
	En string `toml:"en"`
	Ur string `toml:"ur"`
}

var nameShape = regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*$`)

// checkHalls reports screens, rooms and notices that cannot be shown, and rooms that would be called in twice at once.
func (c Config) checkHalls() error {
	_, _, fault := c.Voice.speech()
	faults := []error{fault, c.checkSpeakers()}
	if c.Hall.Digits != "" && c.Hall.Digits != string(hall.Latin) && c.Hall.Digits != string(hall.Urdu) {
		faults = append(faults, fmt.Errorf(`hall.digits %q: want "latin" or "urdu"`, c.Hall.Digits))
	}
	for i, s := range c.Screens {
		faults = append(faults, s.check())
		if slices.ContainsFunc(c.Screens[:i], func(o Screen) bool { return o.Name == s.Name }) {
			faults = append(faults, fmt.Errorf("screen %q is there twice: give each a name of its own", s.Name))
		}
	}
	for _, r := range c.Rooms {
		if r.Hue != "" && !slices.Contains(hall.Hues(), r.Hue) {
			faults = append(faults, fmt.Errorf("room %q: hue %q: want one of %v", r.Code, r.Hue, hall.Hues()))
		}
		if (r.NameEn == "") != (r.NameUr == "") {
			faults = append(faults, fmt.Errorf("room %q has a name in one language: give both, or none", r.Code))
		}
	}
	for _, n := range c.Notices {
		faults = append(faults, filled("notice.en", n.En, "the notice in English"), filled("notice.ur", n.Ur, "the notice in Urdu"))
	}
	return errors.Join(faults...)
}

func (s Screen) check() error {
	var faults []error
	if !nameShape.MatchString(s.Name) || s.Name == "live" {
		faults = append(faults, fmt.Errorf(`screen %q: want a name of a-z, 0-9 and hyphens, for example "door"; the screen is at /hall/door`, s.Name))
	}
	for room, way := range s.Ways {
		if err := way.Check(); err != nil {
			faults = append(faults, fmt.Errorf("screen %q: room %s: %w", s.Name, room, err))
		}
	}
	for d, way := range s.Desks {
		if err := way.Check(); err != nil {
			faults = append(faults, fmt.Errorf("screen %q: desk %s: %w", s.Name, d, err))
		}
	}
	return errors.Join(faults...)
}

// outlet is what speaks, and in which rooms; in all when none is given.
type outlet struct {
	what  string
	rooms []string
}

// checkSpeakers holds that each room has one voice: two that say the same out of step are understood by nobody.
func (c Config) checkSpeakers() error {
	var all []outlet
	var faults []error
	for _, s := range c.Screens {
		if s.Speaks {
			all = append(all, outlet{"screen " + s.Name, s.Rooms})
		}
	}
	for _, l := range c.Loudspeakers {
		faults = append(faults, filled("loudspeaker.device", l.Device, `of ALSA, as aplay -L lists it, for example "default"`))
		all = append(all, outlet{"loudspeaker " + l.Device, l.Rooms})
	}
	for i, a := range all {
		for _, b := range all[:i] {
			if a.meets(b) {
				faults = append(faults, fmt.Errorf("%s and %s would both speak in one room: give each rooms of its own, or let one be silent", b.what, a.what))
			}
		}
	}
	return errors.Join(faults...)
}

func (o outlet) meets(other outlet) bool {
	return len(o.rooms) == 0 || len(other.rooms) == 0 ||
		slices.ContainsFunc(o.rooms, func(r string) bool { return slices.Contains(other.rooms, r) })
}

var langShape = regexp.MustCompile(`^[a-z]{2,3}$`)

// speech is how the centre calls, and when how loud.
func (v Voice) speech() (voice.Speech, voice.Hours, error) {
	speech, faults := voice.DefaultSpeech(), []error(nil)
	if len(v.Languages) > 0 {
		speech.Langs = v.Languages
	}
	if v.Digits != nil {
		speech.Digits = v.Digits
	}
	for _, l := range slices.Concat(speech.Langs, speech.Digits) {
		if !langShape.MatchString(l) {
			faults = append(faults, fmt.Errorf(`voice: language %q: want a code of two or three letters, for example "ur" or "sd"`, l))
		}
	}
	if v.Late < 0 {
		faults = append(faults, fmt.Errorf("voice.late %d: want seconds, or 0 for a minute", v.Late))
	}
	var hours voice.Hours
	for _, s := range v.Volume {
		volume, err := voice.ParseVolume(s)
		hours.Volumes, faults = append(hours.Volumes, volume), append(faults, err)
	}
	for _, s := range v.Quiet {
		span, err := voice.ParseSpan(s)
		hours.Quiet, faults = append(hours.Quiet, span), append(faults, err)
	}
	return speech, hours, errors.Join(faults...)
}
