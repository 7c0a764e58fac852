package seek

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// streamHeadBytes is enough to see how a stream begins.
const streamHeadBytes = 4

// kinds are the streams that are unpacked, by how they begin.
var kinds = []struct {
	name string
	head []byte
	open func(io.Reader) (io.Reader, func(), error)
}{
	{"gzip", []byte{0x1f, 0x8b, 8}, openGzip},
	{"zstd", []byte{0x28, 0xb5, 0x2f, 0xfd}, openZstd},
	{"zlib", []byte{0x78, 0x9c}, openZlib},
	{"zlib", []byte{0x78, 0x01}, openZlib},
	{"zlib", []byte{0x78, 0xda}, openZlib},
}

func openGzip(r io.Reader) (io.Reader, func(), error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, nil, err
	}
	z.Multistream(false)
	return z, func() {}, nil
}

func openZlib(r io.Reader) (io.Reader, func(), error) {
	z, err := zlib.NewReader(r)
	return z, func() {}, err
}

func openZstd(r io.Reader) (io.Reader, func(), error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(streamBytesMax), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, nil, err
	}
	return z, z.Close, nil
}

// unpack looks into each stream that begins in a window. What of a stream lies behind the window is unpacked when a source
// can be read there: from a file or from memory.
func (s *Seeker) unpack(source string, window []byte, r io.Reader, at int64, depth int) {
	behind, _ := r.(io.ReaderAt)
	for _, k := range kinds {
		for i := 0; ; i++ {
			n := bytes.Index(window[i:], k.head)
			if n < 0 {
				break
			}
			i += n
			if s.streams++; s.streams > streamsMax {
				return
			}
			s.inside(fmt.Sprintf("%s > %s at %d", source, k.name, at+int64(i)), k.open, s.from(window[i:], behind, at+int64(i)), depth)
		}
	}
}

func (s *Seeker) from(window []byte, behind io.ReaderAt, at int64) io.Reader {
	if behind != nil {
		return io.NewSectionReader(behind, at, s.stream)
	}
	return bytes.NewReader(window)
}

// inside looks as far as a stream unpacks: one that a power cut or another file cut short holds what came before.
func (s *Seeker) inside(source string, open func(io.Reader) (io.Reader, func(), error), r io.Reader, depth int) {
	z, done, err := open(r)
	if err != nil {
		return
	}
	defer done()
	var out bytes.Buffer
	_, _ = io.Copy(&out, io.LimitReader(z, s.stream))
	if out.Len() > 0 {
		_ = s.scan(source, bytes.NewReader(out.Bytes()), depth+1) // memory gives no error
	}
}
