package victim

import (
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"sync"

	"markaz.example/edge/chain"
)

// Line is one thing that a victim says: a word, of which chain, at which position, or why.
//
//	open     what was found is sound and holds all that was acknowledged; the newest of each chain
//	ack      a caller was answered: this position is saved
//	seen     a sender or a screen could see this position
//	lost     something acknowledged is not there, or is another
//	unsound  it is there, and is not what it must be
//	refused  it cannot be opened, or a write failed; the text says why
//	missed   something beside the records could not be written, and is counted
//	leaves   the writer ended by itself, as it must after a commit whose outcome is unknown
type Line struct {
	Word  Word
	Chain string
	At    chain.Position // without a hash where only the sequence is known
	Text  string
}

// Word begins a line.
type Word string

// The words.
const (
	Opened  Word = "open"
	Acked   Word = "ack"
	Seen    Word = "seen"
	Lost    Word = "lost"
	Unsound Word = "unsound"
	Refused Word = "refused"
	Missed  Word = "missed"
	Leaves  Word = "leaves"
)

func (l Line) String() string {
	if l.Text != "" {
		return fmt.Sprintf("%s %s", l.Word, strings.ReplaceAll(l.Text, "\n", " | "))
	}
	return fmt.Sprintf("%s %s %d %x", l.Word, l.Chain, l.At.Seq, l.At.Hash[:])
}

// Parse reads a line. What is none becomes Unsound: a victim says nothing else.
func Parse(text string) Line {
	word, rest, _ := strings.Cut(text, " ")
	l := Line{Word: Word(word)}
	switch l.Word {
	case Lost, Unsound, Refused, Missed, Leaves:
		l.Text = rest
		return l
	case Opened, Acked, Seen:
		var hash string
		if _, err := fmt.Sscan(rest, &l.Chain, &l.At.Seq, &hash); err == nil {
			b, err := hex.DecodeString(hash)
			if err == nil && copy(l.At.Hash[:], b) == len(l.At.Hash) {
				return l
			}
		}
	}
	return Line{Word: Unsound, Text: fmt.Sprintf("said %q", text)}
}

// mouth says lines, whole ones, from any goroutine.
type mouth struct {
	mu sync.Mutex
	to io.Writer
}

func (m *mouth) say(l Line) {
	m.mu.Lock()
	defer m.mu.Unlock()
	fmt.Fprintln(m.to, l) // whoever listens has gone: then this process is about to end too
}

func (m *mouth) at(w Word, name string, p chain.Position) { m.say(Line{Word: w, Chain: name, At: p}) }

func (m *mouth) text(w Word, err error) { m.say(Line{Word: w, Text: err.Error()}) }
