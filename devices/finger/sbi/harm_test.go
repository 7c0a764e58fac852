package sbi

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"markaz.example/devices/finger"
	"markaz.example/devices/port"
)

// replay is a service that answers every request with the same bytes, whatever they are, and hangs up.
func replay(answer []byte) *client {
	return newClient(func(ctx context.Context, _, _ string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			if _, err := http.ReadRequest(bufio.NewReader(far)); err != nil {
				return
			}
			far.Write(answer)
		}()
		return near, nil
	})
}

// answers are what a good service says to info and to a capture, without heads.
func answers(t testing.TB) (info, capture []byte, j judge, q asked) {
	t.Helper()
	s := newSim()
	roots, err := ParseRoots(s.Roots())
	if err != nil {
		t.Fatal(err)
	}
	s.Press(1)
	now := time.Now()
	q = asked{serial: text(s.Serial), position: finger.LeftRing, quality: 40, from: now, request: request{
		Env: s.Env, Purpose: s.Purpose, SpecVersion: "1.0.0", Timeout: "5000", Transaction: "test-0001",
		Bio: []bioRequest{{Type: typeFinger, Count: "1", SubTypes: []string{"Left RingFinger"}, Requested: "40", DeviceID: "1", SubID: "0", Previous: firstHash()}},
	}}
	body, err := json.Marshal(q.request)
	if err != nil {
		t.Fatal(err)
	}
	serve := func(verb, path string) []byte {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(verb, path, bytes.NewReader(body)))
		return bytes.TrimSpace(w.Body.Bytes())
	}
	return serve(verbInfo, "/info"), serve(verbCapture, "/capture"), judge{roots: roots, now: time.Now}, q
}

// heads are the ways in which HTTP says where an answer ends.
func heads(body []byte) map[string][]byte {
	const status = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	return map[string][]byte{
		"length": fmt.Appendf(nil, "%sContent-Length: %d\r\n\r\n%s", status, len(body), body),
		"closed": fmt.Appendf(nil, "%sConnection: close\r\n\r\n%s", status, body),
		"chunks": fmt.Appendf(nil, "%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", status, len(body), body),
	}
}

// An answer that is cut after any byte is a half answer, never a whole one and never babble; whole it is taken, which is
// the control.
func TestCutAtEveryByte(t *testing.T) {
	infoAnswer, captureAnswer, j, q := answers(t)
	s := &session{d: &Driver{Purpose: "Registration"}, judge: j}
	for name, c := range map[string]struct {
		body []byte
		open func(b []byte) error
		step int
	}{
		"info":    {infoAnswer, func(b []byte) error { _, _, err := s.pick(b); return err }, 1},
		"capture": {captureAnswer, func(b []byte) error { _, _, err := q.open(j, b); return err }, 1009},
	} {
		for kind, whole := range heads(c.body) {
			for n := 0; ; n = min(n+c.step, len(whole)) {
				b, err := replay(whole[:n]).ask(t.Context(), portFirst, verbInfo, "/", nil, answerBytesMax)
				if err == nil {
					err = c.open(b)
				}
				if n == len(whole) {
					if err != nil {
						t.Errorf("%s by %s, whole: %v", name, kind, err)
					}
					break
				}
				if !errors.Is(err, port.ErrHalf) {
					t.Fatalf("%s by %s, cut after %d of %d: %v", name, kind, n, len(whole), err)
				}
			}
		}
	}
}

func TestGarbage(t *testing.T) {
	long := strings.Repeat("x", headerBytesMax+10)
	for name, answer := range map[string]string{
		"no HTTP":      "SSH-2.0-OpenSSH\r\n\r\n",
		"zeros":        strings.Repeat("\x00", 1000),
		"long header":  "HTTP/1.1 200 OK\r\nX: " + long + "\r\n\r\n",
		"server error": "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
		"elsewhere":    "HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n",
	} {
		if _, err := replay([]byte(answer)).ask(t.Context(), portFirst, verbInfo, "/info", nil, smallBytesMax); !errors.Is(err, port.ErrBabble) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "OpenSSH") || len(err.Error()) > 200 {
			t.Errorf("%s is quoted: %v", name, err)
		}
	}
	for name, body := range map[string]string{
		"page": "<html>", "number": "17", "text": `"hello"`, "deep": strings.Repeat("[", 100_000), "wrong kinds": `[{"deviceInfo":17}]`,
	} {
		if _, err := decodeList[infoEntry]([]byte(body)); !errors.Is(err, port.ErrBabble) && !errors.Is(err, port.ErrHalf) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := decodeList[infoEntry]([]byte("[" + strings.Repeat("{},", devicesMax) + "{}]")); !errors.Is(err, port.ErrBabble) {
		t.Errorf("too many devices: %v", err)
	}
	if _, err := decodeCapture([]byte(`{"biometrics":[{},{}]}`)); !errors.Is(err, port.ErrBabble) {
		t.Errorf("two fingers: %v", err)
	}
}

// maker signs tokens in ways that a thief might try.
type maker struct {
	t     *testing.T
	root  *x509.Certificate
	key   ed25519.PrivateKey
	roots *x509.CertPool
}

func newMaker(t *testing.T) *maker {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	m := &maker{t: t, key: key, roots: x509.NewCertPool()}
	m.root = m.certify(key.Public(), nil, time.Now().Add(time.Hour))
	m.roots.AddCert(m.root)
	return m
}

func (m *maker) certify(key any, by *x509.Certificate, until time.Time) *x509.Certificate {
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: by == nil, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: until,
	}
	if by == nil {
		by = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by, key, m.key)
	if err != nil {
		m.t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		m.t.Fatal(err)
	}
	return made
}

func (m *maker) token(method jwt.SigningMethod, key any, x5c any) string {
	t := jwt.NewWithClaims(method, jwt.MapClaims{"serialNo": "1"})
	if x5c != nil {
		t.Header["x5c"] = x5c
	}
	s, err := t.SignedString(key)
	if err != nil {
		m.t.Fatal(err)
	}
	return s
}

func TestWhoIsBelieved(t *testing.T) {
	m := newMaker(t)
	now := time.Now()
	b64 := func(c *x509.Certificate) string { return base64.StdEncoding.EncodeToString(c.Raw) }
	public, private, _ := ed25519.GenerateKey(rand.Reader)
	device := m.certify(public, m.root, now.Add(time.Hour))
	old := m.certify(public, m.root, now.Add(-time.Minute))
	t.Setenv("GODEBUG", "rsa1024min=0")
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	weakCert := m.certify(weak.Public(), m.root, now.Add(time.Hour))
	good := m.token(jwt.SigningMethodEdDSA, private, []string{b64(device)})
	many := make([]string, certificatesMax+1)
	for i := range many {
		many[i] = b64(device)
	}
	j := judge{roots: m.roots, now: time.Now}
	for name, c := range map[string]struct {
		token string
		good  bool
	}{
		"good":              {good, true},
		"one certificate":   {m.token(jwt.SigningMethodEdDSA, private, b64(device)), true},
		"no algorithm":      {m.token(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, []string{b64(device)}), false},
		"shared secret":     {m.token(jwt.SigningMethodHS256, []byte(public), []string{b64(device)}), false},
		"another algorithm": {m.token(jwt.SigningMethodRS512, weak, []string{b64(weakCert)}), false},
		"no certificate":    {m.token(jwt.SigningMethodEdDSA, private, nil), false},
		"empty list":        {m.token(jwt.SigningMethodEdDSA, private, []string{}), false},
		"number":            {m.token(jwt.SigningMethodEdDSA, private, 7), false},
		"not base64":        {m.token(jwt.SigningMethodEdDSA, private, []string{"?"}), false},
		"no DER":            {m.token(jwt.SigningMethodEdDSA, private, []string{"AAAA"}), false},
		"too many":          {m.token(jwt.SigningMethodEdDSA, private, many), false},
		"another's":         {m.token(jwt.SigningMethodEdDSA, m.key, []string{b64(device)}), false},
		"run out":           {m.token(jwt.SigningMethodEdDSA, private, []string{b64(old)}), false},
		"short key":         {m.token(jwt.SigningMethodRS256, weak, []string{b64(weakCert)}), false},
		"root of its own":   {newMaker(t).token(jwt.SigningMethodEdDSA, private, []string{b64(newMaker(t).root)}), false},
		"no token":          {"hello", false},
		"changed":           {good[:len(good)-10] + "AAAAAAAAAA", false},
	} {
		var who identity
		err := j.open(c.token, &who)
		if c.good != (err == nil) || !c.good && (!errors.Is(err, ErrSignature) || !errors.Is(err, finger.ErrTrust)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	stranger := newMaker(t)
	own := stranger.token(jwt.SigningMethodEdDSA, stranger.key, []string{b64(stranger.root)})
	if err := j.open(own, new(identity)); !errors.Is(err, ErrSignature) {
		t.Errorf("self-signed by a stranger: %v", err)
	}
}

// Services differ in how they write numbers and lists.
func TestLooseWriting(t *testing.T) {
	for _, b := range []string{
		`{"errorCode":"101","errorInfo":"x"}`, `{"errorCode":101,"errorInfo":"x"}`, `{"errorCode":101.0,"errorInfo":"x","more":[]}`,
	} {
		if f, err := decode[failure]([]byte(b)); err != nil || f.Code != 101 || f.Info != "x" {
			t.Errorf("%s: %+v %v", b, f, err)
		}
	}
	for _, b := range []string{`{}`, `{"errorCode":null}`, `{"errorCode":""}`, `{"errorCode":"0"}`, `null`} {
		if f, err := decode[failure]([]byte(b)); err != nil || deviceError(f) != nil {
			t.Errorf("%s: %+v %v", b, f, err)
		}
	}
	for _, b := range []string{`{"specVersion":"1.0","deviceSubId":0}`, `{"specVersion":["1.0"],"deviceSubId":["0"]}`, `{"specVersion":["1.0"],"deviceSubId":[0]}`} {
		if d, err := decode[info]([]byte(b)); err != nil || len(d.SpecVersion) != 1 || d.SpecVersion[0] != "1.0" || d.SubIDs[0] != "0" {
			t.Errorf("%s: %+v %v", b, d, err)
		}
	}
	if l, err := decodeList[found]([]byte(` {"deviceId":"7"}`)); err != nil || len(l) != 1 || l[0].DeviceID != "7" {
		t.Errorf("a list of one without brackets: %+v %v", l, err)
	}
	if got := printable("a\nb\x00c\u202e" + strings.Repeat("ü", 100)); strings.ContainsAny(got, "\n\x00") || len(got) > infoTextMax {
		t.Errorf("printable: %q", got)
	}
}

func TestSubID(t *testing.T) {
	slap, single := identity{SubType: "Slap"}, identity{SubType: "Single"}
	for p, want := range map[finger.Position]string{
		finger.RightThumb: "3", finger.LeftThumb: "3", finger.RightIndex: "2", finger.RightLittle: "2", finger.LeftIndex: "1", finger.LeftLittle: "1", finger.Unknown: "0",
	} {
		if got := subID(slap, p); got != want {
			t.Errorf("%v: %s", p, got)
		}
		if got := subID(single, p); got != "0" {
			t.Errorf("%v of a single reader: %s", p, got)
		}
	}
	if subType(finger.LeftLittle) != "Left LittleFinger" || subType(200) != unknownFinger {
		t.Error("names of fingers")
	}
}

// The decoder of captures takes any bytes, and nothing that is not signed gets through it.
func FuzzCapture(f *testing.F) {
	_, good, j, q := answers(f)
	f.Add(good[:200])
	f.Add([]byte(`{"biometrics":[{"specVersion":"1.0","data":"","hash":"","error":{"errorCode":"101","errorInfo":"x"}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, _, err := q.open(j, b); err == nil && !bytes.Equal(b, good) {
			var a, c struct{ Biometrics []captured }
			json.Unmarshal(b, &a)
			json.Unmarshal(good, &c)
			if a.Biometrics[0].Data != c.Biometrics[0].Data {
				t.Error("an unsigned capture was taken")
			}
		}
	})
}

func FuzzInfo(f *testing.F) {
	good, _, j, _ := answers(f)
	f.Add(good)
	f.Add([]byte(`[{"deviceInfo":"e30","error":{"errorCode":100}}]`))
	s := &session{d: &Driver{Purpose: "Registration"}, judge: j}
	f.Fuzz(func(t *testing.T, b []byte) {
		if d, _, err := s.pick(b); err == nil && d.Purpose != "Registration" {
			t.Errorf("unsigned info was taken: %+v", d)
		}
	})
}

func FuzzDiscovery(f *testing.F) {
	f.Add([]byte(`[{"deviceId":"1","digitalId":"e30","purpose":"Auth","error":{"errorCode":0}}]`), "e30")
	f.Fuzz(func(t *testing.T, b []byte, id string) {
		var who identity
		unsigned(id, &who)
		if l, err := decodeList[found](b); err == nil && len(l) > devicesMax {
			t.Error("too many")
		}
	})
}

func FuzzToken(f *testing.F) {
	f.Add("a.b.c")
	j := judge{roots: x509.NewCertPool(), now: time.Now}
	f.Fuzz(func(t *testing.T, s string) {
		if err := j.open(s, new(claims)); err == nil {
			t.Error("believed without a root")
		}
	})
}

// What a capture of 74 kB and a question how the reader is cost after they arrived.
func BenchmarkOpen(b *testing.B) {
	infoAnswer, captureAnswer, j, q := answers(b)
	s := &session{d: &Driver{Purpose: "Registration"}, judge: j}
	b.Run("info", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := s.pick(infoAnswer); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("capture", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := q.open(j, captureAnswer); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// While nobody vouches for the box's clock no certificate is too old or too new; whose it is counts as ever.
func TestUnknownTimeRefusesNobody(t *testing.T) {
	m := newMaker(t)
	b64 := func(c *x509.Certificate) string { return base64.StdEncoding.EncodeToString(c.Raw) }
	public, private, _ := ed25519.GenerateKey(rand.Reader)
	mine := m.token(jwt.SigningMethodEdDSA, private, b64(m.certify(public, m.root, time.Now().Add(time.Hour))))
	theirs := newMaker(t).token(jwt.SigningMethodEdDSA, private, b64(newMaker(t).root))
	for _, at := range []time.Time{time.Unix(0, 0), time.Now(), time.Unix(1<<32, 0)} {
		for _, known := range []bool{false, true} {
			j := judge{roots: m.roots, now: time.Now, known: func() (time.Time, bool) { return at, known }}
			right := !known || time.Until(at).Abs() < time.Minute
			if err := j.open(mine, &claims{}); (err == nil) != right {
				t.Errorf("at %s, known %v: %v", at, known, err)
			}
			if err := j.open(theirs, &claims{}); !errors.Is(err, ErrSignature) {
				t.Errorf("another root's, at %s, known %v: %v", at, known, err)
			}
		}
	}
}
