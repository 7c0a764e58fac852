package usb_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
	"markaz.example/devices/usb/usbtest"
)

// The frames of FORMAT.md, as a program that is not ours would write them.
const (
	hello       = "mrkzusb\x01"
	openReads   = "\x00\x00\x00\x0d\x02\x00\x00\x00\x01\x02\x00\x00\x01\x05\xba\x00\x0a"
	openRaw     = "\x00\x00\x00\x09\x02\x00\x00\x00\x01\x02\x00\x00\x00"
	readForEver = "\x00\x00\x00\x0e\x04\x00\x00\x00\x07\x81\x00\x00\x00\x00\x00\x00\x00\x40"
)

// TestAConnectionThatBreaksTheRulesEnds, and the device that it had is free.
func TestAConnectionThatBreaksTheRulesEnds(t *testing.T) {
	many := ""
	for n := range 17 {
		many += strings.Replace(readForEver, "\x07", string(rune('a'+n)), 1)
	}
	for name, said := range map[string]struct{ before, offence string }{
		"another protocol":      {"", "GET / HTTP/1.1\r\n\r\n"},
		"a newer version":       {"", "mrkzusb\x02"},
		"a frame that is large": {hello + openReads, "\x7f\x00\x00\x00"},
		"a frame of no kind":    {hello + openReads, "\x00\x00\x00\x05\x63\x00\x00\x00\x01"},
		"a number used twice":   {hello + openReads, readForEver + readForEver},
		"too many at once":      {hello + openReads, many},
	} {
		synctest.Test(t, func(t *testing.T) {
			device := newReader()
			line, err := usbtest.Memory(t, device).Dial(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				io.WriteString(line, said.before)
				synctest.Wait() // the interface is open: a read before that is answered at once, and its number free again
				io.WriteString(line, said.offence)
			}()
			if _, err := io.Copy(io.Discard, line); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			synctest.Wait()
			if device.Driver() != "none" {
				t.Errorf("%s: the interface belongs to %s", name, device.Driver())
			}
			line.Close()
		})
	}
}

// The control of the test above: the same bytes without the offence keep the connection and the device.
func TestAConnectionThatKeepsTheRulesGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := newReader()
		line, err := usbtest.Memory(t, device).Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		go io.Copy(io.Discard, line)
		if _, err := io.WriteString(line, hello+openReads); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, err := io.WriteString(line, readForEver); err != nil || device.Driver() != "usbfs" {
			t.Errorf("%v, and the interface belongs to %s", err, device.Driver())
		}
		line.Close()
	})
}

// TestSecondOpenAndEarlyRead are refused, and the connection lives.
func TestSecondOpenAndEarlyRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := newReader()
		line, err := usbtest.Memory(t, device).Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer line.Close()
		for _, step := range []struct {
			name, send string
			code       byte
		}{
			{"a read before anything is open", readForEver, 4},
			{"a raw interface without an id", openRaw, 10},
			{"a second one", openReads, 10},
		} {
			if strings.HasPrefix(step.name, "a read") {
				step.send = hello + step.send
			}
			go io.WriteString(line, step.send)
			if code := answered(t, line); code != step.code {
				t.Errorf("%s: code %d, want %d", step.name, code, step.code)
			}
		}
	})
}

// answered skips a greeting and returns the code of the next answer.
func answered(t *testing.T, line net.Conn) byte {
	t.Helper()
	head := make([]byte, 4)
	if _, err := io.ReadFull(line, head); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(head, []byte(hello[:4])) {
		io.ReadFull(line, head)
		return answered(t, line)
	}
	rest := make([]byte, int(head[2])<<8|int(head[3]))
	if _, err := io.ReadFull(line, rest); err != nil {
		t.Fatal(err)
	}
	return rest[5]
}

// serving is a Socket whose other end the test is.
func serving(serve func(line net.Conn)) usb.Socket {
	return usb.Socket{Dial: func(context.Context) (net.Conn, error) {
		near, far := net.Pipe()
		go serve(far)
		return near, nil
	}}
}

// TestAServerThatHangs: nobody waits for it longer than a little over the deadline.
func TestAServerThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := serving(func(line net.Conn) {
			io.CopyN(io.Discard, line, 8)
			io.WriteString(line, hello)
			io.Copy(io.Discard, line)
		})
		began := time.Now()
		_, err := hangs.List(within(t, time.Second))
		if took := time.Since(began); !errors.Is(err, port.ErrGone) || took > 7*time.Second {
			t.Errorf("%v after %v", err, took)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		silent := serving(func(line net.Conn) { io.Copy(io.Discard, line) })
		if _, err := silent.List(t.Context()); err == nil {
			t.Error("a server that does not greet is believed")
		}
		if _, err := silent.List(within(t, time.Second)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a deadline while greeting: %v", err)
		}
	})
}

// TestAServerOfAnotherVersion: the person is told what to do.
func TestAServerOfAnotherVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		newer := serving(func(line net.Conn) {
			io.CopyN(io.Discard, line, 8)
			io.WriteString(line, "mrkzusb\x02")
			line.Close()
		})
		_, err := usb.Printer{Socket: newer}.Open(t.Context())
		if !errors.Is(err, usb.ErrProtocol) || !strings.Contains(err.Error(), "restart markaz and markaz-usb") {
			t.Errorf("got %v", err)
		}
	})
}

// TestAClientThatDoesNotListen loses its device instead of holding the server up.
func TestAClientThatDoesNotListen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := newReader()
		line, err := usbtest.Memory(t, device).Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer line.Close()
		go io.CopyN(io.Discard, line, 8)
		if _, err := io.WriteString(line, hello+openReads); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if device.Driver() != "usbfs" {
			t.Fatalf("the interface belongs to %s", device.Driver())
		}
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if device.Driver() != "none" {
			t.Errorf("the interface belongs to %s", device.Driver())
		}
	})
}

// FuzzServer: whatever a client says, the server ends the connection, and the device is free then.
func FuzzServer(f *testing.F) {
	f.Add([]byte(openReads + readForEver))
	f.Add([]byte("\x00\x00\x00\x06\x01\x00\x00\x00\x01\x00"))
	f.Add([]byte(openReads + "\x00\x00\x00\x0d\x05\x00\x00\x00\x02\x01\x00\x00\x00\x01abc" + "\x00\x00\x00\x05\x07\x00\x00\x00\x03"))
	f.Fuzz(func(t *testing.T, said []byte) {
		device := newReader()
		near, far := net.Pipe()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			(&usb.Server{Bus: usbtest.Bus{Devices: []*usbtest.Device{device}}}).Serve(t.Context(), far)
		}()
		go io.Copy(io.Discard, near)
		near.Write(append([]byte(hello), said...))
		near.Close()
		<-ended
		if device.Driver() != "none" {
			t.Fatalf("the interface belongs to %s", device.Driver())
		}
	})
}

// FuzzClient: whatever a server says, opening and reading end, with what was said or with an error.
func FuzzClient(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x0c\x80\x00\x00\x00\x01\x02\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("\x00\x00\x00\x7e\x80\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00" +
		`{"kind":"printer","interface":{"class":7,"subclass":1,"protocol":1,"endpoints":[{"address":1,"transfer":"bulk"}]}}` +
		"\x00\x00\x00\x0c\x80\x00\x00\x00\x02\x00\x00\x00\x00\x40\x00\x00"))
	f.Fuzz(func(t *testing.T, said []byte) {
		socket := serving(func(line net.Conn) {
			go io.Copy(io.Discard, line)
			line.Write(append([]byte(hello), said...))
			line.Close()
		})
		p, err := usb.Printer{Socket: socket}.Open(t.Context())
		if err != nil {
			return
		}
		b := make([]byte, 100)
		if n, err := p.Write(b); n < 0 || n > len(b) || err == nil && n != len(b) {
			t.Fatalf("wrote %d bytes, %v", n, err)
		}
		if n, err := p.Read(b); n < 0 || n > len(b) || n == 0 && err == nil {
			t.Fatalf("read %d bytes, %v", n, err)
		}
		p.Close()
	})
}
