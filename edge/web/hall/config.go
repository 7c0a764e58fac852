package hall

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/voice"
	"markaz.example/edge/web/page"
)

// Config is how a centre's halls look and sound. The zero value is one screen of everything, without sound.
type Config struct {
	Catalogue desk.Catalogue
	Screens   []Screen
	Rooms     []Room      // whose colour or name is not the usual one
	Notices   []page.Name // shown in turn, between what people are to bring
	Digits    Digits
	Voice     Voice
}

// Screen is one screen of a hall, at /hall/NAME.
type Screen struct {
	Name   string
	Rooms  []string        // whose calls it shows; all when empty
	Ways   map[string]Way  // by room: where it lies from here
	Desks  map[id.Desk]Way // by desk, where it differs from its room's
	Speaks bool            // calls are said by this screen's own loudspeaker
}

// Way is where something lies for whoever looks at a screen. It is a direction in the room: it does not turn round with
// the direction of writing.
// Shape: "left", "right", "up", "down", "up-left", "up-right", "down-left", "down-right".
type Way string

// Ways are all of them.
func Ways() []Way {
	return []Way{"left", "right", "up", "down", "up-left", "up-right", "down-left", "down-right"}
}

// ErrWay is reported for a direction that is none.
var ErrWay = errors.New("want left, right, up, down, up-left, up-right, down-left or down-right")

// Check reports ErrWay.
func (w Way) Check() error {
	if !slices.Contains(Ways(), w) {
		return fmt.Errorf("way %q: %w", w, ErrWay)
	}
	return nil
}

// Room is how a room is shown.
type Room struct {
	Code string
	Name page.Name // as on its door; empty: its code with the word for a room
	Hue  string    // of its door; see Hues
}

// Hues are the colours of rooms, in the order in which rooms get them that are not given one.
func Hues() []string {
	return []string{"green", "blue", "plum", "orange", "teal", "violet", "gold", "red"}
}

// Digits are the figures of the Urdu pages.
type Digits string

// The figures that people may be used to. The paper has Latin ones.
const (
	Latin Digits = "latin"
	Urdu  Digits = "urdu"
)

// Voice is what the screens' own loudspeakers say.
type Voice struct {
	Store  voice.Store
	Speech voice.Speech // with languages whose clips are whole; without any, nothing is said
	Hours  voice.Hours
	Late   time.Duration
	Now    func() (t time.Time, known bool) // where the centre is; nil means not known
}

// screen finds a screen by its name: one that is configured, or a room of the catalogue. The empty name is all rooms.
func (c Config) screen(name string) (Screen, bool) {
	if i := slices.IndexFunc(c.Screens, func(s Screen) bool { return s.Name == name }); i >= 0 {
		return c.Screens[i], true
	}
	if name == "" {
		return Screen{}, true
	}
	known := slices.ContainsFunc(c.Catalogue.Desks, func(d desk.Desk) bool { return d.Room == name })
	return Screen{Name: name, Rooms: []string{name}}, known
}

// rooms are the rooms of a catalogue's desks, in its order.
func rooms(c desk.Catalogue) (out []string) {
	for _, d := range c.Desks {
		if d.Room != "" && !slices.Contains(out, d.Room) {
			out = append(out, d.Room)
		}
	}
	return out
}

// room is how a room is shown.
func (c Config) room(code string) Room {
	out := Room{Code: code}
	if i := slices.IndexFunc(c.Rooms, func(r Room) bool { return r.Code == code }); i >= 0 {
		out = c.Rooms[i]
	}
	if out.Hue == "" {
		out.Hue = c.hue(code)
	}
	return out
}

// hue is the colour of a room that was given none: rooms take those that are left, one after the other.
func (c Config) hue(code string) string {
	free := slices.DeleteFunc(Hues(), func(h string) bool {
		return slices.ContainsFunc(c.Rooms, func(r Room) bool { return r.Hue == h })
	})
	if len(free) == 0 {
		free = Hues()
	}
	without := slices.DeleteFunc(rooms(c.Catalogue), func(room string) bool {
		return slices.ContainsFunc(c.Rooms, func(r Room) bool { return r.Code == room && r.Hue != "" })
	})
	return free[max(0, slices.Index(without, code))%len(free)]
}

func (s Screen) shows(room string) bool { return len(s.Rooms) == 0 || slices.Contains(s.Rooms, room) }

// way is where a desk lies from a screen; empty when nobody said.
func (s Screen) way(d id.Desk, room string) Way {
	if w, ok := s.Desks[d]; ok {
		return w
	}
	return s.Ways[room]
}

// serves says whether a service's people are called to one of the screen's rooms.
func (c Config) serves(s Screen, code id.Service) bool {
	return slices.ContainsFunc(c.Catalogue.Desks, func(d desk.Desk) bool { return s.shows(d.Room) && slices.Contains(d.Serves, code) })
}
