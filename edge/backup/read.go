package backup

import (
	"archive/tar"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strings"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// Reader reads a backup that was opened. Nothing of it is to be used before Next reported io.EOF.
type Reader struct {
	file     *os.File
	small    *zstd.Decoder
	unpacked *unpacked
}

// Open opens a backup with the first key that fits. It reports ErrMalformed, ErrDamaged and ErrNotOurs.
func Open(path string, keys ...Identity) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := open(f, keys)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return r, nil
}

func open(f *os.File, keys []Identity) (*Reader, error) {
	p, err := ReadPreface(f)
	if err != nil {
		return nil, err
	}
	if err := whole(f, p); err != nil {
		return nil, err
	}
	plain, err := unseal(io.LimitReader(f, p.Bytes), keys)
	if err != nil {
		return nil, err
	}
	small, err := zstd.NewReader(plain, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(decoderBytesMax),
		zstd.WithDecoderMaxWindow(windowBytes), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	u, err := begin(io.LimitReader(small, unpackedBytesMax+overheadBytes))
	if err != nil {
		small.Close()
		return nil, err
	}
	return &Reader{f, small, u}, nil
}

// whole compares the size of a file with what its beginning says.
func whole(f *os.File, p Preface) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != prefaceBytes+p.Bytes {
		return fmt.Errorf("%w: it has %d bytes, and says %d", ErrDamaged, info.Size(), prefaceBytes+p.Bytes)
	}
	return nil
}

func unseal(r io.Reader, keys []Identity) (io.Reader, error) {
	var identities []age.Identity
	for _, k := range keys {
		identities = append(identities, k.key)
	}
	if len(identities) == 0 {
		return nil, ErrNotOurs
	}
	plain, err := age.Decrypt(r, identities...)
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return nil, ErrNotOurs
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return plain, nil
}

// Manifest says what the backup is. It is believed once Next reported io.EOF.
func (r *Reader) Manifest() Manifest { return r.unpacked.manifest }

// Next passes over what was not read of the file before, and gives the next. It reports io.EOF behind the last one, when
// all sums and the signature are right; else ErrDamaged, ErrMalformed or ErrForged.
func (r *Reader) Next() (File, io.Reader, error) { return r.unpacked.next() }

// Close lets go of the file.
func (r *Reader) Close() error {
	r.small.Close()
	return r.file.Close()
}

// unpacked is what a backup holds, behind its seal.
type unpacked struct {
	from     io.Reader
	tar      *tar.Reader
	manifest Manifest
	given    int       // of the manifest's files
	reading  io.Reader // of the newest; nil before the first
	name     string    // of the newest
	sum      hash.Hash // of the newest
	sums     strings.Builder
}

// begin reads the manifest. It reports ErrMalformed or ErrDamaged.
func begin(r io.Reader) (*unpacked, error) {
	u := &unpacked{from: r, tar: tar.NewReader(r)}
	if err := u.member(manifestName, -1); err != nil {
		return nil, err
	}
	b, err := u.small()
	if err != nil {
		return nil, err
	}
	u.manifest, err = decodeManifest(b)
	return u, err
}

// member goes to the next member, which must have this name, and this size unless that is negative.
func (u *unpacked) member(name string, size int64) error {
	if err := u.finish(); err != nil {
		return err
	}
	h, err := u.tar.Next()
	if err != nil {
		return fmt.Errorf("%w: it ends before %s: %v", ErrDamaged, name, err)
	}
	if h.Name != name || h.Typeflag != tar.TypeReg || size >= 0 && h.Size != size {
		return fmt.Errorf("%w: %q of %d bytes stands where %s belongs", ErrMalformed, h.Name, h.Size, name)
	}
	u.name, u.sum = name, sha256.New()
	u.reading = &damage{io.TeeReader(u.tar, u.sum)}
	return nil
}

// damage calls an error of reading by its name.
type damage struct{ io.Reader }

func (d *damage) Read(b []byte) (int, error) {
	n, err := d.Reader.Read(b)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return n, err
}

// finish reads the rest of the newest member and notes its sum.
func (u *unpacked) finish() error {
	if u.reading == nil {
		return nil
	}
	if _, err := io.Copy(io.Discard, u.reading); err != nil {
		return err
	}
	u.sums.WriteString(sumLine(u.name, u.sum))
	u.reading = nil
	return nil
}

// small is a member that is read into memory.
func (u *unpacked) small() ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(u.reading, headBytesMax+1))
	if err == nil && len(b) > headBytesMax {
		err = fmt.Errorf("%w: %s is longer than %d bytes", ErrMalformed, u.name, headBytesMax)
	}
	return b, err
}

func (u *unpacked) next() (File, io.Reader, error) {
	if u.given == len(u.manifest.Files) {
		if err := u.end(); err != nil {
			return File{}, nil, err
		}
		return File{}, nil, io.EOF
	}
	f := u.manifest.Files[u.given]
	if err := u.member(f.Name, f.Bytes); err != nil {
		return File{}, nil, err
	}
	u.given++
	return f, u.reading, nil
}

// end compares the sums, checks who signed them, and that nothing follows.
func (u *unpacked) end() error {
	if err := u.member(sumsName, -1); err != nil {
		return err
	}
	want := u.sums.String()
	sums, err := u.small()
	if err != nil {
		return err
	}
	if string(sums) != want {
		return fmt.Errorf("%w: its files have other sums than it says", ErrDamaged)
	}
	if err := u.member(signatureName, -1); err != nil {
		return err
	}
	signature, err := u.small()
	if err != nil {
		return err
	}
	raw, err := hex.DecodeString(strings.TrimSuffix(string(signature), "\n"))
	if err != nil || !ed25519.Verify(ed25519.PublicKey(u.manifest.Key), signed(sums), raw) {
		return ErrForged
	}
	return u.over()
}

// over holds that nothing follows, and that the seal has its end.
func (u *unpacked) over() error {
	if _, err := u.tar.Next(); err != io.EOF {
		return fmt.Errorf("%w: something follows its end", ErrMalformed)
	}
	if n, err := io.Copy(io.Discard, u.from); err != nil || n > 0 {
		return fmt.Errorf("%w: %d bytes follow its end: %v", ErrDamaged, n, err)
	}
	return nil
}
