package enrol

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"markaz.example/edge/chain"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// vector is one message, or bytes that are none. Kind is the type that it is read as.
type vector struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	Hex   string `json:"hex"`
	Fails bool   `json:"fails,omitempty"` // with ErrMessage
}

func keyOf(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func aRequest() Request {
	r := Request{
		Version: 1, Secret: bytes.Repeat([]byte{1}, secretBytes), Centre: "ISB-01", CSR: []byte("request"),
		Nonce: bytes.Repeat([]byte{2}, 16), Seq: 7, Hash: bytes.Repeat([]byte{3}, 32), Software: "markaz 1.0",
	}
	return r.Sign(keyOf(4))
}

func aRenewal() Renewal {
	in := Incarnation("ISB-01", bytes.Repeat([]byte{2}, 16))
	head := chain.Sign(keyOf(4), in, chain.Position{Seq: 7, Hash: chain.Hash(bytes.Repeat([]byte{3}, 32))}, 1000)
	r, err := Renewal{
		Version: 1, Token: []byte("token"), Certs: [][]byte{[]byte("old"), []byte("issuer")}, CSR: []byte("request"),
		Nonce: in.Nonce[:], Seq: 7, Hash: head.Position.Hash[:], Wall: 1000, Checkpoint: head.Signature[:],
		Shown: bytes.Repeat([]byte{5}, 32),
	}.Sign(keyOf(4), keyOf(6))
	if err != nil {
		panic(err)
	}
	return r
}

func text[M Message](m M) string { return hex.EncodeToString(must(encoding.Marshal(m))) }

func vectors() []vector {
	replace := Request{Version: 1, Secret: bytes.Repeat([]byte{1}, secretBytes), Centre: "ISB-01", CSR: []byte("request"), Replace: true}.Sign(keyOf(4))
	short := aRequest()
	short.Secret = short.Secret[:9]
	both := aRequest()
	both.Replace = true
	large := aRequest()
	large.CSR = make([]byte, certBytesMax+1)
	many := Ask{Version: 1, Certs: [][]byte{{1}, {2}, {3}}, Nonce: bytes.Repeat([]byte{2}, 16)}
	unsigned := aRenewal()
	unsigned.ByTLS = nil
	return []vector{
		{Name: "request", Kind: "request", Hex: text(aRequest())},
		{Name: "request to replace", Kind: "request", Hex: text(replace)},
		{Name: "answer", Kind: "answer", Hex: text(Answer{Certs: [][]byte{{1}, {2}}, Nonce: bytes.Repeat([]byte{2}, 16), Wall: 1000})},
		{Name: "refusal", Kind: "answer", Hex: text(Answer{Code: CodeUsed, Detail: "ask for a new one", Wall: 1000})},
		{Name: "ask", Kind: "ask", Hex: text(Ask{Version: 1, Certs: [][]byte{{1}}, Nonce: bytes.Repeat([]byte{2}, 16)})},
		{Name: "challenge", Kind: "challenge", Hex: text(Challenge{Token: []byte("token"), Seq: 5, Wall: 1000})},
		{Name: "renewal", Kind: "renewal", Hex: text(aRenewal())},
		{Name: "secret too short", Kind: "request", Hex: text(short), Fails: true},
		{Name: "replaces and has a ledger", Kind: "request", Hex: text(both), Fails: true},
		{Name: "request too large", Kind: "request", Hex: text(large), Fails: true},
		{Name: "three certificates", Kind: "ask", Hex: text(many), Fails: true},
		{Name: "one signature", Kind: "renewal", Hex: text(unsigned), Fails: true},
		{Name: "neither certificate nor refusal", Kind: "answer", Hex: text(Answer{Wall: 1000}), Fails: true},
		{Name: "no token", Kind: "challenge", Hex: text(Challenge{Wall: 1000}), Fails: true},
		{Name: "not CBOR", Kind: "ask", Hex: "ff", Fails: true},
		{Name: "a key twice", Kind: "ask", Hex: "a201010101", Fails: true},
		{Name: "indefinite length", Kind: "ask", Hex: "bf0101ff", Fails: true},
		{Name: "nothing", Kind: "ask", Hex: "", Fails: true},
	}
}

func readAs(kind string, b []byte) (any, error) {
	r := bytes.NewReader(b)
	switch kind {
	case "request":
		return Decode[Request](r)
	case "answer":
		return Decode[Answer](r)
	case "ask":
		return Decode[Ask](r)
	case "challenge":
		return Decode[Challenge](r)
	}
	return Decode[Renewal](r)
}

func TestVectors(t *testing.T) {
	path := filepath.Join("testdata", "vectors.json")
	if *update {
		b, err := json.MarshalIndent(vectors(), "", "\t")
		if err := errors.Join(err, os.MkdirAll("testdata", 0o755), os.WriteFile(path, append(b, '\n'), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var kept []vector
	if err := json.Unmarshal(b, &kept); err != nil {
		t.Fatal(err)
	}
	now := vectors()
	if len(kept) != len(now) {
		t.Fatalf("%d vectors are kept, %d made: run with -update", len(kept), len(now))
	}
	for i, v := range kept {
		if v != now[i] {
			t.Errorf("%s: made anew it is other bytes: the format has changed", v.Name)
		}
		raw, err := hex.DecodeString(v.Hex)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readAs(v.Kind, raw); (err != nil) != v.Fails || v.Fails && !errors.Is(err, ErrMessage) {
			t.Errorf("%s: got %v, want it to fail: %v", v.Name, err, v.Fails)
		}
	}
}

func TestSignaturesCoverEverything(t *testing.T) {
	if err := aRequest().Verify(); err != nil {
		t.Error(err)
	}
	if err := aRenewal().Verify(keyOf(6).Public(), "ISB-01"); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Request){
		"secret": func(r *Request) { r.Secret = bytes.Repeat([]byte{9}, secretBytes) }, "centre": func(r *Request) { r.Centre = "LHE-01" },
		"csr": func(r *Request) { r.CSR = []byte("another") }, "head": func(r *Request) { r.Seq++ },
		"hash": func(r *Request) { r.Hash = bytes.Repeat([]byte{9}, 32) }, "nonce": func(r *Request) { r.Nonce = bytes.Repeat([]byte{9}, 16) },
		"software": func(r *Request) { r.Software = "" }, "key": func(r *Request) { r.Key = keyOf(9).Public().(ed25519.PublicKey) },
	} {
		r := aRequest()
		if change(&r); !errors.Is(r.Verify(), ErrSignature) {
			t.Errorf("request with another %s: got %v", name, r.Verify())
		}
	}
	for name, change := range map[string]func(*Renewal){
		"token": func(r *Renewal) { r.Token = []byte("other") }, "certificate": func(r *Renewal) { r.Certs = r.Certs[:1] },
		"csr": func(r *Renewal) { r.CSR = []byte("another") }, "shown": func(r *Renewal) { r.Shown = bytes.Repeat([]byte{9}, 32) },
		"head": func(r *Renewal) { r.Seq++ }, "time": func(r *Renewal) { r.Wall++ },
		"ledger's signature": func(r *Renewal) { r.ByLedger = r.ByTLS }, "certificate's signature": func(r *Renewal) { r.ByTLS = r.ByLedger },
	} {
		r := aRenewal()
		if change(&r); !errors.Is(r.Verify(keyOf(6).Public(), "ISB-01"), ErrSignature) {
			t.Errorf("renewal with another %s was verified", name)
		}
	}
	if err := aRenewal().Verify(keyOf(6).Public(), "LHE-01"); !errors.Is(err, ErrSignature) {
		t.Errorf("as another centre's: got %v", err)
	}
}

// The same request has the same digest, whatever the ledger has come to meanwhile.
func TestDigest(t *testing.T) {
	a, b, c := aRequest(), aRequest(), aRequest()
	b.Seq, b.Hash, b.Software = 99, bytes.Repeat([]byte{8}, 32), "markaz 2.0"
	c.CSR = []byte("another")
	if a.Digest() != b.Sign(keyOf(4)).Digest() {
		t.Error("the digest changes with the ledger's head")
	}
	if a.Digest() == c.Digest() {
		t.Error("the digest does not name the key that is to be certified")
	}
}

func FuzzMessages(f *testing.F) {
	for _, v := range vectors() {
		raw, err := hex.DecodeString(v.Hex)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(v.Kind, raw)
	}
	f.Fuzz(func(t *testing.T, kind string, b []byte) {
		m, err := readAs(kind, b)
		if err != nil {
			return
		}
		switch m := m.(type) {
		case Request:
			_ = m.Verify()
			_ = m.Digest()
		case Renewal:
			_ = m.Verify(keyOf(1).Public(), "ISB-01")
		}
	})
}
