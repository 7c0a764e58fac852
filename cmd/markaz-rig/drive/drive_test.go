package drive

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, sectors int) (*Drive, string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "platter")
	if err := os.WriteFile(name, make([]byte, sectors*sector), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, name
}

// Of each sector a cut leaves what was flushed last, or something newer; a read sees the newest.
func TestCutKeepsWhatWasFlushed(t *testing.T) {
	const sectors = 8
	d, name := open(t, sectors)
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		platter := must(os.ReadFile(name))
		var newest, since [sectors][]byte // the newest, and all that a cut may leave
		for i := range newest {
			newest[i] = platter[i*sector : i*sector+1]
			since[i] = append([]byte(nil), newest[i]...)
		}
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			at, value := rapid.IntRange(0, sectors-1).Draw(t, "at"), rapid.Byte().Draw(t, "value")
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				check(t, d.flush())
				for i := range since {
					since[i] = append([]byte(nil), newest[i]...)
				}
			case 1:
				check(t, d.write(int64(at)*sector, bytes.Repeat([]byte{value}, sector), true))
				newest[at], since[at] = []byte{value}, []byte{value}
			default:
				check(t, d.write(int64(at)*sector, bytes.Repeat([]byte{value}, sector), false))
				newest[at], since[at] = []byte{value}, append(since[at], value)
			}
		}
		for i := range newest {
			if got := must(d.read(int64(i)*sector, sector)); got[0] != newest[i][0] || got[sector-1] != newest[i][0] {
				t.Fatalf("sector %d reads %d, want %d", i, got[0], newest[i][0])
			}
		}
		check(t, d.Cut(random))
		for i := range since {
			got := must(d.read(int64(i)*sector, sector))
			if !bytes.Contains(since[i], got[:1]) || got[0] != got[sector-1] {
				t.Fatalf("sector %d is %d after the cut, may be one of %v", i, got[0], since[i])
			}
		}
	})
}

// The control: the same rule must be seen broken on a drive that lies.
func TestALyingDriveForgets(t *testing.T) {
	d, name := open(t, 4)
	d.Lying = true
	random := rand.New(rand.NewPCG(1, 1))
	for i := range 50 {
		b := bytes.Repeat([]byte{byte(i + 1)}, sector)
		check(t, d.write(0, b, true))
		check(t, d.flush())
		check(t, d.Cut(random))
		if !bytes.Equal(must(os.ReadFile(name))[:sector], b) {
			return
		}
	}
	t.Error("50 flushed writes, and a drive that lies forgot none")
}

// A client in bytes of the protocol's document, not in words of this package.
func TestServe(t *testing.T) {
	d, _ := open(t, 4)
	l := must(net.Listen("unix", filepath.Join(t.TempDir(), "nbd")))
	defer l.Close()
	served := make(chan error, 1)
	go func() { served <- d.Serve(l) }()
	c := must((&net.Dialer{}).DialContext(context.Background(), "unix", l.Addr().String()))
	hello := receive(t, c, 18)
	if string(hello[:16]) != "NBDMAGICIHAVEOPT" {
		t.Fatalf("hello %q", hello)
	}
	send(t, c, []byte{0, 0, 0, 3})
	send(t, c, append([]byte("IHAVEOPT"), 0, 0, 0, 8, 0, 0, 0, 0)) // structured replies: not known
	if b := receive(t, c, 20); b[12] != 0x80 {
		t.Fatalf("an unknown option: %x", b)
	}
	send(t, c, append([]byte("IHAVEOPT"), 0, 0, 0, 7, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0)) // go
	if b := receive(t, c, 20+12+20); binary.BigEndian.Uint64(b[22:]) != 4*sector {
		t.Fatalf("export: %x", b)
	}
	ask := func(flags, command uint16, off uint64, n uint32, data []byte) (code uint32) {
		b := binary.BigEndian.AppendUint32(nil, 0x25609513)
		b = binary.BigEndian.AppendUint16(b, flags)
		b = binary.BigEndian.AppendUint16(b, command)
		b = append(b, "cookie.."...)
		b = binary.BigEndian.AppendUint64(b, off)
		send(t, c, append(binary.BigEndian.AppendUint32(b, n), data...))
		answer := receive(t, c, 16)
		if string(answer[8:]) != "cookie.." {
			t.Fatalf("answer %x", answer)
		}
		return binary.BigEndian.Uint32(answer[4:])
	}
	one := bytes.Repeat([]byte{7}, sector)
	for _, step := range []struct {
		flags, command uint16
		off            uint64
		data           []byte
		want           uint32
	}{
		{0, 1, 512, one, 0}, {1, 1, 0, one, 0}, {0, 3, 0, nil, 0}, {0, 1, 4 * 512, one, 22}, {0, 1, 1<<64 - 512, one, 22}, {0, 9, 0, nil, 22},
	} {
		if got := ask(step.flags, step.command, step.off, uint32(len(step.data)), step.data); got != step.want {
			t.Errorf("%+v: code %d", step, got)
		}
	}
	if code := ask(0, 0, 512, 512, nil); code != 0 || !bytes.Equal(receive(t, c, 512), one) {
		t.Errorf("read: code %d", code)
	}
	gone := d.Arm(2)
	ask(0, 3, 0, 0, nil)
	select {
	case <-gone:
		t.Error("the power went at the first flush, not at the second")
	default:
	}
	send(t, c, append(binary.BigEndian.AppendUint32(nil, 0x25609513), "\x00\x00\x00\x03cookie..\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"...))
	<-gone
	c.Close()
	check(t, <-served)
	if s := d.Stats(); s.Writes != 2 || s.Flushes != 2 {
		t.Errorf("counted %+v", s)
	}
}

// Whatever a client sends, it is answered or sent away.
func FuzzServe(f *testing.F) {
	f.Add([]byte("IHAVEOPT\x00\x00\x00\x07\x00\x00\x00\x00"))
	f.Add([]byte("\x25\x60\x95\x13\x00\x00\x00\x01cookie..\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, _ := open(t, 1)
		for _, answer := range []func(*conversation) error{
			func(c *conversation) error { _, err := d.option(c); return err },
			func(c *conversation) error { return d.answer(c) },
		} {
			c := &conversation{in: bytes.NewReader(b)}
			for range options {
				if answer(c) != nil {
					break
				}
			}
		}
	})
}

// conversation is a client whose words are known beforehand.
type conversation struct{ in *bytes.Reader }

func (c *conversation) Read(b []byte) (int, error)  { return c.in.Read(b) }
func (c *conversation) Write(b []byte) (int, error) { return len(b), nil }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func check(t interface{ Fatal(...any) }, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

func send(t *testing.T, c net.Conn, b []byte) {
	t.Helper()
	_, err := c.Write(b)
	check(t, err)
}

func receive(t *testing.T, c net.Conn, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	for at := 0; at < n; {
		got, err := c.Read(b[at:])
		check(t, err)
		at += got
	}
	return b
}
