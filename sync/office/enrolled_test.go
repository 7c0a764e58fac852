package office

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
)

var update = flag.Bool("update", false, "write testdata anew")

// desk is an office in a file of its own.
type desk struct {
	t  *testing.T
	db *bolt.DB
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "office.db"), 0o600, &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &desk{t, db}
}

// take applies an act as the raft group does: encoded, and the whole of it or nothing.
func (d *desk) take(a Act) (answer archive.Answer) {
	d.t.Helper()
	b, err := Encode(a)
	if err != nil {
		d.t.Fatal(err)
	}
	err = d.db.Update(func(tx *bolt.Tx) error {
		root, err := tx.CreateBucketIfNotExists([]byte("office"))
		if err != nil {
			return err
		}
		answer, err = Office{}.Apply(root, 1, b)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return answer
}

func (d *desk) view(look func(b *bolt.Bucket) error) error {
	return d.db.View(func(tx *bolt.Tx) error { return look(tx.Bucket([]byte("office"))) })
}

func (d *desk) register() Register { return Register{d.view} }

// dump is every row, for comparing states.
func (d *desk) dump() string {
	var out bytes.Buffer
	var walk func(b *bolt.Bucket, at string) error
	walk = func(b *bolt.Bucket, at string) error {
		return b.ForEach(func(k, v []byte) error {
			if v == nil {
				return walk(b.Bucket(k), at+string(k)+"/")
			}
			_, err := fmt.Fprintf(&out, "%s%x=%x\n", at, k, v)
			return err
		})
	}
	err := d.view(func(b *bolt.Bucket) error {
		if b == nil {
			return nil
		}
		return walk(b, "")
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return out.String()
}

func fill(b byte, n int) []byte { return bytes.Repeat([]byte{b}, n) }

const hour = 3600_000

func codeFor(centre id.Centre, secret byte) CodeIssued {
	return CodeIssued{Centre: centre, Secret: fill(secret, 32), Expires: 49 * hour, By: "asif", At: hour}
}

func replacing(secret, nonce byte) CodeIssued {
	c := codeFor("ISB-01", secret)
	c.Replace, c.Nonce = true, fill(nonce, 16)
	return c
}

func enrolment(secret, serial, nonce byte) Enrolled {
	e := Enrolled{
		Centre: "ISB-01", Secret: fill(secret, 32), Digest: fill(serial, 32), Serial: fill(serial, 16), Certs: [][]byte{fill(serial, 300)},
		Key: fill(serial, 32), Until: 5000 * hour, At: 2 * hour,
	}
	if nonce != 0 {
		e.Nonce = fill(nonce, 16)
	}
	return e
}

func renewal(old, serial, nonce, key byte) Renewed {
	return Renewed{
		Centre: "ISB-01", Old: fill(old, 16), Digest: fill(serial, 32), Serial: fill(serial, 16), Certs: [][]byte{fill(serial, 300)},
		Nonce: fill(nonce, 16), Key: fill(key, 32), Until: 9000 * hour, At: 3 * hour,
	}
}

func refusesAll(t *testing.T, d *desk, want string, a Act) {
	t.Helper()
	before := d.dump()
	if got := d.take(a); got.Refused != want || got.Detail == "" {
		t.Errorf("%T: got %q %q, want %q", a, got.Refused, got.Detail, want)
	}
	if d.dump() != before {
		t.Errorf("%T: a refusal left a trace", a)
	}
}

func (d *desk) admits(serial byte) bool {
	d.t.Helper()
	err := d.register().Admit("ISB-01", fill(serial, 16))
	if err != nil && !errors.Is(err, ErrShut) {
		d.t.Fatal(err)
	}
	return err == nil
}

func TestCodeMakesOneCertificate(t *testing.T) {
	d := newDesk(t)
	refusesAll(t, d, RefusedCode, enrolment(1, 11, 5))
	d.take(codeFor("ISB-01", 1))
	refusesAll(t, d, RefusedCode, enrolment(2, 11, 5))
	other := enrolment(1, 11, 5)
	other.Centre = "LHE-01"
	refusesAll(t, d, RefusedCode, other)
	late := enrolment(1, 11, 5)
	late.At = 50 * hour
	refusesAll(t, d, RefusedExpired, late)
	refusesAll(t, d, RefusedReplace, enrolment(1, 11, 0))

	got, err := ReadGrant(d.take(enrolment(1, 11, 5)).Body)
	if err != nil || len(got.Certs) != 1 || !bytes.Equal(got.Certs[0], fill(11, 300)) || !bytes.Equal(got.Nonce, fill(5, 16)) {
		t.Fatalf("granted %v, %v", got, err)
	}
	// The answer was lost. The same request comes again, with another certificate made for it, even after the code expired.
	again := enrolment(1, 12, 5)
	again.Digest, again.At = fill(11, 32), 60*hour
	before := d.dump()
	if got, err := ReadGrant(d.take(again).Body); err != nil || !bytes.Equal(got.Certs[0], fill(11, 300)) {
		t.Errorf("asked again: granted %v, %v", got, err)
	}
	if d.dump() != before {
		t.Error("asking again changed something")
	}
	refusesAll(t, d, RefusedUsed, enrolment(1, 13, 5))
	d.take(codeFor("ISB-01", 1)) // proposed twice: the code stays used
	refusesAll(t, d, RefusedUsed, enrolment(1, 13, 5))
	if !d.admits(11) || d.admits(13) {
		t.Error("not exactly the certificate that was given is let in")
	}
}

func TestWhoIsLetIn(t *testing.T) {
	d := newDesk(t)
	if !d.admits(99) {
		t.Error("before anybody is enrolled, the authority's own certificates count")
	}
	d.take(Revoked{Serial: fill(98, 16), By: "asif", Why: "lost in a taxi", At: hour})
	if d.admits(98) || !d.admits(99) {
		t.Error("one certificate was revoked, and not exactly that one is shut out")
	}
	d.take(codeFor("ISB-01", 1))
	d.take(enrolment(1, 11, 5))
	if !d.admits(11) || d.admits(99) {
		t.Error("once enrolled, only that certificate counts")
	}
	if err := d.register().Admit("LHE-01", fill(11, 16)); err != nil {
		t.Errorf("a centre that was never enrolled: %v", err)
	}

	d.take(replacing(2, 5))
	d.take(enrolment(2, 12, 0))
	if d.admits(11) || !d.admits(12) {
		t.Error("a replacement does not shut out what it replaces")
	}
	list, err := d.register().Revoked("ISB-01")
	if err != nil || len(list) != 1 || !bytes.Equal(list[0].Serial, fill(11, 16)) || list[0].By != "asif" {
		t.Errorf("revoked are %+v, %v", list, err)
	}

	d.take(codeFor("ISB-01", 3))
	if got := d.take(Revoked{Centre: "ISB-01", Generation: 1, By: "asif", Why: "an older order", At: 3 * hour}); got.Body[7] != 0 || !d.admits(12) {
		t.Error("an order for an earlier enrolment shut out the present one")
	}
	d.take(Revoked{Centre: "ISB-01", Generation: 2, By: "asif", Why: "stolen", At: 3 * hour})
	if d.admits(12) || d.admits(99) || d.admits(13) {
		t.Error("a revoked centre is let in")
	}
	refusesAll(t, d, RefusedCode, enrolment(3, 13, 5)) // whoever holds a code of it is no better off
	refusesAll(t, d, RefusedRevoked, renewal(12, 14, 5, 12))
	d.take(codeFor("ISB-01", 4))
	d.take(enrolment(4, 15, 6))
	if !d.admits(15) || d.admits(12) {
		t.Error("enrolled again, not exactly the new certificate counts")
	}
}

func TestRenewal(t *testing.T) {
	d := newDesk(t)
	d.take(codeFor("ISB-01", 1))
	d.take(enrolment(1, 11, 5))
	refusesAll(t, d, RefusedRevoked, renewal(99, 12, 5, 11))
	refusesAll(t, d, RefusedLedger, renewal(11, 12, 6, 11))
	refusesAll(t, d, RefusedLedger, renewal(11, 12, 5, 12))
	d.take(renewal(11, 12, 5, 11))
	if !d.admits(11) || !d.admits(12) {
		t.Error("both certificates count until the box has the new one")
	}
	again := renewal(11, 13, 5, 11)
	again.Digest = fill(12, 32)
	if got, err := ReadGrant(d.take(again).Body); err != nil || !bytes.Equal(got.Certs[0], fill(12, 300)) || d.admits(13) {
		t.Errorf("asked again: granted %v, %v", got, err)
	}

	// A certificate that the authority made itself is renewed into an enrolment.
	d = newDesk(t)
	d.take(renewal(99, 12, 5, 11))
	if !d.admits(99) || !d.admits(12) || d.admits(98) {
		t.Error("after a first renewal, not exactly the old and the new certificate count")
	}
	d.take(Revoked{Serial: fill(99, 16), By: "asif", Why: "copied", At: 4 * hour})
	refusesAll(t, d, RefusedRevoked, renewal(99, 14, 5, 11))
	if !d.admits(12) {
		t.Error("the renewed certificate went with the old one")
	}
}

func TestSuccession(t *testing.T) {
	d := newDesk(t)
	succeeds := func(nonce, key byte) (ok bool) {
		in := chain.Incarnation{Centre: "ISB-01", Nonce: [16]byte(fill(nonce, 16))}
		err := d.view(func(b *bolt.Bucket) error {
			ok = Office{}.Succeeds(b, in, ed25519.PublicKey(fill(key, 32)))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	d.take(codeFor("ISB-01", 1))
	d.take(enrolment(1, 11, 5))
	d.take(replacing(2, 5))
	if !succeeds(5, 11) || succeeds(5, 12) {
		t.Error("a code alone changes who succeeds")
	}
	d.take(enrolment(2, 12, 0))
	if succeeds(5, 11) || !succeeds(5, 12) || succeeds(6, 12) {
		t.Error("not exactly the replacement's key goes on with its chain")
	}
	d.take(Revoked{Centre: "ISB-01", Generation: 2, By: "asif", Why: "stolen", At: 3 * hour})
	if succeeds(5, 12) {
		t.Error("a revoked box goes on with a chain")
	}
}

func TestActsAreChecked(t *testing.T) {
	long := codeFor("ISB-01", 1)
	long.By = string(fill('x', byBytesMax+1))
	early := codeFor("ISB-01", 1)
	early.Expires = early.At
	nobody := codeFor("isb", 1)
	half := replacing(1, 5)
	half.Nonce = half.Nonce[:8]
	bare := enrolment(1, 11, 5)
	bare.Certs = nil
	for name, a := range map[string]Act{
		"name too long": long, "expired when made": early, "no centre": nobody, "half a nonce": half, "no certificate": bare,
		"revokes nothing": Revoked{Why: "why", At: 1}, "revokes both": Revoked{Centre: "ISB-01", Serial: fill(1, 16), Why: "why", At: 1},
		"without a reason": Revoked{Centre: "ISB-01", At: 1},
	} {
		if _, err := Encode(a); !errors.Is(err, ErrAct) {
			t.Errorf("%s: got %v, want %v", name, err, ErrAct)
		}
	}
}

func samples() []Act {
	return []Act{
		codeFor("ISB-01", 1), replacing(2, 5), enrolment(1, 11, 5), enrolment(2, 12, 0), renewal(11, 12, 5, 11),
		Revoked{Centre: "ISB-01", Generation: 2, By: "asif", Why: "stolen", At: hour},
		Revoked{Serial: fill(9, 16), By: "asif", Why: "lost", At: hour},
	}
}

// The bytes of acts do not change: they stand in raft logs.
func TestActsAreFrozen(t *testing.T) {
	path := filepath.Join("testdata", "enrolment.json")
	made := map[string]string{}
	for i, a := range samples() {
		b, err := Encode(a)
		if err != nil {
			t.Fatal(err)
		}
		made[fmt.Sprintf("%d %T", i, a)] = hex.EncodeToString(b)
	}
	if *update {
		b, err := json.MarshalIndent(made, "", "\t")
		if err := errors.Join(err, os.MkdirAll("testdata", 0o755), os.WriteFile(path, append(b, '\n'), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var kept map[string]string
	if err := json.Unmarshal(b, &kept); err != nil {
		t.Fatal(err)
	}
	for name, text := range kept {
		raw, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decode(raw); err != nil || made[name] != text {
			t.Errorf("%s: read with %v, made anew as %s", name, err, made[name])
		}
	}
	if len(kept) != len(made) {
		t.Errorf("%d acts are kept, %d made", len(kept), len(made))
	}
}

func FuzzActs(f *testing.F) {
	for _, a := range samples() {
		b, err := Encode(a)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := decode(b)
		if err != nil {
			return
		}
		if _, err := Encode(a); err != nil {
			t.Errorf("%x is read and cannot be written: %v", b, err)
		}
	})
}
