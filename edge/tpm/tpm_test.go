package tpm_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"markaz.example/edge/tpm"
	"markaz.example/edge/tpm/tpmtest"
)

var pcrs = []uint{0, 7}

func open(t *testing.T, socket string) *tpm.Chip {
	t.Helper()
	c, err := tpm.Open(socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func sealed(t *testing.T, socket string, secret []byte) tpm.Sealed {
	t.Helper()
	c, err := tpm.Open(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := c.Seal(secret, pcrs)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A key opens in the state that it was sealed to, however often, and not after one of its registers moved.
func TestMovedBootStateIsRefused(t *testing.T) {
	socket, secret := tpmtest.Socket(t), bytes.Repeat([]byte{7}, 32)
	s := sealed(t, socket, secret)
	if bytes.Contains(s.Public, secret) || bytes.Contains(s.Private, secret) {
		t.Error("the blob has the secret in clear")
	}
	unseal := func() ([]byte, error) {
		c, err := tpm.Open(socket)
		if err != nil {
			return nil, err
		}
		defer c.Close()
		return c.Unseal(s)
	}
	for range 5 { // nothing stays behind in the chip, whose memory holds three objects
		if got, err := unseal(); err != nil || !bytes.Equal(got, secret) {
			t.Fatalf("got %x, %v", got, err)
		}
	}
	tpmtest.Extend(t, socket, 11)
	if _, err := unseal(); err != nil {
		t.Errorf("a register that is not named moved: %v", err)
	}
	tpmtest.Extend(t, socket, pcrs[1])
	if got, err := unseal(); !errors.Is(err, tpm.ErrMoved) || got != nil {
		t.Errorf("got %x, %v, want ErrMoved", got, err)
	}
}

func TestAnotherMachineRefuses(t *testing.T) {
	s := sealed(t, tpmtest.Socket(t), []byte("secret"))
	if _, err := open(t, tpmtest.Socket(t)).Unseal(s); !errors.Is(err, tpm.ErrOther) {
		t.Errorf("got %v, want ErrOther", err)
	}
}

func TestBlobsThatAreNone(t *testing.T) {
	socket := tpmtest.Socket(t)
	good := sealed(t, socket, []byte("secret"))
	c := open(t, socket)
	for name, b := range map[string]struct {
		s    tpm.Sealed
		want error
	}{
		"empty":           {tpm.Sealed{PCRs: pcrs}, tpm.ErrFormat},
		"no registers":    {tpm.Sealed{Public: good.Public, Private: good.Private}, tpm.ErrRange},
		"register 24":     {tpm.Sealed{PCRs: []uint{24}, Public: good.Public, Private: good.Private}, tpm.ErrRange},
		"register twice":  {tpm.Sealed{PCRs: []uint{7, 7}, Public: good.Public, Private: good.Private}, tpm.ErrRange},
		"too long":        {tpm.Sealed{PCRs: pcrs, Public: make([]byte, 1<<13), Private: good.Private}, tpm.ErrFormat},
		"noise":           {tpm.Sealed{PCRs: pcrs, Public: []byte("noise"), Private: []byte("noise")}, tpm.ErrOther},
		"other registers": {tpm.Sealed{PCRs: []uint{1}, Public: good.Public, Private: good.Private}, tpm.ErrMoved},
	} {
		if _, err := c.Unseal(b.s); !errors.Is(err, b.want) {
			t.Errorf("%s: %v, want %v", name, err, b.want)
		}
	}
}

func TestNoChip(t *testing.T) {
	if _, err := tpm.Open(filepath.Join(t.TempDir(), "tpmrm0")); !errors.Is(err, tpm.ErrNone) {
		t.Errorf("got %v, want ErrNone", err)
	}
}
