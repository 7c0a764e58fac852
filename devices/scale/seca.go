package scale

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
)

// Control 1 of a seca weight block, in the document's order from bit 7.
const secaStable, secaBattery, secaMinus, secaInvalid, secaWarm = 0x80, 0x40, 0x10, 0x04, 0x02

// splitSeca finds STX, hex pairs, ETX.
func splitSeca(buf []byte) (int, []byte) {
	start := bytes.IndexByte(buf, stx)
	if start < 0 {
		return len(buf), nil
	}
	if start > 0 {
		return start, nil
	}
	end := bytes.IndexByte(buf[:min(len(buf), secaBytesMax)], etx)
	switch {
	case end > 0:
		return end + 1, buf[:end+1]
	case len(buf) >= secaBytesMax:
		return 1, nil
	}
	return 0, nil
}

// secaDecoder needs to know what the display types of the model mean: decimals of a kilogram, by type. The document
// leaves their numbers open, so an unlisted one is refused by name and its meaning read off the display.
//
// Not tried on a device: the order of the digits (first is most significant), of the flags, and the check byte's start
// value of zero are as the document is best understood.
func secaDecoder(display map[string]int) func([]byte) (message, error) {
	return func(msg []byte) (message, error) {
		b, err := secaBytes(msg)
		if err != nil {
			return message{}, err
		}
		kind := strconv.FormatInt(int64(b[3]&0x0f), 16)
		decimals, known := display[kind]
		switch control := b[4]; {
		case control&secaInvalid != 0:
			return message{kind: kindReading, reading: Reading{Status: Busy, BatteryLow: control&secaBattery != 0}}, nil
		case !known:
			return message{}, fmt.Errorf("display type %s is not in the profile; compare with the scale's display and enter it: %w", kind, ErrUnit)
		}
		return secaWeight(b, decimals)
	}
}

// secaBytes takes off the frame and checks it: weight blocks of kinds A0 and A1 only.
func secaBytes(msg []byte) ([]byte, error) {
	body, framed := bytes.CutPrefix(msg, []byte{stx})
	body, ended := bytes.CutSuffix(body, []byte{etx})
	body = bytes.TrimSuffix(body, []byte("\r\n"))
	b := make([]byte, len(body)/2)
	if _, err := hex.Decode(b, body); err != nil || !framed || !ended || len(b) != 7 {
		return nil, noLine(msg)
	}
	if b[0] != 0xa0 && b[0] != 0xa1 || b[6] != 0 && b[6] != crc8(b[:6]) {
		return nil, noLine(msg)
	}
	return b, nil
}

func secaWeight(b []byte, decimals int) (message, error) {
	digits := hex.EncodeToString(b[1:4])[:5]
	number := digits[:5-decimals]
	if decimals > 0 {
		number += "." + digits[5-decimals:]
	}
	control := b[4]
	if control&secaMinus != 0 {
		number = "-" + number
	}
	status := OK
	if control&secaStable == 0 {
		status = Moving
	}
	r, err := weighed(number, string(Kilogram), status)
	if err != nil {
		return message{}, err
	}
	r.BatteryLow = control&secaBattery != 0
	return message{kind: kindReading, reading: r}, nil
}

// crc8 is the remainder by x8 + x2 + x + 1.
func crc8(b []byte) (sum byte) {
	for _, c := range b {
		sum ^= c
		for range 8 {
			carry := sum&0x80 != 0
			sum <<= 1
			if carry {
				sum ^= 0x07
			}
		}
	}
	return sum
}
