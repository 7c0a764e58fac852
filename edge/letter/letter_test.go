package letter_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"markaz.example/edge/chain"
	"markaz.example/edge/letter"
	"markaz.example/edge/pack"
)

var update = flag.Bool("update", false, "write the vectors anew")

const (
	vectorFile = "testdata/vectors.json"
	name       = "K5QXG43UOVZGKZDT"
)

type vector struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	Body  string `json:"body"`            // hex
	Error string `json:"error,omitempty"` // name of the failure; empty for a letter that is understood
}

var failures = map[string]error{"kind": letter.ErrKind, "body": letter.ErrBody}

func contents(t *testing.T) map[string]letter.Content {
	s, err := pack.Sign(ed25519.NewKeyFromSeed(make([]byte, 32)), pack.Manifest{Name: "texts", Version: 7, Kind: "texts/1", Size: 9, Wall: 1})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]letter.Content{
		"an offer":    letter.PackOffered(s),
		"an order":    letter.PackRolledBack(s),
		"a lease":     letter.LeaseGranted{ID: name, What: "bed", From: 11, Count: 5, Until: 1795500000000, Nonce: make([]byte, 16)},
		"an answer":   letter.CheckAnswered{ID: name, Result: "eligible", Source: "nser", Wall: 1795500000000},
		"a wish":      letter.DiagnosisAsked{ID: name, Who: "Help desk", Why: "پرنٹر اکثر رک جاتا ہے"},
		"a long wish": letter.DiagnosisAsked{ID: name, Who: strings.Repeat("w", 64), Why: strings.Repeat("y", 400)},
	}
}

// spoiled are letters that nobody may obey.
func spoiled() map[string]letter.Content {
	return map[string]letter.Content{
		"a lease of nothing":          letter.LeaseGranted{ID: name, What: "bed", From: 1, Until: 1, Nonce: make([]byte, 16)},
		"a lease of a million":        letter.LeaseGranted{ID: name, What: "bed", From: 1, Count: 1_000_000, Until: 1, Nonce: make([]byte, 16)},
		"a lease that wraps":          letter.LeaseGranted{ID: name, What: "bed", From: 1<<64 - 1, Count: 2, Until: 1, Nonce: make([]byte, 16)},
		"a lease without an end":      letter.LeaseGranted{ID: name, What: "bed", From: 1, Count: 1, Nonce: make([]byte, 16)},
		"a lease to no chain":         letter.LeaseGranted{ID: name, What: "bed", From: 1, Count: 1, Until: 1},
		"a lease of a name in words":  letter.LeaseGranted{ID: name, What: "a bed", From: 1, Count: 1, Until: 1, Nonce: make([]byte, 16)},
		"a wish with a line end":      letter.DiagnosisAsked{ID: name, Who: "a\nb", Why: "x"},
		"a wish without a reason":     letter.DiagnosisAsked{ID: name, Who: "x"},
		"an offer without a manifest": letter.PackOffered{},
		"an answer without a result":  letter.CheckAnswered{ID: name, Source: "x", Wall: 1},
	}
}

func made(t *testing.T) (out []vector) {
	for _, name := range slices.Sorted(maps.Keys(contents(t))) {
		c := contents(t)[name]
		b, err := letter.Encode(c)
		if err != nil {
			t.Fatal(name, err)
		}
		out = append(out, vector{name, string(c.Kind()), hex.EncodeToString(b), ""})
	}
	for _, name := range slices.Sorted(maps.Keys(spoiled())) {
		c := spoiled()[name]
		b, err := chain.EncodeBody(c)
		if err != nil {
			t.Fatal(name, err)
		}
		out = append(out, vector{name, string(c.Kind()), hex.EncodeToString(b), "body"})
	}
	return append(out,
		vector{"of a newer headquarters", "lease.granted/2", "a0", "kind"},
		vector{"no kind", "", "a0", "kind"},
		vector{"no CBOR", "lease.granted/1", "ff", "body"})
}

func read(t testing.TB) (v []vector) {
	t.Helper()
	b, err := os.ReadFile(vectorFile)
	if err == nil {
		err = json.Unmarshal(b, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
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
	vectors := read(t)
	for _, v := range vectors {
		body, err := hex.DecodeString(v.Body)
		if err != nil {
			t.Fatal(err)
		}
		c, err := letter.Open(letter.Letter{Number: 1, Kind: chain.Kind(v.Kind), Body: body})
		if !errors.Is(err, failures[v.Error]) {
			t.Errorf("%s: got %v, want %q", v.Name, err, v.Error)
		}
		if v.Error != "" {
			continue
		}
		if again, err := letter.Encode(c); err != nil || !bytes.Equal(again, body) || !reflect.DeepEqual(c, contents(t)[v.Name]) {
			t.Errorf("%s came back as %+v, %v", v.Name, c, err)
		}
	}
	if len(vectors) != len(contents(t))+len(spoiled())+3 {
		t.Errorf("%d vectors", len(vectors))
	}
	long := letter.Letter{Kind: "lease.granted/1", Body: make([]byte, letter.BytesMax+1)}
	if _, err := letter.Open(long); !errors.Is(err, letter.ErrBody) {
		t.Errorf("too long: %v", err)
	}
	for name, c := range spoiled() {
		if _, err := letter.Encode(c); !errors.Is(err, letter.ErrBody) {
			t.Errorf("%s was written: %v", name, err)
		}
	}
}

// FuzzOpen: whatever a letter holds, it is refused or comes back the same.
func FuzzOpen(f *testing.F) {
	for _, v := range read(f) {
		if body, _ := hex.DecodeString(v.Body); len(body) <= letter.BytesMax {
			f.Add(v.Kind, body)
		}
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		c, err := letter.Open(letter.Letter{Kind: chain.Kind(kind), Body: body})
		if err != nil {
			return
		}
		written, err := letter.Encode(c)
		if err != nil {
			t.Fatalf("%+v was read and cannot be written: %v", c, err)
		}
		if again, err := letter.Open(letter.Letter{Kind: chain.Kind(kind), Body: written}); err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%+v came back as %+v, %v", c, again, err)
		}
	})
}
