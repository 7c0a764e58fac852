package seek

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
)

// Secret is something that must not be found.
type Secret struct {
	Name  string // "number 6990176543212"
	Forms []Form
}

// Found is a secret that was.
type Found struct {
	Secret, Way string
	Source      string // "disk", "disk > gzip at 4096"
	At          int64  // where it begins in the source
}

// Seeker looks for many secrets at once. One goroutine at a time may use it.
type Seeker struct {
	window   int   // bytes that are looked at in one go
	stream   int64 // bytes that are unpacked from one place
	patterns []pattern
	starts   []uint64         // a bit for each hash of the first bytes
	by       map[uint32][]int // patterns, by their first bytes
	longest  int              // bytes
	seen     map[string]Found // the first of each secret
	streams  int              // unpacked of this source
	Bytes    int64            // looked at, unpacked ones too
}

type pattern struct {
	secret, way string
	bytes       []byte
}

// New makes a seeker. Forms that are too short to mean anything are left out.
func New(secrets []Secret) *Seeker {
	s := &Seeker{window: windowBytes, stream: streamBytesMax, starts: make([]uint64, 1<<14), by: map[uint32][]int{}, seen: map[string]Found{}}
	known := map[string]bool{}
	for _, one := range secrets {
		for _, f := range one.Forms {
			if len(f.Bytes) < formBytesMin || known[one.Name+string(f.Bytes)] {
				continue
			}
			known[one.Name+string(f.Bytes)] = true
			s.add(pattern{one.Name, f.Way, f.Bytes})
		}
	}
	return s
}

func (s *Seeker) add(p pattern) {
	first := binary.LittleEndian.Uint32(p.bytes)
	s.by[first] = append(s.by[first], len(s.patterns))
	s.patterns = append(s.patterns, p)
	h := hash(first)
	s.starts[h>>6] |= 1 << (h & 63)
	s.longest = max(s.longest, len(p.bytes))
}

// hash spreads four bytes over 20 bits.
func hash(first uint32) uint32 { return first * 2654435761 >> 12 }

// Found is the first place of each secret that was found, by name.
func (s *Seeker) Found() []Found {
	out := make([]Found, 0, len(s.seen))
	for _, f := range s.seen {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b Found) int { return bytes.Compare([]byte(a.Secret), []byte(b.Secret)) })
	return out
}

// Patterns is how many byte strings are looked for.
func (s *Seeker) Patterns() int { return len(s.patterns) }

// Scan looks through a source to its end, and through the streams in it.
func (s *Seeker) Scan(source string, r io.Reader) error {
	s.streams = 0
	return s.scan(source, r, 0)
}

func (s *Seeker) scan(source string, r io.Reader, depth int) error {
	keep := s.longest + streamHeadBytes
	window := make([]byte, 0, s.window+keep)
	at := int64(0) // of the window's first byte
	for {
		kept := len(window)
		n, err := io.ReadFull(r, window[kept:kept+s.window])
		window = window[:kept+n]
		s.Bytes += int64(n)
		last := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !last {
			return err
		}
		s.look(source, window, at)
		if depth < depthMax {
			s.unpack(source, window, r, at, depth)
		}
		if last {
			return nil
		}
		drop := max(0, len(window)-keep)
		at += int64(drop)
		window = append(window[:0], window[drop:]...)
	}
}

// look finds what begins in a window and lies in it whole.
func (s *Seeker) look(source string, window []byte, at int64) {
	for i := 0; i+prefixBytes <= len(window); i++ {
		first := binary.LittleEndian.Uint32(window[i:])
		if h := hash(first); s.starts[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		for _, n := range s.by[first] {
			if p := s.patterns[n]; bytes.HasPrefix(window[i:], p.bytes) {
				s.note(Found{p.secret, p.way, source, at + int64(i)})
			}
		}
	}
}

func (s *Seeker) note(f Found) {
	if _, ok := s.seen[f.Secret]; !ok {
		s.seen[f.Secret] = f
	}
}
