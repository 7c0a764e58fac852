package roster

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pelletier/go-toml/v2"

	"markaz.example/edge/id"
)

// ErrRoster is reported when roster.toml is not what it must be.
var ErrRoster = errors.New("the list of centres has a mistake")

// Centre is one centre of the list.
type Centre struct {
	Code     id.Centre `toml:"code"`
	Name     string    `toml:"name"`    // in English: "Islamabad G-9"
	NameUR   string    `toml:"name_ur"` // in Urdu
	District string    `toml:"district"`
}

// Roster is the centres that may speak. Any goroutine may call it.
type Roster struct {
	path string // of a file that is watched; empty when there is none
	list atomic.Pointer[list]

	mu    sync.Mutex
	fault error // guarded by mu: what is wrong with the file since the list was read
}

// list does not change.
type list struct {
	centres []Centre // by code
	known   map[id.Centre]int
	read    stamp // of the file when it was read
}

// stamp tells two versions of a file apart.
type stamp struct {
	size  int64
	moved time.Time
}

// Load reads roster.toml: tables [[centre]] with code, name, name_ur and district, and nothing else.
// It reports ErrRoster and says where.
func Load(path string) (*Roster, error) {
	l, err := readList(path)
	if err != nil {
		return nil, err
	}
	r := &Roster{path: path}
	r.list.Store(l)
	return r, nil
}

func readList(path string) (*list, error) {
	at, err := look(path) // before it is read: what is written meanwhile is read next time
	if err != nil {
		return nil, fmt.Errorf("load the list of centres: %w", err)
	}
	b, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("load the list of centres: %w", err)
	}
	l, err := parse(b)
	if err != nil {
		return nil, fmt.Errorf("load the list of centres from %s: %w", path, err)
	}
	l.read = at
	return l, nil
}

func look(path string) (stamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}, err
	}
	return stamp{info.Size(), info.ModTime()}, nil
}

func parse(b []byte) (*list, error) {
	var file struct {
		Centre []Centre `toml:"centre"`
	}
	if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(&file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRoster, explain(err))
	}
	return newList(file.Centre)
}

// explain shows the line and underlines the word, where the decoder knows them.
func explain(err error) error {
	if e, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		return fmt.Errorf("unknown key:\n%s", e.String())
	}
	if e, ok := errors.AsType[*toml.DecodeError](err); ok {
		return fmt.Errorf("%w:\n%s", err, e.String())
	}
	return err
}

// New makes a roster without a file. It reports ErrRoster.
func New(centres []Centre) (*Roster, error) {
	l, err := newList(centres)
	if err != nil {
		return nil, err
	}
	r := &Roster{}
	r.list.Store(l)
	return r, nil
}

func newList(centres []Centre) (*list, error) {
	r := &list{centres: slices.Clone(centres), known: map[id.Centre]int{}}
	slices.SortFunc(r.centres, func(a, b Centre) int { return strings.Compare(string(a.Code), string(b.Code)) })
	for i, c := range r.centres {
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrRoster, err)
		}
		if _, twice := r.known[c.Code]; twice {
			return nil, fmt.Errorf("%w: centre %s is listed twice", ErrRoster, c.Code)
		}
		r.known[c.Code] = i
	}
	return r, nil
}

func (c Centre) check() error {
	if err := c.Code.Check(); err != nil {
		return err
	}
	if c.Name == "" || c.NameUR == "" || c.District == "" {
		return fmt.Errorf("centre %s needs name, name_ur and district", c.Code)
	}
	return nil
}

// Centres is the list, by code.
func (r *Roster) Centres() []Centre { return slices.Clone(r.list.Load().centres) }

// Centre is one of the list, by code.
func (r *Roster) Centre(code id.Centre) (Centre, bool) {
	l := r.list.Load()
	i, ok := l.known[code]
	if !ok {
		return Centre{}, false
	}
	return l.centres[i], true
}

// Admit says which centre a certificate speaks for. It reports ErrNotBox or ErrUnknownCentre.
func (r *Roster) Admit(cert *x509.Certificate) (id.Centre, error) {
	code, err := CentreOf(cert)
	if err != nil {
		return "", err
	}
	if _, ok := r.Centre(code); !ok {
		return "", fmt.Errorf("%w: %s", ErrUnknownCentre, code)
	}
	return code, nil
}
