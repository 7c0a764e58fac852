package chain_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
)

var update = flag.Bool("update", false, "write the vectors anew")

const vectorsFile = "testdata/vectors.json"

// vector is one record after a position: the hash it must give, or the error it must name.
type vector struct {
	Name   string `json:"name"`
	After  uint64 `json:"after_seq"`
	Prev   string `json:"prev_hash"`
	Stored string `json:"stored"`
	Hash   string `json:"hash,omitempty"`
	Error  string `json:"error,omitempty"`
}

type vectors struct {
	Centre     string   `json:"centre"`
	Nonce      string   `json:"nonce"`
	Genesis    string   `json:"genesis"`
	Records    []vector `json:"records"`
	Checkpoint struct {
		PublicKey string `json:"public_key"`
		Seq       uint64 `json:"seq"`
		Hash      string `json:"hash"`
		Wall      int64  `json:"wall"`
		Signature string `json:"signature"`
	} `json:"checkpoint"`
}

var errorNames = map[string]error{
	"ErrTooLarge": chain.ErrTooLarge, "ErrMalformed": chain.ErrMalformed,
	"ErrHeader": chain.ErrHeader, "ErrBroken": chain.ErrBroken,
}

func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	var v vectors
	b, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	in := incarnation()
	if got := hexOf(in.Genesis()); got != v.Genesis {
		t.Errorf("genesis is %s, want %s", got, v.Genesis)
	}
	for _, w := range v.Records {
		t.Run(w.Name, func(t *testing.T) { checkVector(t, w) })
	}
	checkCheckpoint(t, v)
}

func checkVector(t *testing.T, w vector) {
	prev := chain.Position{Seq: w.After, Hash: hashOf(t, w.Prev)}
	got, r, err := prev.Follow(unhex(t, w.Stored))
	if w.Error != "" {
		if !errors.Is(err, errorNames[w.Error]) {
			t.Fatalf("got error %v, want %s", err, w.Error)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if hexOf(got.Hash) != w.Hash {
		t.Errorf("hash %x, want %s", got.Hash, w.Hash)
	}
	again, err := chain.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	if w.Name != "a key of the future" && !bytes.Equal(again, unhex(t, w.Stored)) {
		t.Errorf("encoding it again gives %x", again)
	}
}

func checkCheckpoint(t *testing.T, v vectors) {
	c := chain.Checkpoint{
		Incarnation: incarnation(),
		Position:    chain.Position{Seq: v.Checkpoint.Seq, Hash: hashOf(t, v.Checkpoint.Hash)},
		Wall:        v.Checkpoint.Wall,
	}
	copy(c.Signature[:], unhex(t, v.Checkpoint.Signature))
	key := ed25519.PublicKey(unhex(t, v.Checkpoint.PublicKey))
	if err := c.Verify(key); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string]func(*chain.Checkpoint){
		"seq":         func(c *chain.Checkpoint) { c.Position.Seq++ },
		"hash":        func(c *chain.Checkpoint) { c.Position.Hash[31] ^= 1 },
		"wall":        func(c *chain.Checkpoint) { c.Wall++ },
		"incarnation": func(c *chain.Checkpoint) { c.Incarnation.Nonce[0] ^= 1 },
		"signature":   func(c *chain.Checkpoint) { c.Signature[0] ^= 1 },
	} {
		d := c
		bad(&d)
		if err := d.Verify(key); !errors.Is(err, chain.ErrSignature) {
			t.Errorf("a checkpoint with another %s gives %v, want ErrSignature", name, err)
		}
	}
}

func incarnation() chain.Incarnation {
	in := chain.Incarnation{Centre: "ISB-01"}
	copy(in.Nonce[:], "a nonce of tests")
	return in
}

func record(seq uint64) chain.Record {
	return chain.Record{
		Header: chain.Header{
			Seq: seq, Stamp: clock.Stamp{Boot: 3, Mono: 61_250, Wall: 1_795_000_000_000, Grade: clock.RTC},
			Kind: "visit.opened/1", Actor: "kiosk/1", Subject: "K5QXG43UOVZGKZDT",
		},
		Body: []byte{0xa1, 0x01, 0x64, 'B', '0', '4', '2'},
	}
}

func encode(t testing.TB, r chain.Record) []byte {
	t.Helper()
	b, err := chain.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// writeVectors makes the file. The refused ones are made by hand from good bytes, so that Encode's own checks do not
// hide what Decode must catch.
func writeVectors(t *testing.T) {
	in := incarnation()
	v := vectors{Centre: string(in.Centre), Nonce: hex.EncodeToString(in.Nonce[:]), Genesis: hexOf(in.Genesis())}
	at := in.Start()
	first := encode(t, record(1))
	add := func(name string, prev chain.Position, stored []byte, fault string) chain.Position {
		w := vector{Name: name, After: prev.Seq, Prev: hexOf(prev.Hash), Stored: hex.EncodeToString(stored), Error: fault}
		if fault == "" {
			prev = chain.Position{Seq: prev.Seq + 1, Hash: chain.Link(prev.Hash, stored)}
			w.Hash = hexOf(prev.Hash)
		}
		v.Records = append(v.Records, w)
		return prev
	}
	at = add("the first record", at, first, "")
	second := record(2)
	second.Subject = ""
	second.Stamp.Wall = -1
	at = add("the second: no subject, a wall time before 1970", at, encode(t, second), "")
	big := record(1<<40 + 1)
	add("a long sequence", chain.Position{Seq: 1 << 40}, encode(t, big), "")
	future := append(append([]byte{0xaa}, first[1:]...), 0x0a, 0x63, 'n', 'e', 'w')
	add("a key of the future", in.Start(), future, "")

	edit := func(old, new string) []byte { return bytes.Replace(bytes.Clone(first), []byte(old), []byte(new), 1) }
	for _, bad := range []struct {
		name   string
		stored []byte
		fault  string
	}{
		{"nothing", nil, "ErrMalformed"},
		{"cut in the middle", first[:len(first)/2], "ErrMalformed"},
		{"something behind the end", append(bytes.Clone(first), 0), "ErrMalformed"},
		{"an array instead of a map", []byte{0x81, 0x01}, "ErrMalformed"},
		{"a key twice", append(append([]byte{0xaa}, first[1:]...), 0x01, 0x01), "ErrMalformed"},
		{"text that is not UTF-8", edit("kiosk/1", "kiosk/\xff"), "ErrMalformed"},
		{"an indefinite length", append(append([]byte{0xbf}, first[1:]...), 0xff), "ErrMalformed"},
		{"a sequence that is text", edit("\xa9\x01\x01", "\xa9\x01\x61\x31"[:3]), "ErrMalformed"},
		{"no body", append([]byte{0xa8}, first[1:len(first)-8]...), "ErrMalformed"},
		{"a body that is text", append(bytes.Clone(first[:len(first)-7]), 0x61, 'x'), "ErrMalformed"},
		{"sequence 0", edit("\xa9\x01\x01", "\xa9\x01\x00"), "ErrHeader"},
		{"boot 0", edit("\x02\x03", "\x02\x00"), "ErrHeader"},
		{"an unknown clock grade", edit("\x05\x01", "\x05\x09"), "ErrHeader"},
		{"a kind without a version", edit("visit.opened/1", "visit.opened-1"), "ErrHeader"},
		{"a kind in capitals", edit("visit.opened/1", "Visit.opened/1"), "ErrHeader"},
		{"larger than the limit", bytes.Repeat([]byte{0}, chain.RecordBytesMax+1), "ErrTooLarge"},
	} {
		add(bad.name, in.Start(), bad.stored, bad.fault)
	}
	add("a sequence left out", in.Start(), encode(t, record(2)), "ErrBroken")
	add("a sequence said twice", at, encode(t, second), "ErrBroken")

	key := ed25519.NewKeyFromSeed([]byte("a seed for the tests of markaz 1"))
	c := chain.Sign(key, in, at, 1_795_000_000_123)
	v.Checkpoint.PublicKey = hex.EncodeToString(key.Public().(ed25519.PublicKey))
	v.Checkpoint.Seq, v.Checkpoint.Hash, v.Checkpoint.Wall = at.Seq, hexOf(at.Hash), c.Wall
	v.Checkpoint.Signature = hex.EncodeToString(c.Signature[:])
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorsFile, append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func hexOf(h chain.Hash) string { return hex.EncodeToString(h[:]) }

func hashOf(t testing.TB, s string) (h chain.Hash) {
	t.Helper()
	copy(h[:], unhex(t, s))
	return h
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.TrimSpace(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
