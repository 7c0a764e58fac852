package iso

import (
	"fmt"
	"strconv"
	"strings"
)

// format is how one field is written.
type format struct {
	kind string // n, x+n, an, ans, ns, anp, z or b
	dots int    // digits of the length in front; 0: the length is fixed
	max  int    // of digits, characters or bytes
}

// formats are by number of field, 2 to 128; a field without a kind does not exist.
type formats [129]format

// The standard's fields, number by number. Source: ISO 8583:1987 and :1993, tables of data elements.
const fields87 = `
2 n..19   3 n6      4 n12     5 n12     6 n12     7 n10     8 n8      9 n8      10 n8     11 n6
12 n6     13 n4     14 n4     15 n4     16 n4     17 n4     18 n4     19 n3     20 n3     21 n3
22 n3     23 n3     24 n3     25 n2     26 n2     27 n1     28 x+n8   29 x+n8   30 x+n8   31 x+n8
32 n..11  33 n..11  34 ns..28 35 z..37  36 z...104 37 an12  38 an6    39 an2    40 an3    41 ans8
42 ans15  43 ans40  44 an..25 45 an..76 46 an...999 47 an...999 48 an...999 49 an3 50 an3 51 an3
52 b8     53 n16    54 an...120 55 b...999 56 ans...999 57 ans...999 58 ans...999 59 ans...999 60 ans...999 61 ans...999
62 ans...999 63 ans...999 64 b8 66 n1   67 n2     68 n3     69 n3     70 n3     71 n4     72 n4
73 n6     74 n10    75 n10    76 n10    77 n10    78 n10    79 n10    80 n10    81 n10    82 n12
83 n12    84 n12    85 n12    86 n16    87 n16    88 n16    89 n16    90 n42    91 an1    92 an2
93 an5    94 an7    95 an42   96 b8     97 x+n16  98 ans25  99 n..11  100 n..11 101 ans..17 102 ans..28
103 ans..28 104 ans...100 105 ans...999 106 ans...999 107 ans...999 108 ans...999 109 ans...999 110 ans...999 111 ans...999 112 ans...999
113 ans...999 114 ans...999 115 ans...999 116 ans...999 117 ans...999 118 ans...999 119 ans...999 120 ans...999 121 ans...999 122 ans...999
123 ans...999 124 ans...999 125 ans...999 126 ans...999 127 ans...999 128 b8`

// What 1993 writes in another way.
const fields93 = `
5 n12     12 n12    15 n6     22 an12   25 n4     26 n4     28 n6     29 n3     30 n24    31 ans..99
37 anp12  38 anp6   39 n3     40 n3     43 ans..99 44 ans..99 46 ans...204 47 ans...999 48 ans...999 53 b..48
54 ans...120 55 b...255 56 n..35 57 n3  58 n..11  66 ans...204 71 n8    72 ans...999 78 n10 79 n10
80 n10    81 n10    82 n10    83 n10    84 n10    85 n10    90 n10    91 n3     92 n3     93 n..11
94 n..11  95 ans..99 96 b...999 99 an..11 105 n16 106 n16   107 n10   108 n10   109 ans..84 110 ans..84`

// standard87 and standard93 are the tables with a bank's differences.
func standard87(own map[string]string) (formats, error) { return formats{}.with(fields87).own(own) }

func standard93(own map[string]string) (formats, error) {
	return formats{}.with(fields87).with(fields93).own(own)
}

// with reads a table of this package.
func (f formats) with(table string) formats {
	words := strings.Fields(table)
	for i := 0; i < len(words); i += 2 {
		n, err := strconv.Atoi(words[i])
		if err == nil {
			f[n], err = parseFormat(words[i+1])
		}
		if err != nil {
			panic(fmt.Sprintf("BUG: table of fields at %q: %v", words[i], err))
		}
	}
	return f
}

func (f formats) own(differences map[string]string) (formats, error) {
	for field, text := range differences {
		n, err := strconv.Atoi(field)
		if err != nil || n < 2 || n >= len(f) || n == 65 {
			return f, fmt.Errorf("field %q: want 2 to 128", field)
		}
		if f[n], err = parseFormat(text); err != nil {
			return f, fmt.Errorf("field %d: %w", n, err)
		}
	}
	return f, nil
}

// parseFormat reads "n6", "ans..99" or "b...255".
func parseFormat(text string) (format, error) {
	kind := strings.TrimRight(text, "0123456789.")
	dots := strings.Count(text, ".")
	max, err := strconv.Atoi(strings.TrimLeft(text[len(kind):], "."))
	switch kind {
	case "n", "x+n", "an", "ans", "ns", "anp", "z", "b":
	default:
		err = fmt.Errorf("no kind %q", kind)
	}
	if err != nil || dots == 1 || dots > 3 || max < 1 || dots > 0 && len(strconv.Itoa(max)) > dots || max > 999 {
		return format{}, fmt.Errorf("format %q: want such as n6, ans..99 or b...255", text)
	}
	return format{kind, dots, max}, nil
}

// packed says that the field's digits stand two in a byte where numbers are packed.
func (f format) packed() bool { return f.kind == "n" || f.kind == "z" }
