package fault

import (
	"errors"
	"os"
	"strings"
	"testing"
)

const everything = `seed 7
after 37 bytes out: unplug for 3s
then after 1s to 4s: silence for 5s
after 10 to 500 bytes: unplug
then: plug
at byte 1200 in: power off for 10s to 20s
then: power off
then after 5 bytes in: power on
then: babble 4096 bytes
then: half answers for 2s
then: delay answers 800ms for 1m30s
then: stuck
then: deaf for 100ms
then: well
every 500 bytes in: drop 1 bytes
every 2s: flip 3 bits out
repeat 3
`

func TestParse(t *testing.T) {
	want := strings.ReplaceAll(everything, "then after", "after")
	s, err := Parse("# a story\n\n" + strings.Replace(everything, "3s\n", "3s # in the middle of a slip\n", 1))
	if err != nil || s.String() != want {
		t.Errorf("%v\ngot:\n%s\nwant:\n%s", err, s, want)
	}
	if s, err := Parse("then:flip bit"); err != nil || s.String() != "then: flip 1 bits\n" {
		t.Errorf("%v, %s", err, s)
	}
}

func TestParseSaysWhere(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{"then: unplug\nafter 37 bits: unplug", `line 2, column 10: want "bytes", found "bits"`},
		{"after: unplug", `line 1, column 6: want a time from 1ms to 24h, such as 3s or 800ms, found ":"`},
		{"after 3x: unplug", `line 1, column 7: want a time`},
		{"after 5s to 1s: unplug", `line 1, column 13: want a time from 5s to 24h`},
		{"after 0 bytes: unplug", `line 1, column 7: want a number from 1 to`},
		{"after 9 to 2 bytes: unplug", `line 1, column 12: want a number from 9`},
		{"sometimes: unplug", `line 1, column 1: want "then"`},
		{"then unplug", `line 1, column 6: want ":", found "unplug"`},
		{"then: explode", `line 1, column 7: want something to do`},
		{"then:", `line 1, column 6: want something to do`},
		{"then: unplug for", `line 1, column 17: want a time from 1ms to 24h, such as 3s or 800ms, found the end of the line`},
		{"then: unplug for 3s please", `line 1, column 21: want nothing more on this line, found "please"`},
		{"then: power", `line 1, column 12: want "off"`},
		{"at 5: unplug", `line 1, column 4: want "byte"`},
		{"seed 1\nseed 2", `line 2, column 6: want no second "seed"`},
		{"repeat 0", `line 1, column 8: want a number from 1 to 1000000, found "0"`},
		{"then: babble 99999999999 bytes", `line 1, column 14: want a number`},
		{strings.Repeat("then: plug\n", linesMax+1), `line 1001`},
		{strings.Repeat("#", scriptBytesMax+1), `longer than`},
	} {
		if _, err := Parse(c.text); !errors.Is(err, ErrScript) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.40q: %v\nwant it to say %s", c.text, err, c.says)
		}
	}
}

// The scripts that stand in the documents are scripts.
func TestDocumentsAreTrue(t *testing.T) {
	format, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(format), "```\n")
	example, _, _ = strings.Cut(example, "```")
	var indented strings.Builder
	for line := range strings.Lines(string(doc)) {
		if text, ok := strings.CutPrefix(line, "//\t"); ok {
			indented.WriteString(text)
		}
	}
	for _, text := range []string{example, indented.String()} {
		if s, err := Parse(text); err != nil || len(s.lines) < 2 {
			t.Errorf("%v\n%s", err, text)
		}
	}
	for _, v := range []verb{unplug, plug, powerOff, powerOn, silence, deaf, stuck, halfAnswers, delayAnswers, babble, drop, flip, well} {
		if !strings.Contains(string(format), "| `"+string(v)+"`") {
			t.Errorf("FORMAT.md does not explain %q", v)
		}
	}
}

func TestMustParse(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a bad script in a program was accepted")
		}
	}()
	MustParse("then: explode")
}

func FuzzParse(f *testing.F) {
	f.Add(everything)
	f.Add("then:flip bit\n#x")
	f.Add("every 1 to 2 bytes in: delay answers 1ms to 2ms for 3ms")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(s.String())
		if err != nil || again.String() != s.String() {
			t.Errorf("%v\nonce:\n%s\nagain:\n%s", err, s, again)
		}
	})
}
