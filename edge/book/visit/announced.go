package visit

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// Announced records what somebody says to the hall, as typed. It names nobody.
type Announced struct {
	Text    string `cbor:"1,keyasint"` // one line of 1 to 200 bytes
	Room    string `cbor:"2,keyasint"` // empty for all
	Seconds uint32 `cbor:"3,keyasint"` // how long it is shown; a day at most
}

// Kind is visit.announced/1.
func (Announced) Kind() chain.Kind { return "visit.announced/1" }

// Check reports a text that is empty, too long or no line of text, a room that is too long, or a time that is none.
func (e Announced) Check() error {
	if e.Text == "" || len(e.Text) > announcedBytesMax || !utf8.ValidString(e.Text) {
		return fmt.Errorf("an announcement of %d bytes: want 1 to %d of text", len(e.Text), announcedBytesMax)
	}
	for _, r := range e.Text {
		if unicode.IsControl(r) {
			return fmt.Errorf("an announcement with the control character %U: want one line", r)
		}
	}
	if len(e.Room) > roomBytesMax || !utf8.ValidString(e.Room) {
		return fmt.Errorf("a room of %d bytes: want at most %d", len(e.Room), roomBytesMax)
	}
	if e.Seconds == 0 || e.Seconds > announcedSecondsMax {
		return fmt.Errorf("an announcement of %d s: want 1 to %d", e.Seconds, announcedSecondsMax)
	}
	return nil
}

func (e Announced) project(v ledger.View, h chain.Header) error {
	at, err := moment(v, h)
	if err != nil {
		return err
	}
	kept := keys(v.Reader, []byte(announcePrefix))
	for ; len(kept) >= announcedMax; kept = kept[1:] {
		if err := v.Delete(kept[0]); err != nil {
			return err
		}
	}
	return put(v, seqKey(announcePrefix, h.Seq), Announcement{Text: e.Text, Room: e.Room, At: at, Seconds: e.Seconds, Actor: h.Actor})
}

// Announcement is what is said to the hall.
type Announcement struct {
	Seq     uint64 `cbor:"-"` // record that made it
	Text    string `cbor:"1,keyasint"`
	Room    string `cbor:"2,keyasint"` // empty for all
	At      Moment `cbor:"3,keyasint"`
	Seconds uint32 `cbor:"4,keyasint"`
	Actor   string `cbor:"5,keyasint"`
}

// Announcements is what is said to the hall today, oldest first. Whether its time is over is for the reader to see.
func Announcements(src ledger.Source) []Announcement {
	var all []Announcement
	r := src.Reader(Name)
	for _, key := range keys(r, []byte(announcePrefix)) {
		a := Announcement{Seq: tail(key)}
		get(r, key, &a)
		all = append(all, a)
	}
	return all
}

// Announce says something to the hall. It reports what Check finds.
func Announce(tx *ledger.Tx, e Announced) error { return tx.Append("", e) }

// Silenced records that an announcement was taken back before its time.
type Silenced struct {
	Announced uint64 `cbor:"1,keyasint"` // record that made it
}

// Kind is visit.silenced/1.
func (Silenced) Kind() chain.Kind { return "visit.silenced/1" }

// Check accepts every value: one that names nothing silences nothing.
func (Silenced) Check() error { return nil }

func (e Silenced) project(v ledger.View, h chain.Header) error {
	if _, err := moment(v, h); err != nil {
		return err
	}
	return v.Delete(seqKey(announcePrefix, e.Announced))
}

// Silence takes an announcement back; it records nothing when it is gone already.
func Silence(tx *ledger.Tx, seq uint64) error {
	if tx.Reader(Name).Get(seqKey(announcePrefix, seq)) == nil {
		return nil
	}
	return tx.Append("", Silenced{seq})
}
