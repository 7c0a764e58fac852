package pack

import (
	"encoding/binary"
	"fmt"
	"io"
)

// magic begins a pack's file and what is signed of it.
const magic = "markaz pack 1\n"

const signatureBytes = 64

// Encode gives a pack as a file. It reports ErrMalformed, ErrTooLarge or ErrContent.
func Encode(s Signed, content []byte) ([]byte, error) {
	m, err := s.Read()
	if err != nil {
		return nil, err
	}
	if len(s.Signature) != signatureBytes {
		return nil, fmt.Errorf("%w: signature of %d bytes", ErrMalformed, len(s.Signature))
	}
	if err := m.Fits(content); err != nil {
		return nil, err
	}
	b := append(make([]byte, 0, HeadBytesMax+len(content)), magic...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(s.Manifest)))
	return append(append(append(b, s.Manifest...), s.Signature...), content...), nil
}

// Decode reads a pack's file, whose signature it does not judge. It never takes more memory than the manifest announces.
// It reports ErrMalformed, ErrTooLarge, ErrField or ErrContent.
func Decode(r io.Reader) (Signed, Manifest, []byte, error) {
	s, err := readHead(r)
	if err != nil {
		return s, Manifest{}, nil, err
	}
	m, err := s.Read()
	if err != nil {
		return s, m, nil, err
	}
	content, err := io.ReadAll(io.LimitReader(r, int64(m.Size)+1))
	if err != nil {
		return s, m, nil, fmt.Errorf("read a pack: %w", err)
	}
	return s, m, content, m.Fits(content)
}

func readHead(r io.Reader) (s Signed, err error) {
	head := make([]byte, len(magic)+2)
	if _, err := io.ReadFull(r, head); err != nil || string(head[:len(magic)]) != magic {
		return s, fmt.Errorf("%w: it does not begin as one", ErrMalformed)
	}
	n := int(binary.BigEndian.Uint16(head[len(magic):]))
	if n > manifestBytesMax {
		return s, fmt.Errorf("%w: a manifest of %d bytes, limit %d", ErrTooLarge, n, manifestBytesMax)
	}
	rest := make([]byte, n+signatureBytes)
	if _, err := io.ReadFull(r, rest); err != nil {
		return s, fmt.Errorf("%w: it is cut short", ErrMalformed)
	}
	return Signed{Manifest: rest[:n], Signature: rest[n:]}, nil
}
