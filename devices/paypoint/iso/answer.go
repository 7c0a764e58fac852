package iso

import "markaz.example/devices/paypoint/terminal"

// what a message is about, by the second digit of its type.
type class byte

const (
	money     class = '2' // 0200 asks for money, 0220 tells of it
	reversal  class = '4'
	reconcile class = '5'
	network   class = '8'
)

// kind is a request's class, and whether it tells of what is done rather than asks.
type kind struct {
	class  class
	advice bool
}

// kindOf is false for a message that is no request: an answer, or something nobody here knows. The last digit is odd
// when a message is repeated.
func kindOf(mti string) (kind, bool) {
	k := kind{class(mti[1]), mti[2] == '2'}
	switch k.class {
	case money, reversal, reconcile, network:
		return k, mti[2] == '0' || k.advice
	}
	return k, false
}

// answerType is the type of the answer: 0800 -> 0810, 0221 -> 0230, 1804 -> 1814.
func answerType(mti string) string {
	b := []byte(mti)
	b[2]++
	b[3] -= (b[3] - '0') % 2
	return string(b)
}

// verdict is an answer's field 39, in the words of both editions. Source: ISO 8583:1987 table A.7; 1993, annex A.
type verdict struct{ y87, y93 string }

var (
	approved     = verdict{"00", "000"}
	networkDone  = verdict{"00", "800"}
	balanced     = verdict{"00", "500"}
	invalid      = verdict{"12", "902"}
	notPermitted = verdict{"58", "120"}
)

func (v verdict) in(mti string) string {
	if mti[0] == '1' {
		return v.y93
	}
	return v.y87
}

// done is how a request that is the box's business ends. Sums of a reconciliation are not the box's to judge; the
// answer says that they have arrived.
func (k kind) done() verdict {
	switch k.class {
	case network:
		return networkDone
	case reconcile:
		return balanced
	}
	return approved
}

// repeated are the fields that an answer bears as the request did.
var repeated = []int{3, 4, 7, 11, 12, 13, 24, 37, 41, 70}

func answer(m Message, v verdict) Message {
	out := Message{MTI: answerType(m.MTI), Fields: map[int]string{39: v.in(m.MTI)}}
	for _, n := range repeated {
		if s, ok := m.Fields[n]; ok {
			out.Fields[n] = s
		}
	}
	return out
}

// says is what a request tells of its terminal beside that it is there. Signing on and off are fields 70 (001, 002), 24
// (801, 802) in 1993, or 3 (920000). A payment that was made shows that service and card reader work.
func says(k kind, m Message) map[terminal.Axis]terminal.Value {
	out := map[terminal.Axis]terminal.Value{terminal.Link: terminal.Online}
	switch {
	case k.class == money && paid(m):
		out[terminal.Service], out[terminal.CardReader] = terminal.InService, terminal.OK
	case k.class != network:
	case m.Fields[70] == "001", m.MTI[0] == '1' && m.Fields[24] == "801", m.Fields[3] == "920000":
		out[terminal.Service] = terminal.InService
	case m.Fields[70] == "002", m.MTI[0] == '1' && m.Fields[24] == "802":
		out[terminal.Service] = terminal.OutOfService
	}
	return out
}

// paid says that an advice tells of a payment that was approved.
func paid(m Message) bool {
	return m.Fields[39] == approved.in(m.MTI) || m.Fields[39] == "" && m.Fields[38] != ""
}
