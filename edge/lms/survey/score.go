package survey

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"markaz.example/edge/lms"
)

// ErrHeader is reported by Score for a file whose first line does not have the columns. Nothing was scored.
var ErrHeader = errors.New("the first line must name the columns")

// Report is how a survey went.
type Report struct {
	Rows int // that were read
	Bad  int // of them, those that were not scored
}

// Score reads rows from in and writes them to out with what follows from them. For each row that it cannot read it calls bad
// with the line and what to write, and goes on: the row is written with its fault in the column "error", or left out when it
// has not as many fields as the header. It reports ErrHeader, and what in and out report.
func Score(f *lms.Figures, in io.Reader, out io.Writer, bad func(line int, err error)) (Report, error) {
	lines := bufio.NewReaderSize(in, lineBytesMax)
	s := scorer{figures: f, out: bufio.NewWriterSize(out, outBytes), bad: bad}
	for {
		line, long, err := next(lines)
		if err != nil && err != io.EOF {
			return s.report, fmt.Errorf("read line %d: %w", s.line+1, err)
		}
		if err == io.EOF && len(line) == 0 {
			break
		}
		if err := s.take(line, long); err != nil {
			return s.report, err
		}
	}
	if s.places == nil {
		return s.report, ErrHeader
	}
	return s.report, s.out.Flush()
}

// next is one line without its end. A line that is too long is passed over to its end.
func next(r *bufio.Reader) (line []byte, long bool, err error) {
	line, err = r.ReadSlice('\n')
	for err == bufio.ErrBufferFull {
		line, long = nil, true
		_, err = r.ReadSlice('\n')
	}
	if long && err == io.EOF {
		return []byte{' '}, true, nil
	}
	return bytes.TrimRight(line, "\r\n"), long, unlessLine(line, err)
}

// unlessLine keeps the end of the file for the next call when a last line without an end was read.
func unlessLine(line []byte, err error) error {
	if err == io.EOF && len(line) > 0 {
		return nil
	}
	return err
}

// scorer is one survey under way.
type scorer struct {
	figures *lms.Figures
	out     *bufio.Writer
	bad     func(int, error)
	report  Report
	line    int
	places  places // nil until the header was read
	columns int
	fields  []string
	buf     []byte
}

// mark is what some programs put in front of a file in UTF-8.
const mark = "\ufeff"

func (s *scorer) take(line []byte, long bool) error {
	s.line++
	if s.places == nil {
		return s.header(strings.TrimPrefix(string(line), mark), long)
	}
	if len(line) == 0 && !long {
		return nil
	}
	s.report.Rows++
	s.buf = append(s.buf[:0], line...)
	if err := s.row(string(line), long); err != nil {
		s.report.Bad++
		s.bad(s.line, err)
	}
	_, err := s.out.Write(s.buf)
	return err
}

func (s *scorer) header(line string, long bool) error {
	if long {
		return fmt.Errorf("%w: it has more than %d bytes", ErrHeader, lineBytesMax)
	}
	header, err := s.split(line)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrHeader, err)
	}
	s.columns = len(header)
	if s.places, err = findColumns(header); err != nil {
		return fmt.Errorf("%w: %w", ErrHeader, err)
	}
	_, err = s.out.WriteString(line + "," + strings.Join(Added, ",") + "\n")
	return err
}

// row completes buf, or empties it when nothing sensible can be written.
func (s *scorer) row(line string, long bool) error {
	if long {
		s.buf = s.buf[:0]
		return fmt.Errorf("the line has more than %d bytes: it is left out", lineBytesMax)
	}
	fields, err := s.split(line)
	if err != nil {
		s.buf = s.buf[:0]
		return err
	}
	if len(fields) != s.columns {
		s.buf = s.buf[:0]
		return fmt.Errorf("%d fields, and the header has %d: it is left out; look for a comma too many or too few, or a number with a comma", len(fields), s.columns)
	}
	c, err := s.places.child(fields)
	if err != nil {
		s.buf = appendFault(s.buf, err)
		return err
	}
	a := s.figures.Assess(c)
	s.buf = append(appendResults(s.buf, &a), ",\n"...)
	return nil
}

func appendFault(b []byte, err error) []byte {
	for range len(Added) - 1 {
		b = append(b, ',')
	}
	text := strings.Map(printable, err.Error())
	b = append(b, `,"`...)
	b = append(b, strings.ReplaceAll(text, `"`, `""`)...)
	return append(b, "\"\n"...)
}

func printable(r rune) rune {
	if r < ' ' {
		return ' '
	}
	return r
}

// split cuts a line into its fields. A quoted field ends on its line.
func (s *scorer) split(line string) ([]string, error) {
	if strings.IndexByte(line, '"') >= 0 {
		r := csv.NewReader(strings.NewReader(line))
		fields, err := r.Read()
		if err != nil {
			return nil, errors.New("a quote is not closed, or stands in the middle of a field: the line is left out; a field ends on the line on which it began")
		}
		return fields, nil
	}
	s.fields = s.fields[:0]
	for {
		field, rest, more := strings.Cut(line, ",")
		s.fields = append(s.fields, field)
		if !more {
			return s.fields, nil
		}
		line = rest
	}
}
