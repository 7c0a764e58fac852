// Package tpmtest starts a software TPM for a test, and moves the boot state of one.
package tpmtest

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-tpm/tpm2"
	"github.com/google/go-tpm/tpm2/transport/linuxudstpm"
)

// Socket is where a fresh software TPM listens until the test ends. It serves one connection at a time.
func Socket(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tpm") // a socket's path has 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	c := exec.Command("swtpm", "socket", "--tpm2", "--tpmstate", "dir="+dir, "--server", "type=unixio,path="+socket,
		"--ctrl", "type=unixio,path="+socket+".ctrl", "--flags", "not-need-init,startup-clear")
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatalf("%v: install the Debian package swtpm, as make setup-test does", err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		_ = os.RemoveAll(dir)
	})
	await(t, socket+".ctrl")
	await(t, socket)
	return socket
}

func await(t testing.TB, path string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if c, err := net.Dial("unix", path); err == nil {
			_ = c.Close()
			return
		}
	}
	t.Fatalf("the software TPM did not open %s", path)
}

// Extend changes a register, as a boot with another program does.
func Extend(t testing.TB, socket string, pcr uint) {
	t.Helper()
	c, err := linuxudstpm.Open(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = tpm2.PCRExtend{
		PCRHandle: tpm2.AuthHandle{Handle: tpm2.TPMHandle(pcr), Auth: tpm2.PasswordAuth(nil)},
		Digests:   tpm2.TPMLDigestValues{Digests: []tpm2.TPMTHA{{HashAlg: tpm2.TPMAlgSHA256, Digest: make([]byte, 32)}}},
	}.Execute(c)
	if err != nil {
		t.Fatal(err)
	}
}
