package scale

import (
	"bytes"
	"fmt"
	"strings"
)

// The lamp byte of a 22-byte line. Bit 7 is always set in 8-bit frames; without it the byte says nothing.
const lampValid, lampStable = 0x80, 0x40

// Control bytes of the handshake's block.
const soh, stx, etx, eot = 0x01, 0x02, 0x03, 0x04

// decodeCAS22 reads "ST,GS,", device, lamps, comma, eight columns of number, blank, unit of two.
func decodeCAS22(line []byte) (message, error) {
	if len(line) == 8 || len(line) == 16 {
		return message{}, casShort(line)
	}
	if len(line) != 20 || line[8] != ',' || line[17] != ' ' {
		return message{}, noLine(line)
	}
	m, err := casWeight(line, string(line[9:17]), string(line[18:20]))
	if lamps := line[7]; err == nil && lamps&lampValid != 0 && lamps&lampStable == 0 && m.reading.Stable {
		m.reading.Stable, m.reading.Status = false, Moving // header and lamps disagree: believe the worse
	}
	return m, err
}

// decodeCAS18 reads "ST,GS,", eight columns of number, unit of two.
func decodeCAS18(line []byte) (message, error) {
	if len(line) == 8 {
		return message{}, casShort(line)
	}
	if len(line) != 16 {
		return message{}, noLine(line)
	}
	return casWeight(line, string(line[6:14]), string(line[14:16]))
}

// casShort tells a scale that is set to another output format of its own from noise.
func casShort(line []byte) error {
	if _, err := parseDecimal(signed(string(line))); err == nil {
		return fmt.Errorf("%q: %w", line, ErrBare)
	}
	return noLine(line)
}

func casWeight(line []byte, number, unit string) (message, error) {
	status, known := map[string]Status{"ST,": OK, "US,": Moving, "OL,": Overload}[string(line[:3])]
	if kind := string(line[3:6]); !known || kind != "GS," && kind != "NT," {
		return message{}, noLine(line)
	}
	number = signed(number)
	if status == Overload && strings.HasPrefix(number, "-") {
		status = Underload
	}
	r, err := weighed(number, strings.Trim(unit, " "), status)
	if err != nil {
		return message{}, fmt.Errorf("%q: %w", line, err)
	}
	return message{kind: kindReading, reading: r}, nil
}

func beginsCAS(b []byte) bool {
	return agrees(b, "ST,") || agrees(b, "US,") || agrees(b, "OL,")
}

// splitCASBlock finds the acknowledgement that asks for DC1, or a block. Its check byte may be any byte at all, so a
// block is found by its length.
func splitCASBlock(buf []byte) (int, []byte) {
	start := bytes.IndexAny(buf, "\x01\x06")
	switch {
	case start < 0:
		return len(buf), nil
	case start > 0:
		return start, nil
	case buf[0] == ack:
		return 1, buf[:1]
	case len(buf) < casBlockBytes:
		return 0, nil
	case buf[1] != stx || buf[casBlockBytes-2] != etx || buf[casBlockBytes-1] != eot:
		return 1, nil
	}
	return casBlockBytes, buf[:casBlockBytes]
}

// decodeCASBlock reads state, sign, six columns of number, unit of two, and their exclusive or.
func decodeCASBlock(msg []byte) (message, error) {
	if len(msg) == 1 && msg[0] == ack {
		return message{kind: kindReady}, nil
	}
	if len(msg) != casBlockBytes || msg[0] != soh || msg[1] != stx || xor(msg[2:12]) != msg[12] {
		return message{}, noLine(msg)
	}
	status, known := map[byte]Status{'S': OK, 'U': Moving}[msg[2]]
	if !known {
		return message{}, noLine(msg)
	}
	r, err := weighed(signed(string(msg[3:4])+strings.Trim(string(msg[4:10]), " ")), strings.Trim(string(msg[10:12]), " "), status)
	if err != nil {
		return message{}, fmt.Errorf("%q: %w", msg, err)
	}
	return message{kind: kindReading, reading: r}, nil
}

func beginsCASBlock(b []byte) bool { return len(b) > 1 && b[0] == soh && b[1] == stx }

func xor(b []byte) (sum byte) {
	for _, c := range b {
		sum ^= c
	}
	return sum
}
