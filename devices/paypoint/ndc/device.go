package ndc

import (
	"bytes"
	"strconv"

	"markaz.example/devices/paypoint/terminal"
)

// Severity digits. Source: NDC reference, error severity.
const (
	warning = '2'
	suspend = '3' // and fatal, 4
)

// finding is what messages say of one terminal's parts.
type finding struct {
	says      map[terminal.Axis]terminal.Value
	cassettes []terminal.Cassette
}

func (f *finding) say(a terminal.Axis, v terminal.Value) {
	if v != terminal.Unknown {
		f.says[a] = v
	}
}

func (f *finding) cassette(n int, level terminal.Value) {
	if level != terminal.Unknown {
		f.cassettes = append(f.cassettes, terminal.Cassette{Number: n, Level: level, Count: -1})
	}
}

// status is a device's own message. Devices that no axis is about are heard and no more: clock A, depository F, night
// safe K, encryptor L, camera M, touch screen Q, display S, statement V, coin Y, voice a, barcode f, cheque q, note
// acceptor w, envelope.
func (f *finding) status(m Message) {
	switch m.Device {
	case 'B': // power came back, or the line: a restart
		f.says[terminal.Service] = terminal.Unknown
	case 'D':
		f.say(terminal.CardReader, cardReader(m))
	case 'E':
		f.say(terminal.Dispenser, health(m.Severity))
		f.supplies('E', m.Supplies, terminal.Unknown)
	case 'G', 'H':
		f.printer(m.Device, health(m.Severity), supply(at(m.Supplies, 0), terminal.Unknown))
	case 'P':
		f.sensors(m.Status)
	case 'R':
		f.say(terminal.Service, terminal.Supervisor)
	}
}

// cardReader: a card that could not be ejected blocks the slot, whatever the severity says.
func cardReader(m Message) terminal.Value {
	if worst(m.Severity) >= suspend || at(m.Status, 0) == '2' {
		return terminal.Fault
	}
	return terminal.OK
}

// health is what a severity means for a part; Unknown when there is none.
func health(severity []byte) terminal.Value {
	switch w := worst(severity); {
	case w == 0:
		return terminal.Unknown
	case w >= suspend:
		return terminal.Fault
	case w == warning:
		return terminal.Degraded
	}
	return terminal.OK
}

func worst(digits []byte) (w byte) {
	for i := range len(digits) {
		if c := digits[i]; c >= '0' && c <= '4' {
			w = max(w, c)
		}
	}
	return w
}

// supply is what a digit of supplies means. Zero is "no change" in a status and "not configured" in an answer.
func supply(digit byte, zero terminal.Value) terminal.Value {
	switch digit {
	case '0':
		return zero
	case '1':
		return terminal.OK
	case '2':
		return terminal.Low
	case '3':
		return terminal.Out
	case '4':
		return terminal.Fault // overfilled: nothing more gets through
	}
	return terminal.Unknown
}

func at(s []byte, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return 0
}

// supplies of a device. Cash handlers have five digits: the reject bin, then the cassettes.
func (f *finding) supplies(device byte, digits []byte, zero terminal.Value) {
	switch device {
	case 'E':
		for n := 1; n <= cassettes; n++ {
			f.cassette(n, supply(at(digits, n), zero))
		}
	case 'G', 'H':
		f.printer(device, terminal.Unknown, supply(at(digits, 0), zero))
	}
}

// printer joins what is said of the mechanism with what is said of the paper: paper that is out explains the rest.
func (f *finding) printer(device byte, mechanism, paper terminal.Value) {
	axis := terminal.Receipt
	if device == 'H' {
		axis = terminal.Journal
	}
	switch {
	case paper == terminal.Out:
		f.say(axis, paper)
	case mechanism == terminal.Fault:
		f.say(axis, mechanism)
	case paper != terminal.Unknown:
		f.say(axis, paper)
	}
}

// fitness of a device: a severity for each part.
func (f *finding) fitness(device byte, digits []byte) {
	switch device {
	case 'D':
		f.say(terminal.CardReader, soundOrNot(worst(digits)))
	case 'E':
		f.say(terminal.Dispenser, health(digits))
	case 'G', 'H':
		f.printer(device, health(digits), terminal.Unknown)
	}
}

func soundOrNot(severity byte) terminal.Value {
	switch {
	case severity == 0:
		return terminal.Unknown
	case severity >= suspend:
		return terminal.Fault
	}
	return terminal.OK
}

// sensors: 21 the supervisor has come, 20 gone. Where the machine goes from there it says itself.
func (f *finding) sensors(status []byte) {
	switch {
	case bytes.HasPrefix(status, []byte("21")):
		f.says[terminal.Service] = terminal.Supervisor
	case bytes.HasPrefix(status, []byte("20")):
		f.says[terminal.Service] = terminal.Unknown
	}
}

// state is the answer to a question of the host: configuration 1, counters 2, supplies I, fitness J.
func (f *finding) state(data [][]byte, levels terminal.Levels) {
	first := data[0]
	switch {
	case first[0] == '1' && len(data) >= 4:
		f.configuration(data[1], data[3])
	case first[0] == '2':
		f.counters(first[1:], levels)
	case bytes.HasPrefix(first, []byte("IA")):
		groups(first[2:], func(device byte, digits []byte) { f.supplies(device, digits, terminal.None) })
	case bytes.HasPrefix(first, []byte("JA")):
		groups(first[2:], f.fitness)
	}
}

func groups(s []byte, each func(device byte, digits []byte)) {
	for g := range bytes.SplitSeq(s, []byte{gs}) {
		if len(g) > 1 {
			each(g[0], g[1:])
		}
	}
}

// Places in the strings of a configuration.
const (
	placeCardReader = 3
	placeCash       = 4
	placeReceipt    = 6
	placeJournal    = 7
	placeCassettes  = 15
)

func (f *finding) configuration(fitness, supplies []byte) {
	f.say(terminal.CardReader, soundOrNot(at(fitness, placeCardReader)))
	f.say(terminal.Dispenser, health(one(fitness, placeCash)))
	f.printer('G', health(one(fitness, placeReceipt)), supply(at(supplies, placeReceipt), terminal.None))
	f.printer('H', health(one(fitness, placeJournal)), supply(at(supplies, placeJournal), terminal.None))
	for i := range cassettes {
		level := supply(at(supplies, placeCassettes+i), terminal.None)
		if level != terminal.None && health(one(fitness, placeCassettes+i)) == terminal.Fault {
			level = terminal.Fault
		}
		f.cassette(i+1, level)
	}
}

func one(s []byte, i int) []byte {
	if i < len(s) {
		return s[i : i+1]
	}
	return nil
}

// Counters: transaction number and count, then five digits for each cassette, what is in it first.
const (
	countersHead  = 4 + 7
	counterDigits = 5
)

// counters tells how many notes are in the cassettes. A count of nothing is not believed: a cassette that is not there
// has that too, and an empty one says so by its sensor.
func (f *finding) counters(s []byte, levels terminal.Levels) {
	for n := range cassettes {
		from := countersHead + n*counterDigits
		if len(s) < from+counterDigits {
			return
		}
		if count, err := strconv.ParseUint(string(s[from:from+counterDigits]), 10, 17); err == nil && count > 0 {
			f.cassettes = append(f.cassettes, terminal.Cassette{Number: n + 1, Level: levels.Of(int(count)), Count: int(count)})
		}
	}
}
