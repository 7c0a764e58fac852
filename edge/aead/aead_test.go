package aead

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestSizes(t *testing.T) {
	c, err := New(make([]byte, KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	if c.NonceSize() != NonceBytes || c.Overhead() != TagBytes {
		t.Errorf("nonce %d, tag %d; want %d and %d", c.NonceSize(), c.Overhead(), NonceBytes, TagBytes)
	}
	if _, err := New(make([]byte, KeyBytes-1)); err == nil {
		t.Error("a short key is taken")
	}
	nonce, plain := make([]byte, NonceBytes), []byte("what nobody may read")
	if sealed := c.Seal(nil, nonce, plain, nil); bytes.Contains(sealed, plain) {
		t.Error("what is sealed can be read")
	}
}

// A program that seals nothing must not be able to serve by mistake.
func TestUnsealedDoesNotStart(t *testing.T) {
	c := exec.Command("go", "test", "-tags", "unsealed", "-run", "^$", ".")
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, Admission) {
			c.Env = append(c.Env, v)
		}
	}
	out, err := c.CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("seals nothing")) {
		t.Errorf("%v\n%s", err, out)
	}
}
