package durable

import (
	"encoding/binary"
	"hash/fnv"
	"os"
)

// Where things are in the page of a bbolt header, after the page's own 16 bytes: bbolt's file format 2.
const (
	headerAt       = 16
	headerSumAt    = headerAt + 56
	headerEnd      = headerSumAt + 8
	headerSizeAt   = headerAt + 8
	headerMagic    = 0xED0CDAED
	pageBytesLeast = 512
	pageBytesMost  = 64 << 10
)

// SpoiltHeaders counts the headers of a bbolt file that are not whole. Of its two bbolt takes the newer whole one without a
// word: a spoilt one may be that of the last commit, which is then undone. The file need not be open; a file that is too
// short has two.
func SpoiltHeaders(path string) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	spoilt := 0
	for _, at := range []int64{0, pageBytes(f)} {
		page := make([]byte, headerEnd)
		if _, err := f.ReadAt(page, at); err != nil || !wholeHeader(page) {
			spoilt++
		}
	}
	return spoilt, nil
}

func wholeHeader(page []byte) bool {
	sum := fnv.New64a()
	sum.Write(page[headerAt:headerSumAt])
	return binary.NativeEndian.Uint32(page[headerAt:]) == headerMagic && sum.Sum64() == binary.NativeEndian.Uint64(page[headerSumAt:])
}

// pageBytes is where the second header begins: as the first says, or at the first place where there is one.
func pageBytes(f *os.File) int64 {
	page := make([]byte, headerEnd)
	if _, err := f.ReadAt(page, 0); err == nil && wholeHeader(page) {
		return int64(binary.NativeEndian.Uint32(page[headerSizeAt:]))
	}
	for size := int64(pageBytesLeast); size <= pageBytesMost; size *= 2 {
		if _, err := f.ReadAt(page, size); err == nil && wholeHeader(page) {
			return size
		}
	}
	return int64(os.Getpagesize())
}
