package civil

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// The people of these tests never were; the numbers are of no district.
var today = time.Date(2026, 11, 27, 9, 0, 0, 0, time.FixedZone("PKT", 5*60*60))

func TestParseNumber(t *testing.T) {
	for _, typed := range []string{
		"6110112345678", "61101-1234567-8", "61101 1234567 8", " 61101–1234567—8 ", "۶۱۱۰۱-۱۲۳۴۵۶۷-۸", "٦١١٠١١٢٣٤٥٦٧٨",
		"\u200f۶۱۱۰۱۱۲۳۴۵۶۷۸\u200f", "\u206661101-1234567-8\u2069", "61101۔1234567۔8", "6-1-1-0-1-1-2-3-4-5-6-7-8",
	} {
		if n, err := ParseNumber(typed); err != nil || n.Digits() != "6110112345678" || n.Written() != "61101-1234567-8" {
			t.Errorf("%q: %q, %v", typed, n.Digits(), err)
		}
	}
	for typed, want := range map[string]error{
		"": ErrNumberLength, "611011234567": ErrNumberLength, "61101123456789": ErrNumberLength, "-": ErrNumberLength,
		"61101-1234567-x": ErrNumberLetters, "6110112345678+": ErrNumberLetters, "６110112345678": ErrNumberLetters,
		"61101\xff1234567": ErrNumberLetters, strings.Repeat("-", 53): ErrNumberLetters,
	} {
		n, err := ParseNumber(typed)
		if !errors.Is(err, want) || !n.None() {
			t.Errorf("%q: %v, want %v", typed, err, want)
		}
		if len(typed) > 5 && strings.Contains(err.Error(), typed[:5]) {
			t.Errorf("the error quotes what was typed: %v", err)
		}
	}
}

func TestDoubts(t *testing.T) {
	for _, c := range []struct {
		digits string
		sex    Sex
		want   string
	}{
		{"6110112345678", Female, "[]"}, {"6110112345678", Male, "[sex]"}, {"6110112345677", Female, "[sex]"},
		{"6110112345677", Male, "[]"}, {"6110112345677", Other, "[]"}, {"8110112345678", Female, "[]"},
		{"0110112345678", Female, "[province]"}, {"9110112345677", Female, "[province sex]"},
		{"2222222222222", Female, "[pattern]"}, {"0000000000000", Male, "[province sex pattern]"}, {"", Male, "[]"},
	} {
		if got := fmt.Sprint(Number{hide(c.digits)}.Doubts(c.sex)); got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.digits, c.sex, got, c.want)
		}
	}
}

func TestParseName(t *testing.T) {
	for typed, want := range map[string]string{
		"  Amina   Bibi ": "Amina Bibi", "آمنہ بی بی": "آمنہ بی بی", "M. O'Neil-Shah": "M. O'Neil-Shah", "مِیر": "مِیر",
	} {
		if n, err := ParseName(typed); err != nil || n.Text() != want {
			t.Errorf("%q: %q, %v", typed, n.Text(), err)
		}
	}
	for typed, want := range map[string]error{
		"": ErrNameLength, " A ": ErrNameLength, strings.Repeat("a", 101): ErrNameLength, "Amina 2": ErrNameLetters,
		"<b>": ErrNameLetters, "A\x00b": ErrNameLetters, "..": ErrNameLetters, "a\xffb": ErrNameLetters, "a\u202eb": ErrNameLetters,
	} {
		if n, err := ParseName(typed); !errors.Is(err, want) || !n.None() {
			t.Errorf("%q: %v, want %v", typed, err, want)
		}
	}
	if got := (Name{hide("آمنہ بی بی")}).Masked(); got != "آ… ب… ب…" {
		t.Error(got)
	}
}

func TestBirth(t *testing.T) {
	for _, c := range []struct {
		year, month, day string
		want             string
		precision        Precision
		err              error
	}{
		{"2025", "3", "14", "2025-03-14", Exact, nil}, {"۲۰۲۵", "۳", "۱۴", "2025-03-14", Exact, nil},
		{"2025", "03", "", "2025-03-15", Month, nil}, {"2026", "11", "", "2026-11-15", Month, nil},
		{"2026", "11", "27", "2026-11-27", Exact, nil}, {"2024", "2", "29", "2024-02-29", Exact, nil},
		{"2026", "11", "28", "", "", ErrBirthFuture}, {"2026", "12", "", "", "", ErrBirthFuture},
		{"2025", "2", "29", "", "", ErrBirthDate}, {"2025", "13", "1", "", "", ErrBirthDate}, {"25", "1", "1", "", "", ErrBirthDate},
		{"2025", "0", "1", "", "", ErrBirthDate}, {"2025", "1", "0", "", "", ErrBirthDate}, {"2025", "", "1", "", "", ErrBirthDate},
		{"x", "1", "1", "", "", ErrBirthDate}, {"1899", "1", "1", "", "", ErrBirthDate}, {"2025", "1-2", "1", "", "", ErrBirthDate},
	} {
		b, err := ParseBirth(c.year, c.month, c.day, today)
		if !errors.Is(err, c.err) || b.Date() != c.want || b.Precision() != c.precision {
			t.Errorf("%s %s %s: %s %s, %v", c.year, c.month, c.day, b.Date(), b.Precision(), err)
		}
	}
	early := time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)
	if b, err := ParseBirth("2026", "11", "", early); err != nil || b.Date() != "2026-11-03" {
		t.Errorf("born this month: %s, %v", b.Date(), err)
	}
}

func TestEstimate(t *testing.T) {
	for months, days := range map[string]int{"0": 0, "1": 30, "2": 61, "12": 365, "۲۳": 700, "120": 3653} { // 30.4375, rounded half up
		b, err := EstimateBirth(months, today)
		if err != nil || b.Days(today) != days || b.Precision() != Estimated {
			t.Errorf("%s months: %d days, %v, want %d", months, b.Days(today), err, days)
		}
	}
	for _, bad := range []string{"", "-1 2", "121", "1.5", "x", "0001"} {
		if _, err := EstimateBirth(bad, today); !errors.Is(err, ErrBirthMonths) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	b, err := ReadBirth("2004-11-11", Exact)
	on := time.Date(2005, 11, 11, 12, 0, 0, 0, time.UTC)
	if err != nil || b.Days(on) != 365 || b.Months(on) != 11 { // WHO: 365 days are 11 completed months
		t.Errorf("%d days, %d months, %v", b.Days(on), b.Months(on), err)
	}
}

// Whatever prints or encodes a value that identifies a person, the value is not in it. The control prints what it must.
func TestEverythingPrintsMasked(t *testing.T) {
	n, name, b := Number{hide("6110112345678")}, Name{hide("Zarmina")}, Birth{hide("2025-03-14"), Exact}
	var out bytes.Buffer
	all := struct {
		N     Number
		Name  Name
		B     Birth
		Deep  []*Name
		Keyed map[Number]Birth
	}{n, name, b, []*Name{&name}, map[Number]Birth{n: b}}
	inside := struct { // fmt may not call methods of what is not exported
		n    Number
		name *Name
		b    []Birth
	}{n, &name, []Birth{b}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%T", "%p", "%8.3s"} {
		fmt.Fprintf(&out, strings.Repeat(verb+" ", 7)+"\n", n, name, b, all, &all, inside, &inside)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "n", n, "name", name, "b", b, "all", all, "inside", inside)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "n", n, "name", name, "b", b, "all", all, "inside", inside)
	j, err := json.Marshal(all)
	x, err2 := xml.Marshal([]any{n, name, b})
	c, err3 := cbor.Marshal(all)
	tmpl := template.Must(template.New("").Parse(`{{.N}}{{.Name}}{{.B}}{{printf "%d" .N}}<script>{{.}}</script>`))
	if err := errors.Join(err, err2, err3, tmpl.Execute(&out, all)); err != nil {
		t.Fatal(err)
	}
	out.Write(j)
	out.Write(x)
	out.Write(c)
	fmt.Fprint(&out, errors.Join(fmt.Errorf("%v: %w", n, ErrNumberLength)))
	secrets := []string{"6110112345678", "1234567", fmt.Sprintf("%x", "1234567"), "Zarmina", fmt.Sprintf("%x", "Zarmina"), "2025-03-14", "2025"}
	for _, s := range secrets {
		if strings.Contains(out.String(), s) {
			t.Errorf("%s is in what was printed", s)
		}
	}
	out.WriteString(n.Digits() + name.Text() + b.Date())
	for _, s := range []string{"1234567", "Zarmina", "2025"} {
		if !strings.Contains(out.String(), s) {
			t.Errorf("control: %s is not there", s)
		}
	}
}

func FuzzTyped(f *testing.F) {
	f.Add("61101-1234567-8", "Amina Bibi", "2025", "3", "14")
	f.Add("۶۱۱۰۱۱۲۳۴۵۶۷۸", "آمنہ بی بی", "۲۰۲۴", "۲", "")
	f.Add("\u200f٦", "\xff", "9999", "99", "99")
	f.Fuzz(func(t *testing.T, number, name, year, month, day string) {
		if n, err := ParseNumber(number); err == nil {
			again, err := ParseNumber(n.Written())
			if err != nil || again != n || len(n.Digits()) != 13 || strings.Trim(n.Digits(), "0123456789") != "" {
				t.Errorf("%q: %q", number, n.Digits())
			}
			if strings.Contains(n.Masked(), n.Digits()[:9]) {
				t.Errorf("%q is not masked: %q", number, n.Masked())
			}
		}
		if n, err := ParseName(name); err == nil {
			if again, err := ParseName(n.Text()); err != nil || again != n {
				t.Errorf("%q: %q", name, n.Text())
			}
		}
		if b, err := ParseBirth(year, month, day, today); err == nil {
			if again, err := ReadBirth(b.Date(), b.Precision()); err != nil || again != b || b.Days(today) < 0 {
				t.Errorf("%q %q %q: %q", year, month, day, b.Date())
			}
		}
		if b, err := EstimateBirth(day, today); err == nil && (b.Days(today) < 0 || b.Months(today) > monthsMax) {
			t.Errorf("%q months: %d days", day, b.Days(today))
		}
	})
}
