package mask

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode"
)

// rule is a shape, and what is written in its place.
type rule struct {
	shape *regexp.Regexp
	put   string
}

// rules are applied in order: what names itself before what only looks like something.
var rules = []rule{
	{regexp.MustCompile(`(?i)AGE-SECRET-KEY-[A-Z0-9-]*`), "[key]"},
	{regexp.MustCompile(`(?i)(markaz-[a-z-]*key-1)[ =:]+[^\s"']+`), "$1 [key]"},
	{regexp.MustCompile(`(?i)\b(bearer|basic) +[A-Za-z0-9._~+/=-]+`), "$1 [token]"},
	{regexp.MustCompile(`(?i)(cookie)(["']?\s*[:=]\s*).*`), "$1$2[cookie]"},
	{regexp.MustCompile(`(?i)((?:secret|passw(?:or)?d|passphrase|token|pins?|api_?key|private_?key)[a-z_-]*["']?\s*[:=]\s*)(?:\[secret\]|"[^"]*"?|'[^']*'?|[^\s,;}&"']+)`), "${1}[secret]"},
	{regexp.MustCompile(`(?i)\b(pins?|password|passphrase)(\s+(?:is\s+)?)\S*\p{Nd}\S*`), "$1$2[secret]"},
	{regexp.MustCompile(`(\w+://)[^/@\s]+@`), "$1[secret]@"},
	{regexp.MustCompile(`[\w.+-]+@[\w-]+\.[\w.-]+`), "[mail]"},
	{regexp.MustCompile(`(?i)(?:[0-9a-f]{2}:){5}[0-9a-f]{2}`), "[mac]"},
	{regexp.MustCompile(`(\d{1,3}\.\d{1,3})\.\d{1,3}\.\d{1,3}`), "$1.x.x"},
	{regexp.MustCompile(`(?i)[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,}`), "[address]"},
	{regexp.MustCompile(`(?i)[0-9a-f]{32,}`), "[hex]"},
}

var (
	// numbers is what an identity card's, a telephone's or an account's number looks like, in digits of any script, with or
	// without hyphens, blanks, dots and brackets between them.
	numbers = regexp.MustCompile(`\p{Nd}(?:[-–. ()/_]{0,2}\p{Nd}){6,}`)

	// moments are dates with a time of day: when something was logged. A date alone may be a birth date.
	moments = regexp.MustCompile(`\b20\d\d-[01]\d-[0-3]\d[T ][0-2]\d:[0-5]\d`)

	// opaque is what a token in base64 looks like, if it has digits and letters of both kinds.
	opaque = regexp.MustCompile(`[A-Za-z0-9+/_=-]{32,}`)
)

// Line masks one line. Whatever would move a terminal's cursor is a blank.
func Line(s string) string {
	s = strings.Map(plain, strings.ToValidUTF8(s, "?"))
	for _, r := range rules {
		s = r.shape.ReplaceAllString(s, r.put)
	}
	s = opaque.ReplaceAllStringFunc(s, token)
	return between(s)
}

func plain(r rune) rune {
	if r != ' ' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.IsSpace(r)) {
		return ' '
	}
	return r
}

func token(s string) string {
	if strings.ContainsFunc(s, unicode.IsDigit) && strings.ContainsFunc(s, unicode.IsUpper) && strings.ContainsFunc(s, unicode.IsLower) {
		return "[token]"
	}
	return s
}

// between masks numbers everywhere but in moments.
func between(s string) string {
	var out strings.Builder
	for {
		m := moments.FindStringIndex(s)
		if m == nil || touches(s, m) {
			return out.String() + numbers.ReplaceAllString(s, "[number]")
		}
		out.WriteString(numbers.ReplaceAllString(s[:m[0]], "[number]"))
		out.WriteString(s[m[0]:m[1]])
		s = s[m[1]:]
	}
}

// touches says whether digits stand close before a moment: then it may be a number's end.
func touches(s string, m []int) bool {
	near := s[max(0, m[0]-2):m[0]]
	return strings.ContainsFunc(near, unicode.IsDigit)
}

// Writer masks what is written through it, line by line. Close writes the last line. Lines between the beginning and the end of
// a key in PEM are left out.
type Writer struct {
	To   io.Writer
	rest []byte
	key  int // lines that may still be of a key
}

// Write masks every whole line.
func (w *Writer) Write(b []byte) (int, error) {
	for n := 0; ; {
		i := bytes.IndexByte(b[n:], '\n')
		if i < 0 {
			w.keep(b[n:])
			return len(b), nil
		}
		w.keep(b[n : n+i])
		if err := w.flush(); err != nil {
			return n, err
		}
		n += i + 1
	}
}

// keep gathers a line up to its bound.
func (w *Writer) keep(b []byte) {
	w.rest = append(w.rest, b[:min(len(b), lineBytesMax-len(w.rest))]...)
}

func (w *Writer) flush() error {
	line := string(w.rest)
	w.rest = w.rest[:0]
	if w.key > 0 {
		w.key--
		if strings.Contains(line, "-----END") {
			w.key = 0
		}
		return nil
	}
	if begin, _, found := strings.Cut(line, "-----BEGIN"); found {
		w.key = keyLinesMax
		line = begin + "[key]"
	}
	_, err := io.WriteString(w.To, Line(line)+"\n")
	return err
}

// Close writes a last line that had no end.
func (w *Writer) Close() error {
	if len(w.rest) == 0 {
		return nil
	}
	return w.flush()
}

// Text masks lines.
func Text(s string) string {
	var out strings.Builder
	w := Writer{To: &out}
	_, _ = io.WriteString(&w, s) // a Builder takes everything
	_ = w.Close()
	return out.String()
}
