package update

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func testKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) }

func testKeys() []ed25519.PublicKey {
	return []ed25519.PublicKey{testKey().Public().(ed25519.PublicKey)}
}

// deb is what stands for a package in these tests: its version.
func deb(v Version) []byte { return []byte("package " + string(v)) }

func updateOf(t testing.TB, m Manifest, content []byte) []byte {
	t.Helper()
	m.Size, m.Digest = uint64(len(content)), sha256.Sum256(content)
	s, err := Sign(testKey(), m)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Encode(s, content)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func to(v Version) Manifest {
	return Manifest{Package: "markaz", Version: v, Arch: "amd64", Made: 1795500000000}
}

// machine is a System on a directory: what is installed is a file, which is half written while something is put in.
type machine struct {
	dir    string
	broken map[Version]bool // that do not come up
	at     func(string)     // where the power may go
}

var errHalf = errors.New("no version is there whole")

func (m *machine) file() string { return filepath.Join(m.dir, "installed") }

func (m *machine) Installed() (Version, error) {
	b, err := os.ReadFile(m.file())
	if v, whole := bytes.CutPrefix(b, []byte("package ")); whole {
		return Version(v), err
	}
	return "", errors.Join(err, errHalf)
}

func (m *machine) Keep(file string) error {
	now, err := m.Installed()
	if err != nil {
		return err
	}
	return os.WriteFile(file, deb(now), 0o600)
}

func (m *machine) Install(file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := os.WriteFile(m.file(), []byte("half"), 0o600); err != nil {
		return err
	}
	m.at("in the middle of installing")
	return os.WriteFile(m.file(), b, 0o600)
}

func (m *machine) Health(context.Context) Health { return Health{Serves: true, Seq: 7} }

func (m *machine) Prove(_ context.Context, v Version, _ Health) error {
	m.at("in the middle of proving")
	now, err := m.Installed()
	if err != nil || now != v {
		return fmt.Errorf("installed is %q, not %q: %w", now, v, err)
	}
	if m.broken[v] {
		return errors.New("it does not come up")
	}
	return nil
}

// box is a machine with its Updater's directories.
type box struct {
	*Updater
	machine *machine
}

func newBox(t testing.TB, installed Version, broken ...Version) *box {
	t.Helper()
	dir := t.TempDir()
	m := &machine{dir: dir, broken: map[Version]bool{}, at: func(string) {}}
	for _, v := range broken {
		m.broken[v] = true
	}
	b := &box{machine: m, Updater: &Updater{
		Dir: filepath.Join(dir, "own"), Data: filepath.Join(dir, "data"), Package: "markaz", Arch: "amd64",
		Keys: testKeys(), System: m, Log: slog.New(slog.DiscardHandler),
	}}
	for _, d := range []string{b.Dir, b.Data} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(m.file(), deb(installed), 0o600); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *box) stage(t testing.TB, file []byte) {
	t.Helper()
	if _, err := Stage(b.Data, file, func([]byte) (Manifest, error) { return Manifest{}, nil }); err != nil {
		t.Fatal(err)
	}
}

func (b *box) run(t testing.TB) Outcome {
	t.Helper()
	if err := b.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	o, err := ReadOutcome(b.Dir)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (b *box) has(t testing.TB, want Version) {
	t.Helper()
	if got, err := b.machine.Installed(); got != want {
		t.Errorf("installed is %q, want %q (%v)", got, want, err)
	}
}

// cut is the power going.
type cut struct{ point string }

// until runs until the n-th point, and says which that was; with none left it runs to the end.
func (b *box) until(t testing.TB, n int) (point string) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			c, ok := p.(cut)
			if !ok {
				panic(p)
			}
			point = c.point
		}
	}()
	count := 0
	b.watch = func(p string) {
		if count++; count == n {
			panic(cut{p})
		}
	}
	b.machine.at = b.watch
	b.run(t)
	return ""
}

func (b *box) powerOn() {
	b.watch, b.machine.at = nil, func(string) {}
}

func TestUpdated(t *testing.T) {
	b := newBox(t, "1.0")
	b.stage(t, updateOf(t, to("1.1"), deb("1.1")))
	want := Outcome{Number: 1, From: "1.0", To: "1.1", Result: Updated}
	if got := b.run(t); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	b.has(t, "1.1")
	if got := b.run(t); got != want {
		t.Errorf("a second run came to %+v", got)
	}
}

func TestGoesBackByItselfAndNeverTriesAgain(t *testing.T) {
	b := newBox(t, "1.0", "1.1")
	file := updateOf(t, to("1.1"), deb("1.1"))
	b.stage(t, file)
	if got := b.run(t); got.Result != Returned || got.Reason == "" {
		t.Errorf("got %+v", got)
	}
	b.has(t, "1.0")
	b.stage(t, file)
	if got := b.run(t); got.Result != Refused {
		t.Errorf("the second time came to %+v", got)
	}
	b.has(t, "1.0")
	b.stage(t, updateOf(t, to("1.2"), deb("1.2")))
	if got := b.run(t); got.Result != Updated {
		t.Errorf("the repaired one came to %+v", got)
	}
}

func TestWhatIsRefused(t *testing.T) {
	stranger := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	good := updateOf(t, to("1.1"), deb("1.1"))
	other, back, wrongBack := to("1.1"), to("1.0"), to("1.0")
	other.Arch, back.Over, wrongBack.Over = "arm64", "1.1", "1.2"
	for name, c := range map[string]struct {
		installed Version
		file      []byte
		key       ed25519.PrivateKey
		want      Result
	}{
		"older":                    {installed: "2.0", file: good, want: Refused},
		"played back":              {installed: "1.1.1", file: good, want: Refused},
		"another machine's":        {installed: "1.0", file: updateOf(t, other, deb("1.1")), want: Refused},
		"a stranger's":             {installed: "1.0", file: good, key: stranger, want: Refused},
		"cut short":                {installed: "1.0", file: good[:len(good)-1], want: Refused},
		"longer":                   {installed: "1.0", file: append(bytes.Clone(good), 0), want: Refused},
		"changed":                  {installed: "1.0", file: flipped(good), want: Refused},
		"nothing":                  {installed: "1.0", file: nil, want: Refused},
		"ordered back":             {installed: "1.1", file: updateOf(t, back, deb("1.0")), want: Updated},
		"ordered back from others": {installed: "1.1", file: updateOf(t, wrongBack, deb("1.0")), want: Refused},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t, c.installed)
			if c.key != nil {
				b.Keys = []ed25519.PublicKey{c.key.Public().(ed25519.PublicKey)}
			}
			b.stage(t, c.file)
			if got := b.run(t); got.Result != c.want {
				t.Errorf("got %+v, want %s", got, c.want)
			}
			if c.want == Refused {
				b.has(t, c.installed)
			}
			if _, err := os.Stat(filepath.Join(b.Data, stagedName)); err == nil {
				t.Error("it is still staged")
			}
		})
	}
}

func flipped(b []byte) []byte {
	b = bytes.Clone(b)
	b[len(b)-1] ^= 1
	return b
}

// TestALinkOutOfTheBoxIsNotFollowed: the box's directory is the box's; root reads nothing for it elsewhere.
func TestALinkOutOfTheBoxIsNotFollowed(t *testing.T) {
	b := newBox(t, "1.0")
	secret := filepath.Join(b.machine.dir, "secret")
	if err := os.WriteFile(secret, updateOf(t, to("1.1"), deb("1.1")), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(b.Data, "update"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(b.Data, stagedName)); err != nil {
		t.Fatal(err)
	}
	if got := b.run(t); got.Result != Refused {
		t.Errorf("a link was taken for an update: %+v", got)
	}
	if _, err := os.Stat(secret); err != nil {
		t.Error("what the link led to is gone")
	}
	b.has(t, "1.0")
}

// TestCutAtEveryPoint: wherever the power goes, and again at every point after that, the next start ends with a version
// that serves, and with the way it ended.
func TestCutAtEveryPoint(t *testing.T) {
	for name, c := range map[string]struct {
		broken []Version
		want   Version
		result Result
	}{
		"good": {nil, "1.1", Updated}, "bad": {[]Version{"1.1"}, "1.0", Returned},
	} {
		t.Run(name, func(t *testing.T) {
			points := 0
			for n := 1; ; n++ {
				b := newBox(t, "1.0", c.broken...)
				b.stage(t, updateOf(t, to("1.1"), deb("1.1")))
				point := b.until(t, n)
				if point == "" {
					break
				}
				points++
				again := b.until(t, 1+n%5)
				b.powerOn()
				got := b.run(t)
				if v, err := b.machine.Installed(); v != c.want || got.Result != c.result {
					t.Errorf("cut %s, then %s: installed %q (%v), %+v", point, again, v, err, got)
				}
			}
			if points < 10 {
				t.Errorf("only %d points", points)
			}
		})
	}
}

// TestCutControl is TestCutAtEveryPoint without the journal: a box must be left that does not serve.
func TestCutControl(t *testing.T) {
	left := 0
	for n := 1; ; n++ {
		b := newBox(t, "1.0", "1.1")
		b.stage(t, updateOf(t, to("1.1"), deb("1.1")))
		if b.until(t, n) == "" {
			break
		}
		b.powerOn()
		if err := os.Remove(b.path(journalName)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if err := b.Run(t.Context()); err != nil {
			left++
			continue
		}
		if v, err := b.machine.Installed(); err != nil || v != "1.0" {
			left++
		}
	}
	if left == 0 {
		t.Error("every cut without a journal ended well: the test sees nothing")
	}
}

// TestAMachineThatAlwaysFallsOverGoesBack: a new version that takes the whole machine down with it is not watched for ever.
func TestAMachineThatAlwaysFallsOverGoesBack(t *testing.T) {
	b := newBox(t, "1.0")
	b.stage(t, updateOf(t, to("1.1"), deb("1.1")))
	falls := 0
	b.machine.at = func(p string) {
		if p == "in the middle of proving" {
			falls++
			panic(cut{p})
		}
	}
	for range provingMax {
		func() {
			defer func() { _ = recover() }()
			b.run(t)
		}()
	}
	if got := b.run(t); got.Result != Returned || falls != provingMax {
		t.Errorf("after %d falls: %+v", falls, got)
	}
	b.has(t, "1.0")
}

// TestStoppedIsNotFailed: whoever stops the machine while it is watched does not send it back.
func TestStoppedIsNotFailed(t *testing.T) {
	b := newBox(t, "1.0")
	b.stage(t, updateOf(t, to("1.1"), deb("1.1")))
	ctx, stop := context.WithCancel(t.Context())
	b.machine.at = func(p string) {
		if p == "in the middle of proving" {
			stop()
		}
	}
	if err := b.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	b.powerOn()
	if got := b.run(t); got.Result != Updated {
		t.Errorf("got %+v", got)
	}
}
