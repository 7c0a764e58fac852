package vault

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
)

// The vectors of FORMAT.md: the box's key is 00 01 ... 1f, the nonce 40 41 ... 57, the data key 80 81 ... 9f.
func counted(from byte) (b [keyBytes]byte) {
	for i := range b {
		b[i] = from + byte(i)
	}
	return b
}

func TestVectors(t *testing.T) {
	box, data := Key{counted(0)}, Key{counted(0x80)}
	nonce := [nonceBytes]byte(hexOf(t, "404142434445464748494a4b4c4d4e4f5051525354555657"))
	sealed, err := data.sealWith(nonce, fill([]byte("3520212345671")), place.bytes())
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := box.sealWith(nonce, data.b[:], keyPlace("household/K5QXG43UOVZGKZDT"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		got  []byte
		want string
	}{
		{"key file", box.file(), vectorKeyFile},
		{"place", place.bytes(), vectorPlace},
		{"sealed", sealed, vectorSealed},
		{"wrapped", wrapped, vectorWrapped},
		{"mark", markOf(box, "3520212345671"), vectorMark},
	} {
		if got := hex.EncodeToString(c.got); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

func hexOf(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzOpen opens arbitrary bytes: nothing but what was sealed opens, and what does is filled as documented.
func FuzzOpen(f *testing.F) {
	data := Key{counted(0x80)}
	good, err := data.sealWith([nonceBytes]byte{7}, fill([]byte("Amina")), place.bytes())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good, "vault")
	f.Add(good[:40], keyPrefix)
	f.Add([]byte{}, string(Key{}.file()))
	f.Fuzz(func(t *testing.T, sealed []byte, key string) {
		plain, err := data.open(sealed, place.bytes())
		if err == nil {
			_, err = empty(plain)
		}
		if err == nil && !bytes.Equal(sealed, good) {
			t.Errorf("%x opens", sealed)
		}
		if text, err := empty(sealed); err == nil && !bytes.Equal(fill(text), sealed) && len(sealed)%sealedStep == 0 && len(sealed) == len(fill(text)) {
			t.Errorf("%x is filled in two ways", sealed)
		}
		if k, err := ParseKey([]byte(key)); err == nil {
			if back, err := ParseKey(k.file()); err != nil || back != k {
				t.Errorf("a key came back as another: %v", err)
			}
		} else if !errors.Is(err, ErrKeyFormat) {
			t.Error(err)
		}
	})
}

const (
	vectorKeyFile = "6d61726b617a2d7661756c742d6b65792d3120303030313032303330343035303630373038303930613062306330643065306631303131313231333134313531363137313831393161316231633164316531660a"
	vectorPlace   = "6d61726b617a207661756c74206669656c6420310a4953422d30312f30313030303030303030303030303030303030303030303030303030303030300a000000000000002a6e616d65"
	vectorSealed  = "404142434445464748494a4b4c4d4e4f5051525354555657f10140c169c0c66bc92143e6c099ac553247726e05449ceccabaf50c42550dc831b17e5fb600e305517a88c1ba772956"
	vectorWrapped = "404142434445464748494a4b4c4d4e4f505152535455565754b887f35465ff91077d0d352311eb1d022b3f5787ccc50df2a867de9599bd0fc802af25756bf5ceb8bfb64daed992fb"
	vectorMark    = "6f15c51ad89fefa99da632111e8552fec92cccd7c7d71287fcea068c4401dd6f"
)
