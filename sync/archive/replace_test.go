package archive

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
)

// streamed is an archive's bytes as a file.
func streamed(t *testing.T, a *Archive, between func()) string {
	t.Helper()
	r, size, err := a.Stream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	between()
	b, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil || int64(len(b)) != size {
		t.Fatalf("%d bytes of %d, %v", len(b), size, err)
	}
	path := filepath.Join(t.TempDir(), "archive.db.incoming")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestStreamIsOneMoment: what is written while an archive is streamed is not in it.
func TestStreamIsOneMoment(t *testing.T) {
	a := openVerified(t, archivePath(t))
	b := newBox("ISB-01", "a")
	apply1(t, a, b.entry(t, 1, b.batch(t, 10)))
	want := a.Chains()
	path := streamed(t, a, func() {
		for i := range uint64(50) {
			apply1(t, a, b.entry(t, 2+i, b.batch(t, 10)))
		}
	})
	got := openVerified(t, path)
	if !reflect.DeepEqual(got.Chains(), want) || got.Applied() != 1 {
		t.Errorf("streamed %v at %d, want %v at 1", got.Chains(), got.Applied(), want)
	}
}

func TestStreamEndsWithItsContext(t *testing.T) {
	a := openVerified(t, archivePath(t))
	ctx, stop := context.WithCancel(t.Context())
	r, _, err := a.Stream(ctx)
	if err != nil {
		t.Fatal(err)
	}
	stop()
	if _, err := io.ReadAll(r); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestReplace puts another archive in place while it is read.
func TestReplace(t *testing.T) {
	a, other := openVerified(t, archivePath(t)), openVerified(t, archivePath(t))
	b := newBox("ISB-01", "a")
	first := b.batch(t, 10)
	for _, x := range []*Archive{a, other} {
		apply1(t, x, b.entry(t, 1, first))
	}
	apply1(t, other, b.entry(t, 2, b.batch(t, 10)))
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				if h, err := a.HashAt(b.in, 5); err != nil || bytes.Equal(h[:], make([]byte, 32)) {
					t.Errorf("read %s, %v", h, err)
				}
			}
		})
	}
	err := a.Replace(streamed(t, other, func() {}))
	stop()
	readers.Wait()
	if err != nil || !reflect.DeepEqual(a.Chains(), other.Chains()) || a.Applied() != 2 {
		t.Errorf("got %v at %d, %v", a.Chains(), a.Applied(), err)
	}
	apply1(t, a, b.entry(t, 3, b.batch(t, 10)))
}

// TestReplaceByAWreckChangesNothing: cut short, or no archive at all.
func TestReplaceByAWreckChangesNothing(t *testing.T) {
	a := openVerified(t, archivePath(t))
	b := newBox("ISB-01", "a")
	apply1(t, a, b.entry(t, 1, b.batch(t, 10)))
	whole, err := os.ReadFile(streamed(t, a, func() {}))
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{"empty": {}, "marker": make([]byte, 8), "cut": whole[:len(whole)-4096]} {
		path := filepath.Join(t.TempDir(), "incoming")
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := a.Replace(path); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: got %v, want %v", name, err, ErrDamaged)
		}
	}
	apply1(t, a, b.entry(t, 2, b.batch(t, 10)))
}
