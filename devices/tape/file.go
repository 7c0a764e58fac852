package tape

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

const version = "markaz tape 1"

// ErrTape is returned by Read for text that is no tape; the text of the error names the line.
var ErrTape = errors.New("not a tape")

// Write writes a tape as FORMAT.md says.
func (t Tape) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s\nclass %s\nprofile %s\nbegan %s\n\n", version, t.Class, t.Profile, t.Began.UTC().Format(time.RFC3339))
	before := t.Began.UTC().Truncate(time.Second)
	for _, e := range t.Exchanges {
		gap := max(0, e.At.Sub(before).Round(time.Millisecond))
		before = before.Add(gap)
		fmt.Fprintf(out, "%c +%s %s\n", e.Dir, times(gap, e.Took.Round(time.Millisecond)), e.field())
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write tape: %w", err)
	}
	return nil
}

// times is "0.104", or "0.104/2.000" with how long it took.
func times(gap, took time.Duration) string {
	s := seconds(gap)
	if took > 0 {
		s += "/" + seconds(took)
	}
	return s
}

func seconds(d time.Duration) string {
	return fmt.Sprintf("%d.%03d", d/time.Second, d%time.Second/time.Millisecond)
}

// Read reads a tape. Errors: ErrTape.
func Read(r io.Reader) (Tape, error) {
	p := reader{scan: bufio.NewScanner(r)}
	p.scan.Buffer(nil, lineBytesMax)
	err := p.head()
	for err == nil && p.next() {
		err = p.exchange()
	}
	if err == nil {
		err = p.scan.Err()
	}
	if err != nil {
		return Tape{}, fmt.Errorf("tape: line %d: %w", p.line, err)
	}
	return p.tape, nil
}

type reader struct {
	scan   *bufio.Scanner
	line   int
	text   string
	tape   Tape
	at     time.Time // of the last exchange
	hidden int
}

// next goes to a line that is not for people only.
func (p *reader) next() bool {
	for p.scan.Scan() {
		p.line++
		p.text = p.scan.Text()
		if p.text != "" && p.text[0] != '#' {
			return true
		}
	}
	return false
}

func (p *reader) head() error {
	var began string
	for _, want := range []struct {
		word string
		to   *string
	}{{version, nil}, {"class ", &p.tape.Class}, {"profile ", &p.tape.Profile}, {"began ", &began}} {
		p.next()
		value, ok := strings.CutPrefix(p.text, want.word)
		if !ok || (want.to == nil) != (value == "") || strings.ContainsAny(value, " \t") {
			return fmt.Errorf("%w: want a line %q", ErrTape, strings.TrimSpace(want.word))
		}
		if want.to != nil {
			*want.to = value
		}
	}
	at, err := time.Parse(time.RFC3339, began)
	if err != nil || at.Location() != time.UTC || at.Format(time.RFC3339) != began {
		return fmt.Errorf("%w: began %q is no time in UTC and whole seconds", ErrTape, began)
	}
	p.tape.Began, p.at = at, at
	return nil
}

func (p *reader) exchange() error {
	words := strings.Split(p.text, " ")
	if len(words) < 3 || len(words[0]) != 1 || words[0] != string(In) && words[0] != string(Out) {
		return fmt.Errorf(`%w: want "> +seconds bytes" or "< +seconds bytes"`, ErrTape)
	}
	if len(p.tape.Exchanges) == tapeExchangesMax {
		return fmt.Errorf("%w: more than %d exchanges", ErrTape, tapeExchangesMax)
	}
	gap, took, err := parseTimes(words[1])
	if err != nil {
		return err
	}
	p.at = p.at.Add(gap)
	e := Exchange{At: p.at, Took: took, Dir: Direction(words[0][0])}
	for _, w := range words[2:] {
		if err := p.piece(&e, w); err != nil {
			return err
		}
	}
	p.tape.Exchanges = append(p.tape.Exchanges, e)
	return nil
}

// parseTimes reads "+12.345" or "+12.345/1.000", each of which has one way of being written.
func parseTimes(word string) (gap, took time.Duration, err error) {
	first, second, _ := strings.Cut(strings.TrimPrefix(word, "+"), "/")
	gap, took = parseSeconds(first), parseSeconds(second)
	if gap > gapMax || took > gapMax || word != "+"+times(gap, took) {
		return 0, 0, fmt.Errorf("%w: %q is no time such as +0.104 or +0.104/2.000", ErrTape, word)
	}
	return gap, took, nil
}

// parseSeconds is zero for what is none; writing it again shows that.
func parseSeconds(text string) time.Duration {
	whole, part, _ := strings.Cut(text, ".")
	s, errS := strconv.ParseUint(whole, 10, 32)
	ms, errMS := strconv.ParseUint(part, 10, 32)
	if errS != nil || errMS != nil {
		return 0
	}
	return time.Duration(s)*time.Second + time.Duration(ms)*time.Millisecond
}

// piece joins a count to the bytes before it, and begins a piece with bytes.
func (p *reader) piece(e *Exchange, word string) error {
	last := len(e.Pieces) - 1
	if count, ok := strings.CutPrefix(word, "+"); ok {
		n, err := strconv.Atoi(count)
		if p.hidden += n; err != nil || n < 1 || n > hiddenMax || p.hidden > hiddenMax || count != strconv.Itoa(n) {
			return fmt.Errorf("%w: %q is no number of bytes, or too many", ErrTape, word)
		}
		if last < 0 {
			e.Pieces = append(e.Pieces, Piece{})
			last++
		}
		if e.Pieces[last].Hidden > 0 {
			return fmt.Errorf("%w: %q behind another count", ErrTape, word)
		}
		e.Pieces[last].Hidden = n
		return nil
	}
	b, err := hex.DecodeString(word)
	if err != nil || len(b) == 0 || word != strings.ToLower(word) || last >= 0 && e.Pieces[last].Hidden == 0 {
		return fmt.Errorf("%w: %q is not bytes in hex, in one word", ErrTape, word)
	}
	e.Pieces = append(e.Pieces, Piece{Bytes: b})
	return nil
}
