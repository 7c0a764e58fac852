package scale

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"markaz.example/devices/profile"
)

// shown is what a simulated scale says at one moment, in its display's unit.
type shown struct {
	look
	unit     Unit
	decimals int
	battery  bool
}

// number is the display's digits, with sign and point.
func (v shown) number() string {
	n := v.grams
	switch v.unit {
	case Kilogram:
		n = roundTo(n, tens(3-v.decimals)) / tens(3-v.decimals)
	case Pound:
		n = roundTo(n*tens(5+v.decimals), ratios[Pound].num) / ratios[Pound].num
	}
	digits := fmt.Sprintf("%0*d", v.decimals+1, magnitude(n))
	if v.decimals > 0 {
		digits = digits[:len(digits)-v.decimals] + "." + digits[len(digits)-v.decimals:]
	}
	if n < 0 {
		return "-" + digits
	}
	return digits
}

func tens(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// encode writes one weight as a scale of the protocol sends it.
func encode(protocol string, v shown) []byte {
	switch protocol {
	case profile.ScaleAnD:
		return []byte(encodeAnD(v))
	case profile.ScaleCAS22, profile.ScaleCAS18:
		return encodeCAS(protocol, v)
	case profile.ScaleCASEnq:
		return encodeCASBlock(v)
	case profile.ScaleTanita:
		return []byte(fmt.Sprintf("{0,16,~0,1,MO,\"BD-815\",Wg,%d\r\n", v.grams))
	case profile.ScaleRiceLake:
		return []byte(fmt.Sprintf("%9s %-2s GROSS \r\n", v.number(), v.unit))
	case profile.ScaleSeca:
		return encodeSeca(v)
	}
	return []byte(encodeSICS(v))
}

func encodeSICS(v shown) string {
	switch v.status {
	case Overload:
		return "S +\r\n"
	case Underload:
		return "S -\r\n"
	case Busy:
		return "S I\r\n"
	}
	state := "S"
	if v.status == Moving {
		state = "D"
	}
	return fmt.Sprintf("S %s %10s %s\r\n", state, v.number(), v.unit)
}

// columns is a sign and zeros in front, so many characters in all.
func columns(number string, width int) string {
	sign := "+"
	if strings.HasPrefix(number, "-") {
		sign, number = "-", number[1:]
	}
	return sign + strings.Repeat("0", max(0, width-1-len(number))) + number
}

func encodeAnD(v shown) string {
	switch v.status {
	case Overload:
		return fmt.Sprintf("OL,+999999.9%3s\r\n", v.unit)
	case Underload:
		return fmt.Sprintf("OL,-999999.9%3s\r\n", v.unit)
	}
	header := "ST"
	if v.status != OK {
		header = "US"
	}
	return fmt.Sprintf("%s,%s%3s\r\n", header, columns(v.number(), 9), v.unit)
}

func encodeCAS(protocol string, v shown) []byte {
	header := map[Status]string{OK: "ST", Overload: "OL", Underload: "OL"}[v.status]
	if header == "" {
		header = "US"
	}
	number := v.number()
	if v.status == Underload {
		number = "-"
	}
	if protocol == profile.ScaleCAS18 {
		return []byte(fmt.Sprintf("%s,GS,%8s%2s\r\n", header, number, v.unit))
	}
	lamps := byte(lampValid)
	if v.status == OK {
		lamps |= lampStable
	}
	return append(append([]byte(header+",GS,1"), lamps), fmt.Sprintf(",%8s %2s\r\n", number, v.unit)...)
}

// encodeCASBlock has no word for an overload: such a scale calls it moving.
func encodeCASBlock(v shown) []byte {
	state := "U"
	if v.status == OK {
		state = "S"
	}
	number := columns(v.number(), 7)
	body := state + number[:1] + number[1:7] + fmt.Sprintf("%2s", v.unit)
	return append(append([]byte{soh, stx}, body...), xor([]byte(body)), etx, eot)
}

func encodeSeca(v shown) []byte {
	control := byte(0)
	for _, flag := range []struct {
		set bool
		bit byte
	}{{v.status == OK, secaStable}, {v.battery, secaBattery}, {v.grams < 0, secaMinus}, {!v.status.weighs(), secaInvalid}} {
		if flag.set {
			control |= flag.bit
		}
	}
	digits := strings.NewReplacer(".", "", "-", "").Replace(v.number())
	digits = strings.Repeat("0", max(0, 5-len(digits))) + digits
	packed, _ := hex.DecodeString("a0" + digits[:5] + strconv.Itoa(v.decimals))
	packed = append(packed, control, 0)
	packed = append(packed, crc8(packed))
	return append(append([]byte{stx}, strings.ToUpper(hex.EncodeToString(packed))...), "\r\n\x03"...)
}
