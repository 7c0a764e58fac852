package vhci

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"markaz.example/devices/usb"
)

func unhex(t testing.TB, words ...string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(strings.Join(words, ""), " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The first two are the captured traffic of Linux Documentation/usb/usbip_protocol.rst.
func TestReadCommand(t *testing.T) {
	payload := strings.Repeat("00", 64)
	for _, c := range []struct {
		name, bytes string
		want        command
	}{
		{
			"interrupt in", "00000001 00000d05 0001000f 00000001 00000001 00000200 00000040 ffffffff 00000000 00000004 00000000 00000000",
			command{kind: submit, seq: 0xd05, endpoint: 0x81, in: true, length: 64},
		},
		{
			"interrupt out", "00000001 00000d06 0001000f 00000000 00000001 00000000 00000040 ffffffff 00000000 00000004 00000000 00000000" + payload,
			command{kind: submit, seq: 0xd06, endpoint: 1, length: 64, data: make([]byte, 64)},
		},
		{
			"get device descriptor", "00000001 00000001 00010002 00000001 00000000 00000200 00000040 00000000 00000000 00000000 80060001 00004000",
			command{kind: submit, seq: 1, in: true, length: 64, request: usb.Request{Type: 0x80, Code: 6, Value: 0x0100}},
		},
		{
			"unlink", "00000002 00000d07 0001000f 00000001 00000001 00000d05" + strings.Repeat("00", 24),
			command{kind: unlink, seq: 0xd07, victim: 0xd05},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readCommand(bytes.NewReader(unhex(t, c.bytes)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(command{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadCommandRefuses(t *testing.T) {
	whole := "00000001 00000d06 0001000f 00000000 00000001 00000000 00000004 ffffffff 00000000 00000004 00000000 00000000"
	for name, c := range map[string]struct {
		bytes string
		want  error
	}{
		"another kind":   {strings.Replace(whole, "00000001", "00000003", 1), errMessage},
		"isochronous":    {strings.Replace(whole, "ffffffff 00000000", "ffffffff 00000003", 1), errMessage},
		"endpoint 16":    {strings.Replace(whole, "00000000 00000001", "00000000 00000010", 1), errMessage},
		"direction 2":    {strings.Replace(whole, "0001000f 00000000", "0001000f 00000002", 1), errMessage},
		"too long":       {strings.Replace(whole, "00000004", "00400001", 1), errMessage},
		"half a head":    {whole[:54], io.ErrUnexpectedEOF},
		"data is missed": {whole + "0102", io.ErrUnexpectedEOF},
		"nothing":        {"", io.EOF},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := readCommand(bytes.NewReader(unhex(t, c.bytes))); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// The words of the answers are in the same document.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name string
		got  []byte
		want string
	}{
		{
			"taken", appendSubmitted(nil, 0xd06, statusDone, 64, nil),
			"00000003 00000d06 00000000 00000000 00000000 00000000 00000040" + strings.Repeat("00", 20),
		},
		{
			"given", appendSubmitted(nil, 0xd05, statusDone, 2, []byte{0xab, 0xcd}),
			"00000003 00000d05 00000000 00000000 00000000 00000000 00000002" + strings.Repeat("00", 20) + "abcd",
		},
		{
			"stalled", appendSubmitted(nil, 1, statusStall, 0, nil),
			"00000003 00000001 00000000 00000000 00000000 ffffffe0 00000000" + strings.Repeat("00", 20),
		},
		{
			"taken back", appendUnlinked(nil, 7, statusTaken),
			"00000004 00000007 00000000 00000000 00000000 ffffff98" + strings.Repeat("00", 24),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if want := unhex(t, c.want); !bytes.Equal(c.got, want) {
				t.Errorf("got  %x\nwant %x", c.got, want)
			}
		})
	}
}

func FuzzReadCommand(f *testing.F) {
	f.Add(unhex(f, "00000001 00000d05 0001000f 00000001 00000001 00000200 00000040 ffffffff 00000000 00000004 00000000 00000000"))
	f.Add(unhex(f, "00000001 00000d06 0001000f 00000000 00000001 00000000 00000002 00000000 00000000 00000000 00000000 00000000 abcd"))
	f.Add(unhex(f, "00000002 00000d07 0001000f 00000001 00000001 00000d05", strings.Repeat("00", 24)))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := readCommand(bytes.NewReader(b))
		if err != nil {
			return
		}
		if c.kind != submit && c.kind != unlink || c.length < 0 || c.length > transferBytesMax || c.endpoint&0x70 != 0 {
			t.Errorf("let through %+v", c)
		}
		if !c.in && len(c.data) != c.length {
			t.Errorf("%d bytes of data, length says %d", len(c.data), c.length)
		}
	})
}
