package fault

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrScript is returned by Parse; the text of the error names line and column, and what was wanted there.
var ErrScript = errors.New("fault script")

// MustParse is Parse for scripts that stand in a program. It panics at what Parse refuses.
func MustParse(text string) *Script {
	s, err := Parse(text)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return s
}

// Parse reads a script as FORMAT.md says. Errors: ErrScript.
func Parse(text string) (*Script, error) {
	if len(text) > scriptBytesMax {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrScript, scriptBytesMax)
	}
	s := &Script{}
	for i, row := range strings.Split(text, "\n") {
		p := &parser{row: i + 1, words: split(row)}
		if len(p.words) == 1 { // the end alone
			continue
		}
		p.line(s)
		if p.err == nil && len(s.lines) > linesMax {
			p.fail("fewer lines: %d at the most", linesMax)
		}
		if p.err != nil {
			return nil, p.err
		}
	}
	return s, nil
}

// word is one word and where it stands, counted from 1 in bytes.
type word struct {
	text   string
	column int
}

// split cuts a row into words; the last is empty and stands for the row's end.
func split(row string) (words []word) {
	row, _, _ = strings.Cut(row, "#")
	begin := -1
	for i := 0; i <= len(row); i++ {
		blank := i == len(row) || strings.IndexByte(" \t\r", row[i]) >= 0
		colon := !blank && row[i] == ':'
		if (blank || colon) && begin >= 0 {
			words, begin = append(words, word{row[begin:i], begin + 1}), -1
		}
		if colon {
			words = append(words, word{":", i + 1})
		}
		if !blank && !colon && begin < 0 {
			begin = i
		}
	}
	return append(words, word{"", len(strings.TrimRight(row, " \t\r")) + 1})
}

// parser reads one row. The first failure stays; what is read after it is of no use.
type parser struct {
	row   int
	words []word // never empty
	err   error
}

func (p *parser) fail(format string, args ...any) {
	if p.err != nil {
		return
	}
	found := "the end of the line"
	if w := p.words[0]; w.text != "" {
		found = strconv.Quote(w.text)
	}
	p.err = fmt.Errorf("%w: line %d, column %d: want %s, found %s", ErrScript, p.row, p.words[0].column, fmt.Sprintf(format, args...), found)
}

// is takes a word if it is there.
func (p *parser) is(text string) bool {
	if p.words[0].text != text || text == "" {
		return false
	}
	p.words = p.words[1:]
	return true
}

func (p *parser) need(text string) {
	if !p.is(text) {
		p.fail("%q", text)
	}
}

func (p *parser) line(s *Script) {
	switch {
	case p.is("seed"):
		p.once(s.seed != 0, "seed")
		s.seed = uint64(p.number(1, countMax).low)
	case p.is("repeat"):
		p.once(s.repeat != 0, "repeat")
		s.repeat = int(p.number(1, repeatMax).low)
	default:
		l := p.when()
		p.need(":")
		l.what = p.what()
		s.lines = append(s.lines, l)
	}
	if p.words[0].text != "" {
		p.fail("nothing more on this line")
	}
}

func (p *parser) once(again bool, what string) {
	if again {
		p.fail("no second %q", what)
	}
}

func (p *parser) when() (l line) {
	switch {
	case p.is("then"):
		if !p.is("after") {
			return line{when: then}
		}
		l.when = after
	case p.is("after"):
		l.when = after
	case p.is("every"):
		l.when = every
	case p.is("at"):
		p.need("byte")
		return line{when: at, bytes: true, amount: p.numbers(countMax), way: p.way()}
	default:
		p.fail(`"then", "after", "at byte", "every", "seed" or "repeat"`)
		return l
	}
	if l.bytes = isNumber(p.words[0].text); l.bytes {
		l.amount = p.byteCount(countMax)
		l.way = p.way()
		return l
	}
	l.amount = p.times()
	return l
}

func (p *parser) what() (w what) {
	switch {
	case p.is("unplug"):
		return p.lasting(unplug)
	case p.is("plug"):
		return what{verb: plug}
	case p.is("power"):
		if p.is("on") {
			return what{verb: powerOn}
		}
		p.need("off")
		return p.lasting(powerOff)
	case p.is("silence"):
		return p.lasting(silence)
	case p.is("deaf"):
		return p.lasting(deaf)
	case p.is("stuck"):
		return p.lasting(stuck)
	case p.is("half"):
		p.need("answers")
		return p.lasting(halfAnswers)
	case p.is("well"):
		return what{verb: well}
	}
	return p.counted()
}

// counted is what needs a number or a time of its own.
func (p *parser) counted() (w what) {
	switch {
	case p.is("delay"):
		p.need("answers")
		delay := p.times()
		w = p.lasting(delayAnswers)
		w.delay = delay
	case p.is("babble"):
		w = what{verb: babble, n: p.byteCount(babbleMax)}
	case p.is("drop"):
		w = what{verb: drop, n: p.byteCount(countMax), way: p.way()}
	case p.is("flip"):
		w = what{verb: flip, n: p.bits(), way: p.way()}
	default:
		p.fail(`something to do: "unplug", "plug", "power", "silence", "deaf", "stuck", "half answers", "delay answers", "babble", "drop", "flip" or "well"`)
	}
	return w
}

func (p *parser) lasting(v verb) what {
	w := what{verb: v}
	if p.is("for") {
		w.lasts = p.times()
	}
	return w
}

func (p *parser) way() Way {
	for _, w := range []Way{In, Out} {
		if p.is(string(w)) {
			return w
		}
	}
	return Both
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// number is one whole number.
func (p *parser) number(low, high int64) span {
	n, err := strconv.ParseInt(p.words[0].text, 10, 64)
	if err != nil || n < low || n > high || !isNumber(p.words[0].text) {
		p.fail("a number from %d to %d", low, high)
		return span{low, low}
	}
	p.words = p.words[1:]
	return span{n, n}
}

// numbers is one, or a range.
func (p *parser) numbers(high int64) span {
	s := p.number(1, high)
	if p.is("to") {
		s.high = p.number(s.low, high).high
	}
	return s
}

func (p *parser) byteCount(high int64) span {
	s := p.numbers(high)
	if !p.is("bytes") && !p.is("byte") {
		p.fail(`"bytes"`)
	}
	return s
}

// bits may leave its number out.
func (p *parser) bits() span {
	s := span{1, 1}
	if isNumber(p.words[0].text) {
		s = p.numbers(countMax)
	}
	if !p.is("bits") && !p.is("bit") {
		p.fail(`"bits"`)
	}
	return s
}

// times is a duration, or a range.
func (p *parser) times() span {
	d := p.time(time.Millisecond)
	s := span{int64(d), int64(d)}
	if p.is("to") {
		s.high = int64(p.time(d))
	}
	return s
}

func (p *parser) time(low time.Duration) time.Duration {
	d, err := time.ParseDuration(p.words[0].text)
	if err != nil || d < low || d > timeMax {
		p.fail("a time from %v to 24h, such as 3s or 800ms", low)
		return low
	}
	p.words = p.words[1:]
	return d
}
