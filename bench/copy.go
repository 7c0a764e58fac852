package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"
)

// copyOnce is the limit of a drain.
func copyOnce(b *bench, into string) (d drained, err error) {
	defer os.Remove(into)
	far, err := startPart("receive", into)
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, far.end()) }()
	var address string
	if err := far.hear(&address); err != nil {
		return d, err
	}
	near, err := startPart("send", b.centre.flat, address)
	if err != nil {
		return d, err
	}
	if err := errors.Join(near.hear(&d), near.end(), far.hear(&d.Far)); err != nil {
		return d, err
	}
	d.Records = uint64(b.centre.records)
	return d, nil
}

// sendPart sends a file compressed at the level of the road's batches and waits for the hash of what arrived.
func sendPart(args []string) error {
	f, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	begun := time.Now()
	c, err := net.Dial("tcp", args[1])
	if err != nil {
		return err
	}
	defer c.Close()
	var wire atomic.Int64
	sum := sha256.New()
	z, err := zstd.NewWriter(io.MultiWriter(&counted{c, &wire}, sum), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return err
	}
	_, err = io.Copy(z, f)
	if err = errors.Join(err, z.Close(), c.(*net.TCPConn).CloseWrite()); err != nil {
		return err
	}
	got, err := io.ReadAll(c)
	took := time.Since(begun).Seconds()
	if err != nil || !bytes.Equal(got, sum.Sum(nil)) {
		return fmt.Errorf("what arrived is not what was sent: %w", err)
	}
	m, err := memoryNow()
	return errors.Join(err, say(drained{Seconds: took, Wire: wire.Load(), Near: m}))
}

// receivePart hashes and writes what one sender sends, syncs, and answers with the hash.
func receivePart(args []string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	if err := say(l.Addr().String()); err != nil {
		return err
	}
	c, err := l.Accept()
	if err != nil {
		return err
	}
	defer c.Close()
	f, err := os.Create(args[0])
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(f, sum)}, c, make([]byte, 256<<10))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	_, err = c.Write(sum.Sum(nil))
	m, fault := memoryNow()
	return errors.Join(err, fault, say(m))
}
