package backup

import (
	"archive/tar"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// The members of the archive that are not the box's files: what it is, first; what everything hashes to, and who says so,
// last.
const (
	manifestName  = "manifest.json"
	sumsName      = "SHA256SUMS" // as sha256sum writes and checks it
	signatureName = "SIGNATURE"  // Ed25519 over signed(sums), hexadecimal
)

const sumBytes = sha256.Size

// signed is the message of the signature.
func signed(sums []byte) []byte {
	sum := sha256.Sum256(sums)
	return append([]byte("markaz backup end 1\n"), sum[:]...)
}

// Source is a file on its way into a backup. Write gives exactly Bytes.
type Source struct {
	File
	Write func(io.Writer) error
}

// Bytes is a source that lies in memory.
func Bytes(name string, b []byte) Source {
	return Source{File{name, int64(len(b))}, func(w io.Writer) error { _, err := w.Write(b); return err }}
}

// Write seals sources to recipients, with a preface whose size and sum are left open: Save puts them in. The manifest's
// format, key and files are filled in. After an error what was written is no backup.
func Write(w io.Writer, m Manifest, key ed25519.PrivateKey, to []Recipient, from []Source) error {
	m.Format, m.Key, m.Files = Format, HexBytes(key.Public().(ed25519.PublicKey)), nil
	for _, s := range from {
		m.Files = append(m.Files, s.File)
	}
	if err := m.check(); err != nil {
		return fmt.Errorf("BUG: write a backup: %w", err)
	}
	if _, err := w.Write(m.open().encode()); err != nil {
		return err
	}
	p, err := newPacker(w, to, m.Made)
	if err != nil {
		return err
	}
	return p.pack(m, key, from)
}

// open is a preface that tells the most that will follow, and no sum.
func (m Manifest) open() Preface {
	p := Preface{Centre: m.Centre, Head: m.Head, Made: m.Made, Sum: strings.Repeat("0", 2*sumBytes), Bytes: overheadBytes}
	for _, f := range m.Files {
		p.Bytes = min(p.Bytes+f.Bytes, FileBytesMax)
	}
	return p
}

// packer writes members through tar, zstd and age.
type packer struct {
	tar    *tar.Writer
	layers []io.Closer // the inner before the outer
	made   time.Time
	sums   strings.Builder
}

func newPacker(w io.Writer, to []Recipient, made time.Time) (*packer, error) {
	var recipients []age.Recipient
	for _, r := range to {
		recipients = append(recipients, r.to)
	}
	sealed, err := age.Encrypt(w, recipients...)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	small, err := zstd.NewWriter(sealed, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(windowBytes),
		zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true)) // the other processor is the floor's
	if err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	t := tar.NewWriter(small)
	return &packer{tar: t, layers: []io.Closer{t, small, sealed}, made: made}, nil
}

func (p *packer) pack(m Manifest, key ed25519.PrivateKey, from []Source) error {
	head, err := m.encode()
	if err != nil {
		return fmt.Errorf("write a manifest: %w", err)
	}
	for _, s := range append([]Source{Bytes(manifestName, head)}, from...) {
		if err := p.member(s); err != nil {
			return fmt.Errorf("back up %s: %w", s.Name, err)
		}
	}
	sums := []byte(p.sums.String())
	signature := fmt.Appendf(nil, "%x\n", ed25519.Sign(key, signed(sums)))
	if err := errors.Join(p.member(Bytes(sumsName, sums)), p.member(Bytes(signatureName, signature))); err != nil {
		return err
	}
	for _, l := range p.layers {
		if err := l.Close(); err != nil {
			return err
		}
	}
	return nil
}

// member writes one file and notes its sum.
func (p *packer) member(s Source) error {
	head := tar.Header{Typeflag: tar.TypeReg, Name: s.Name, Size: s.Bytes, Mode: 0o600, ModTime: p.made.Truncate(time.Second)}
	if err := p.tar.WriteHeader(&head); err != nil {
		return err
	}
	sum := sha256.New()
	if err := s.Write(io.MultiWriter(p.tar, sum)); err != nil {
		return err
	}
	p.sums.WriteString(sumLine(s.Name, sum))
	return p.tar.Flush() // reports a file that gave fewer bytes than it said
}

func sumLine(name string, sum hash.Hash) string { return fmt.Sprintf("%x  %s\n", sum.Sum(nil), name) }
