package mask

import (
	"strings"
	"testing"
)

// secrets are values of every shape, generated, each with what must not be seen of it.
var secrets = map[string]string{
	"35202-1234567-1":                     "1234567",
	"3520212345671":                       "3520212",
	"35202 1234567 1":                     "1234567",
	"۳۵۲۰۲-۱۲۳۴۵۶۷-۱":                     "۱۲۳۴۵۶۷",
	"0300-1234567":                        "1234567",
	"+92 (300) 1234567":                   "1234567",
	"1990-05-04":                          "1990-05-04",
	"PK36SCBL0000001123456702":            "0000001123456702",
	"AGE-SECRET-KEY-1QQPQYZ9XQ":           "QQPQYZ9XQ",
	"markaz-vault-key-1 00ff00ff":         "00ff00ff",
	"Authorization: Bearer abc.def-1":     "abc.def-1",
	"Set-Cookie: seat=k7; Path=/":         "k7",
	"cookie=\"seat=k7\"":                  "k7",
	`{"pin":"493817"}`:                    "493817",
	"PIN 493817":                          "493817",
	"the pin is 493817":                   "493817",
	"password = hunter2":                  "hunter2",
	"secret: 'open sesame'":               "sesame",
	"anti_forgery_token=Zx81":             "Zx81",
	"postgres://markaz:hunter2@db/markaz": "hunter2",
	"somebody@example.org":                "somebody",
	"00:1a:2b:3c:4d:5e":                   "3c:4d",
	"10.1.23.45":                          "23.45",
	"fe80::1a2b:3cff:fe4d:5e6f":           "3cff",
	"kQ3vZ8mN1pL5xR7tY2wB4cD6fG9hJ0sA":    "kQ3v",
	"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824": "2cf24dba",
}

// contexts are what surrounds a value in logs.
var contexts = []string{"%", "err=%", "visit % at desk A", `{"msg":"%"}`, "x %, y", "(%)"}

func TestNothingComesOut(t *testing.T) {
	for secret, seen := range secrets {
		for _, c := range contexts {
			in := strings.ReplaceAll(c, "%", secret)
			if got := Line(in); strings.Contains(got, seen) {
				t.Errorf("%q comes out as %q", in, got)
			}
			if once := Line(in); Line(once) != once {
				t.Errorf("%q: masked twice it is %q, once %q", in, Line(once), once)
			}
		}
	}
}

// What a technician needs stays readable.
func TestWhatStays(t *testing.T) {
	for _, s := range []string{
		"2026-11-27 09:30:00 INFO serving centre=ISB-01 seq=123456",
		"2026-11-27T09:30:00Z WARN printer.paper-out dev=printer/hall-1",
		"B042 desk/A markaz 0.1.0 kernel 6.1.0-28-amd64",
		"/dev/sda2 / ext4 rw,relatime 0 0",
		"usb:serial=A50285BI",
	} {
		if got := Line(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestKeysInPEM(t *testing.T) {
	got := Text("before\n-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----\nafter\n")
	if got != "before\n[key]\nafter\n" {
		t.Errorf("got %q", got)
	}
}

// FuzzLine plants a card's number anywhere: no seven digits in a row come out, however they are parted, and what is masked stays
// as it is. What is written in pieces is masked as if it came at once.
func FuzzLine(f *testing.F) {
	f.Add("visit ", " at 2026-11-27 09:30", 3)
	f.Add("2026-11-27 09:30", "", 1)
	f.Add("pin=", "\n", 9)
	f.Fuzz(func(t *testing.T, before, after string, at int) {
		in := before + "35202-1234567-1" + after
		got := Text(in)
		if numbers.MatchString(moments.ReplaceAllString(got, "")) && len(in) < lineBytesMax || strings.Contains(got, "1234567") {
			t.Errorf("%q comes out as %q", in, got)
		}
		if again := Text(got); again != got {
			t.Errorf("%q: masked twice it is %q, once %q", in, again, got)
		}
		at = max(0, at) % (len(in) + 1)
		var out strings.Builder
		w := Writer{To: &out}
		_, _ = w.Write([]byte(in[:at]))
		_, _ = w.Write([]byte(in[at:]))
		_ = w.Close()
		if out.String() != got {
			t.Errorf("in two pieces %q, at once %q", out.String(), got)
		}
	})
}
