package staff

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

// cookieName is the cookie of a console at a place: one browser can have a desk and the floor. The prefix makes browsers take
// it over TLS alone and for this host alone, and wants the path of everything.
func cookieName(place staff.Place) string {
	return "__Host-console-" + strings.ReplaceAll(string(place), "/", "-")
}

// placeOf is the place that a page belongs to; false for pages of everybody.
func placeOf(path string) (staff.Place, bool) {
	parts := strings.Split(path, "/")
	switch {
	case len(parts) >= 3 && parts[1] == "desk" && id.Desk(parts[2]).Check() == nil:
		return staff.AtDesk(id.Desk(parts[2])), true
	case len(parts) >= 2 && parts[1] == "floor":
		return staff.TheFloor, true
	case len(parts) >= 2 && parts[1] == "door":
		return staff.TheDoor, true
	}
	return "", false
}

// consoleOf is the console that a request comes from; empty when it is none.
func consoleOf(r *http.Request) staff.Console {
	place, _ := placeOf(r.URL.Path)
	c, err := r.Cookie(cookieName(place))
	if err != nil || len(c.Value) != base64.RawURLEncoding.EncodedLen(wordBytes) {
		return ""
	}
	return hashOf(c.Value)
}

func hashOf(word string) staff.Console {
	sum := sha256.Sum256([]byte(word))
	return staff.Console(hex.EncodeToString(sum[:16]))
}

// newWord draws the word of a console that signs in. Each sign-in has its own, so that none can be planted before.
func newWord() string {
	var b [wordBytes]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func cookie(place staff.Place, word string, seconds int) *http.Cookie {
	return &http.Cookie{
		Name: cookieName(place), Value: word, Path: "/", MaxAge: seconds,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: true,
	}
}

// routed is the place of a route: of a desk that is not set up it is none.
func (s *Staff) routed(r *http.Request) (staff.Place, error) {
	place, ok := placeOf(r.URL.Path)
	d, atDesk := place.Desk()
	if !ok || atDesk && !s.hasDesk(d) {
		return "", desk.Refuse(desk.NoSuchDesk)
	}
	return place, nil
}
