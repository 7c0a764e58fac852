package zfm

import (
	"encoding/binary"
	"fmt"
)

// Command codes. Up to 0f, 12 to 15, 1d and 1f are in the ZFM-20 user manual and common to all modules; of
// the others a module is asked once whether it knows them.
const (
	cmdGenImg     = 0x01
	cmdImg2Tz     = 0x02
	cmdMatch      = 0x03
	cmdSearch     = 0x04
	cmdRegModel   = 0x05
	cmdStore      = 0x06
	cmdLoadChar   = 0x07
	cmdUpChar     = 0x08
	cmdDownChar   = 0x09
	cmdUpImage    = 0x0a
	cmdDownImage  = 0x0b
	cmdDelete     = 0x0c
	cmdEmpty      = 0x0d
	cmdSetSysPara = 0x0e
	cmdReadPara   = 0x0f
	cmdSetPwd     = 0x12
	cmdVfyPwd     = 0x13
	cmdRandom     = 0x14
	cmdSetAddr    = 0x15
	cmdReadInf    = 0x16 // R30x
	cmdWriteNote  = 0x18 // R30x, ZFM-70
	cmdReadNote   = 0x19 // R30x, ZFM-70
	cmdFastSearch = 0x1b // R30x
	cmdCount      = 0x1d
	cmdIndex      = 0x1f
	cmdAura       = 0x35 // R503
	cmdCheck      = 0x36 // R503
	cmdHandShake  = 0x40 // R503
	cmdLightOn    = 0x50 // ZFM-70
	cmdLightOff   = 0x51 // ZFM-70
	cmdGenDark    = 0x52 // ZFM-70: GenImg without its light
	cmdEcho       = 0x53 // ZFM-70
)

// Numbers of SetSysPara.
const (
	paraBaud     = 4
	paraSecurity = 5
	paraPacket   = 6
)

// command is what only the host sends.
type command []byte

// name is for errors and logs; it never holds parameters, which may be a password.
func (c command) name() string {
	if n, ok := commandNames()[c[0]]; ok {
		return n
	}
	return fmt.Sprintf("command %02x", c[0])
}

func commandNames() map[byte]string {
	return map[byte]string{
		cmdGenImg: "take a picture", cmdImg2Tz: "find features", cmdMatch: "match", cmdSearch: "search the library",
		cmdRegModel: "merge two pictures", cmdStore: "store a template", cmdLoadChar: "load a template",
		cmdUpChar: "send a template", cmdDownChar: "receive a template", cmdUpImage: "send the picture",
		cmdDownImage: "receive a picture", cmdDelete: "delete templates", cmdEmpty: "empty the library",
		cmdSetSysPara: "set a parameter", cmdReadPara: "read the parameters", cmdSetPwd: "set the password",
		cmdVfyPwd: "verify the password", cmdRandom: "make a random number", cmdSetAddr: "set the address",
		cmdReadInf: "read the information page", cmdWriteNote: "write the notepad", cmdReadNote: "read the notepad",
		cmdFastSearch: "search the library fast", cmdCount: "count templates", cmdIndex: "read the index",
		cmdAura: "light the ring", cmdCheck: "check the sensor", cmdHandShake: "shake hands", cmdLightOn: "switch the light on",
		cmdLightOff: "switch the light off", cmdGenDark: "take a picture without light", cmdEcho: "echo",
	}
}

// answerBytes is how long the whole content of a good answer to each command is, the code included. A longer or shorter
// one answers something else: packets carry no number.
func answerBytes(c byte) int {
	switch c {
	case cmdMatch, cmdCount:
		return 3
	case cmdSearch, cmdFastSearch, cmdRandom:
		return 5
	case cmdReadPara:
		return 1 + parameterBytes
	case cmdReadNote, cmdIndex:
		return 1 + noteBytes
	}
	return 1
}

func buffered(code, buffer byte) command { return command{code, buffer} }

func paged(code, buffer byte, page int) command {
	return binary.BigEndian.AppendUint16(command{code, buffer}, uint16(page))
}

func searching(code, buffer byte, start, count int) command {
	return binary.BigEndian.AppendUint16(paged(code, buffer, start), uint16(count))
}

func deleting(page, count int) command {
	return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(command{cmdDelete}, uint16(page)), uint16(count))
}

func worded(code byte, word uint32) command {
	return binary.BigEndian.AppendUint32(command{code}, word)
}

// Parameters is what a module says of its settings.
// Source: ZFM-20 user manual, ReadSysPara; eight words of two bytes.
type Parameters struct {
	Status      Status
	System      uint16 // 0000; R30x 0009
	Library     int    // templates it holds
	Security    int    // 1 to 5
	Address     uint32
	PacketBytes int // data in a packet: 32, 64, 128 or 256
	Baud        int // bits a second
}

// Status is the module's status register.
type Status uint16

// Bits of the status register.
const (
	StatusBusy     Status = 1 << iota // works on a command
	StatusPass                        // the last match passed
	StatusPassword                    // the password was verified
	StatusPicture                     // the picture buffer holds one
)

const baudUnit = 9600

// parseParameters reads what stands behind the code of an answer to ReadSysPara.
func parseParameters(b []byte) (Parameters, error) {
	if len(b) != parameterBytes {
		return Parameters{}, fmt.Errorf("parameters of %d bytes, want %d", len(b), parameterBytes)
	}
	word := func(i int) int { return int(binary.BigEndian.Uint16(b[2*i:])) }
	p := Parameters{
		Status: Status(word(0)), System: uint16(word(1)), Library: word(2), Security: word(3),
		Address: binary.BigEndian.Uint32(b[8:]), Baud: word(7) * baudUnit,
	}
	size := word(6)
	if size > 3 || word(7) < 1 || word(7) > baudSteps {
		return Parameters{}, fmt.Errorf("packet size code %d or speed %d is none that a module has", size, word(7))
	}
	p.PacketBytes = packetBytesMin << size
	return p, nil
}

// bytes is the opposite of parseParameters.
func (p Parameters) bytes() []byte {
	b := make([]byte, 0, parameterBytes)
	for _, v := range []int{int(p.Status), int(p.System), p.Library, p.Security, int(p.Address >> 16), int(p.Address & 0xffff), packetCode(p.PacketBytes), p.Baud / baudUnit} {
		b = binary.BigEndian.AppendUint16(b, uint16(v))
	}
	return b
}

func packetCode(bytes int) (code int) {
	for packetBytesMin<<code < bytes {
		code++
	}
	return code
}

// widen makes a grey picture of one byte a pixel from what came over the line: four bits a pixel, the left one in the
// high half, or eight.
func widen(line []byte, pixels int) ([]byte, error) {
	switch len(line) {
	case pixels:
		return append([]byte(nil), line...), nil
	case pixels / 2:
		pix := make([]byte, 0, pixels)
		for _, b := range line {
			pix = append(pix, b>>4*17, b&15*17)
		}
		return pix, nil
	}
	return nil, fmt.Errorf("%w: %d bytes for %d pixels; check picture.width and picture.height in the profile", ErrPicture, len(line), pixels)
}

// narrow is the opposite of widen, in four bits.
func narrow(pix []byte) []byte {
	line := make([]byte, len(pix)/2)
	for i := range line {
		line[i] = pix[2*i]&0xf0 | pix[2*i+1]>>4
	}
	return line
}

// pages lists the set bits of one answer to ReadIndexTable.
func pages(table []byte, first int) (set []int) {
	for i, b := range table {
		for bit := range 8 {
			if b>>bit&1 != 0 {
				set = append(set, first+8*i+bit)
			}
		}
	}
	return set
}
