package pack

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the vectors anew")

const vectorFile = "testdata/vectors.json"

// vector is a pack's file and what reading it comes to.
type vector struct {
	Name  string `json:"name"`
	File  string `json:"file"`            // hex
	Error string `json:"error,omitempty"` // name of the failure; empty when it is a pack
}

type vectors struct {
	Key   string   `json:"key"` // the public half, hex
	Packs []vector `json:"packs"`
}

var failures = map[string]error{
	"malformed": ErrMalformed, "too-large": ErrTooLarge, "field": ErrField, "signature": ErrSignature, "content": ErrContent,
}

func testKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) }

var testContent = []byte(`{"en": {"floor.title": "The hall"}}`)

func testManifest() Manifest {
	return Manifest{Name: "texts", Version: 7, Kind: "texts/1", Size: uint64(len(testContent)), Digest: sha256.Sum256(testContent), Wall: 1795500000000}
}

func fileOf(t *testing.T, m Manifest, content []byte) []byte {
	t.Helper()
	b, err := encoding.Marshal(manifestForm{m.Name, m.Version, m.Kind, m.Size, m.Digest[:], m.Wall})
	if err != nil {
		t.Fatal(err)
	}
	s := Signed{b, ed25519.Sign(testKey(), message(b))}
	head := append([]byte(magic), byte(len(b)>>8), byte(len(b)))
	return append(append(append(head, s.Manifest...), s.Signature...), content...)
}

func made(t *testing.T) vectors {
	good := fileOf(t, testManifest(), testContent)
	v := vectors{Key: hex.EncodeToString(testKey().Public().(ed25519.PublicKey))}
	add := func(name, failure string, file []byte) {
		v.Packs = append(v.Packs, vector{name, hex.EncodeToString(file), failure})
	}
	with := func(change func(*Manifest)) []byte {
		m := testManifest()
		change(&m)
		return fileOf(t, m, testContent)
	}
	flip := func(at int) []byte {
		b := bytes.Clone(good)
		b[at] ^= 1
		return b
	}
	add("a pack", "", good)
	add("nothing", "malformed", nil)
	add("another magic", "malformed", flip(0))
	add("cut in its head", "malformed", good[:40])
	add("cut in its content", "content", good[:len(good)-1])
	add("a byte too many", "content", append(bytes.Clone(good), '!'))
	add("another content", "content", flip(len(good)-1))
	add("another signature", "signature", flip(len(good)-len(testContent)-1))
	add("a manifest that is none", "malformed", append(append([]byte(magic), 0, 1, 0xff), make([]byte, 64)...))
	add("a manifest of 64 KiB", "too-large", append([]byte(magic), 0xff, 0xff))
	add("no name", "field", with(func(m *Manifest) { m.Name = "" }))
	add("a name with a path", "field", with(func(m *Manifest) { m.Name = "../texts" }))
	add("version 0", "field", with(func(m *Manifest) { m.Version = 0 }))
	add("a kind without a version", "field", with(func(m *Manifest) { m.Kind = "texts" }))
	add("no content", "field", with(func(m *Manifest) { m.Size = 0 }))
	add("65 MiB", "too-large", with(func(m *Manifest) { m.Size = 65 << 20 }))
	return v
}

func TestVectors(t *testing.T) {
	if *update {
		b, err := json.MarshalIndent(made(t), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorFile, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	key, err := hex.DecodeString(v.Key)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range v.Packs {
		file, err := hex.DecodeString(p.File)
		if err != nil {
			t.Fatal(err)
		}
		s, m, content, err := Decode(bytes.NewReader(file))
		if err == nil {
			_, err = s.Open(key)
		}
		if !errors.Is(err, failures[p.Error]) {
			t.Errorf("%s: got %v, want %q", p.Name, err, p.Error)
		}
		if p.Error != "" {
			continue
		}
		again, err := Encode(s, content)
		if err != nil || !bytes.Equal(again, file) || m != testManifest() {
			t.Errorf("%s came back as another, %+v, %v", p.Name, m, err)
		}
	}
	if len(v.Packs) < 16 {
		t.Errorf("%d vectors", len(v.Packs))
	}
}

func TestSign(t *testing.T) {
	if _, err := Sign(testKey(), Manifest{}); !errors.Is(err, ErrField) {
		t.Errorf("signed nothing: %v", err)
	}
	s, err := Sign(testKey(), testManifest())
	if err != nil {
		t.Fatal(err)
	}
	if m, err := s.Open(testKey().Public().(ed25519.PublicKey)); err != nil || m != testManifest() {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := s.Open(nil); !errors.Is(err, ErrSignature) {
		t.Errorf("believed without a key: %v", err)
	}
	if _, err := Encode(s, []byte("else")); !errors.Is(err, ErrContent) {
		t.Errorf("encoded another content: %v", err)
	}
	if _, err := Encode(Signed{Manifest: s.Manifest}, testContent); !errors.Is(err, ErrMalformed) {
		t.Errorf("encoded without a signature: %v", err)
	}
	long := Signed{Manifest: []byte(strings.Repeat("x", manifestBytesMax+1))}
	if _, err := long.Read(); !errors.Is(err, ErrTooLarge) {
		t.Errorf("read a long manifest: %v", err)
	}
}

// FuzzDecode: whatever a file holds, it is refused or comes back the same.
func FuzzDecode(f *testing.F) {
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		f.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(b, &v); err != nil {
		f.Fatal(err)
	}
	for _, p := range v.Packs {
		file, _ := hex.DecodeString(p.File)
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		s, _, content, err := Decode(bytes.NewReader(file))
		if err != nil {
			return
		}
		if again, err := Encode(s, content); err != nil || !bytes.Equal(again, file) {
			t.Errorf("came back as another: %v", err)
		}
	})
}
