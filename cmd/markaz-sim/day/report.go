package day

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"markaz.example/edge/id"
)

// evidence is everything that was seen of a day, each part from another witness.
type evidence struct {
	visits int               // that the script wanted
	asked  map[id.Visit]bool // from the kiosks: a number was shown
	unsure int               // from the kiosks: presses whose answer was lost when the box was killed
	papers []id.Code         // from the printer: the codes on paper, in order
	torn   int               // from the printer: papers whose code cannot be read, let go of when it was cleared
	box    books             // from the box's ledger
	hq     []string          // from headquarters' archive: the hashes of its records, in order

	boxFault, hqFault error // from the tools that verify both chains
	kills, restarts   int   // of the box, of headquarters
}

// differences compares the witnesses. Nothing is the answer of a good day.
func (e evidence) differences() (out []string) {
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if len(e.asked) != e.visits {
		say("%d visits were asked for, %d were wanted", len(e.asked), e.visits)
	}
	if n := len(e.box.opened); n < len(e.asked) || n > len(e.asked)+e.unsure {
		say("%d numbers are recorded; %d were shown and %d presses had no answer", n, len(e.asked), e.unsure)
	}
	for token, n := range e.box.tokens {
		if n > 1 {
			say("number %s was given %d times", token, n)
		}
	}
	out = append(out, e.visitDifferences()...)
	out = append(out, e.paperDifferences()...)
	return append(out, e.chainDifferences()...)
}

func (e evidence) visitDifferences() (out []string) {
	for _, v := range slices.Sorted(maps.Keys(e.asked)) {
		switch {
		case e.box.opened[v] == "":
			out = append(out, fmt.Sprintf("visit %s was shown a number and is not recorded: lost", v))
		case e.box.issued[v] != 1:
			out = append(out, fmt.Sprintf("visit %s was issued %d times", v, e.box.issued[v]))
		case !e.box.done[v]:
			out = append(out, fmt.Sprintf("visit %s was never served", v))
		}
	}
	return out
}

func (e evidence) paperDifferences() (out []string) {
	seen := map[id.Code]int{}
	for _, c := range e.papers {
		seen[c]++
	}
	for v, code := range e.box.opened {
		n := seen[code]
		delete(seen, code)
		if e.box.issued[v] > 0 && n == 0 {
			out = append(out, fmt.Sprintf("visit %s is issued and has no paper", v))
		}
		if n > 1+e.box.reprint[v] {
			out = append(out, fmt.Sprintf("visit %s has %d papers and %d reprints were asked for: printed twice", v, n, e.box.reprint[v]))
		}
	}
	for code := range seen {
		out = append(out, fmt.Sprintf("a paper carries %s, which no record knows", code))
	}
	return out
}

func (e evidence) chainDifferences() (out []string) {
	if e.boxFault != nil {
		out = append(out, "the box's chain: "+e.boxFault.Error())
	}
	if e.hqFault != nil {
		out = append(out, "headquarters' chain: "+e.hqFault.Error())
	}
	for i := range max(len(e.box.hashes), len(e.hq)) {
		switch {
		case i >= len(e.hq):
			return append(out, fmt.Sprintf("headquarters lacks records %d to %d", i+1, len(e.box.hashes)))
		case i >= len(e.box.hashes):
			return append(out, fmt.Sprintf("headquarters has records %d to %d, which the box has not", i+1, len(e.hq)))
		case e.hq[i] != e.box.hashes[i]:
			return append(out, fmt.Sprintf("record %d differs between box and headquarters", i+1))
		}
	}
	return out
}

// print writes the report and reports whether the day was good.
func (e evidence) print(w io.Writer) bool {
	reprints, issued := 0, 0
	for _, n := range e.box.reprint {
		reprints += n
	}
	for _, n := range e.box.issued {
		issued += n
	}
	twice := 0
	for _, n := range e.box.tokens {
		twice += n - 1
	}
	lost := 0
	for v := range e.asked {
		if e.box.opened[v] == "" {
			lost++
		}
	}
	fmt.Fprintf(w, `
asked at the kiosks            %6d   numbers shown, of %d visits; %d presses lost their answer when the box was killed
recorded                       %6d   numbers given
paper confirmed                %6d   of them
printed                        %6d   papers read back; %d marked reprints were asked for, %d scraps torn off
served                         %6d   visits through all their stops
records of the box             %6d
records at headquarters        %6d
numbers given twice            %6d
lost                           %6d
box killed, headquarters restarted  %d, %d
`, len(e.asked), e.visits, e.unsure, len(e.box.opened), issued, len(e.papers), reprints, e.torn, len(e.box.done),
		len(e.box.hashes), len(e.hq), twice, lost, e.kills, e.restarts)
	fmt.Fprintf(w, "chain verified                 box %s, headquarters %s\n", sound(e.boxFault), sound(e.hqFault))
	differences := e.differences()
	for _, d := range differences {
		fmt.Fprintln(w, "DIFFERENCE:", d)
	}
	if len(differences) == 0 {
		fmt.Fprintln(w, "no differences")
	}
	return len(differences) == 0
}

func sound(err error) string {
	if err != nil {
		return "BROKEN"
	}
	return "yes"
}
