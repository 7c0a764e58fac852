package block

import "encoding/binary"

// The major types of CBOR, as the first three bits of an item have them.
const (
	majorNumber   = 0 << 5
	majorNegative = 1 << 5
	majorText     = 3 << 5
	majorMap      = 5 << 5
)

// appendHead writes the first bytes of an item, in the shortest form.
func appendHead(b []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(b, major|byte(n))
	case n < 1<<8:
		return append(b, major|24, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, major|25), uint16(n))
	case n < 1<<32:
		return binary.BigEndian.AppendUint32(append(b, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, major|27), n)
}

func appendSigned(b []byte, n int64) []byte {
	if n < 0 {
		return appendHead(b, majorNegative, uint64(-1-n))
	}
	return appendHead(b, majorNumber, uint64(n))
}

func appendText[T ~string | ~[]byte](b []byte, text T) []byte {
	return append(appendHead(b, majorText, uint64(len(text))), text...)
}

// head reads the first bytes of an item that is well-formed and of definite length.
func head(b []byte) (major byte, n uint64, size int) {
	major, low := b[0]&0xe0, b[0]&31
	switch low {
	case 24:
		return major, uint64(b[1]), 2
	case 25:
		return major, uint64(binary.BigEndian.Uint16(b[1:])), 3
	case 26:
		return major, uint64(binary.BigEndian.Uint32(b[1:])), 5
	case 27:
		return major, binary.BigEndian.Uint64(b[1:]), 9
	}
	return major, uint64(low), 1
}

// headBytes is the shortest form's length.
func headBytes(n uint64) int {
	switch {
	case n < 24:
		return 1
	case n < 1<<8:
		return 2
	case n < 1<<16:
		return 3
	case n < 1<<32:
		return 5
	}
	return 9
}

// itemBytes is the length of the first item of well-formed bytes.
func itemBytes(b []byte) int {
	left, at := uint64(1), 0
	for ; left > 0; left-- {
		major, n, size := head(b[at:])
		at += size
		switch major {
		case 2 << 5, majorText:
			at += int(n)
		case 4 << 5:
			left += n
		case majorMap:
			left += 2 * n
		}
	}
	return at
}

func zigzag(n int64) uint64   { return uint64(n<<1) ^ uint64(n>>63) }
func unzigzag(n uint64) int64 { return int64(n>>1) ^ -int64(n&1) }
