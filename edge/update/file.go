package update

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
)

// magic begins an update's file and what is signed of it.
const magic = "markaz update 1\n"

const signatureBytes = ed25519.SignatureSize

// Encode gives an update as a file. It reports ErrContent when the package is another.
func Encode(s Signed, deb []byte) ([]byte, error) {
	m, err := s.read()
	if err != nil {
		return nil, err
	}
	if uint64(len(deb)) != m.Size || Digest(sha256.Sum256(deb)) != m.Digest {
		return nil, ErrContent
	}
	b := append(make([]byte, 0, headBytesMax+len(deb)), magic...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(s.Manifest)))
	return append(append(append(b, s.Manifest...), s.Signature...), deb...), nil
}

// Read reads an update's file and writes the package in it to w, a piece at a time. Nothing is written before the
// signature was found good; what was written is the package only when there is no error. It reports ErrMalformed,
// ErrTooLarge, ErrSignature, ErrField, ErrContent, or what reading and writing report.
func Read(r io.Reader, keys []ed25519.PublicKey, w io.Writer) (Manifest, error) {
	s, err := readHead(r)
	if err != nil {
		return Manifest{}, err
	}
	m, err := s.Open(keys)
	if err != nil {
		return m, err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(sum, w), io.LimitReader(r, int64(m.Size)))
	if err != nil {
		return m, fmt.Errorf("read an update: %w", err)
	}
	if uint64(n) != m.Size || Digest(sum.Sum(nil)) != m.Digest {
		return m, fmt.Errorf("%w: it is cut short or was changed", ErrContent)
	}
	if n, _ := r.Read(make([]byte, 1)); n > 0 {
		return m, fmt.Errorf("%w: something follows it", ErrContent)
	}
	return m, nil
}

// Check is Read of bytes, for whoever only wants to know.
func Check(file []byte, keys []ed25519.PublicKey) (Manifest, error) {
	return Read(bytes.NewReader(file), keys, io.Discard)
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
