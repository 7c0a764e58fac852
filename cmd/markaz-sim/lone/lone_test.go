package lone

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"markaz.example/devices/fault"
	"markaz.example/devices/paypoint"
	"markaz.example/devices/paypoint/terminal"
	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
	"markaz.example/edge/berth/berthtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 30 * time.Second

func profileOf(name string) string {
	return filepath.Join("..", "..", "..", "firmware-configs", name)
}

// screen is what was shown.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *screen) await(t *testing.T, words string) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		text := s.text.String()
		s.mu.Unlock()
		if strings.Contains(text, words) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("never showed %q; shown:\n%s", words, text)
		}
	}
}

// attended runs a device until the test ends, which must leave nothing.
func attended(t *testing.T, l *Lone) (say func(act string), shown *screen, stop func()) {
	t.Helper()
	acts, out := make(chan string), &screen{}
	l.Acts, l.Out = acts, out
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return func(act string) { acts <- act }, out, stop
}

func must(t *testing.T) func(*Lone, error) *Lone {
	return func(l *Lone, err error) *Lone {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
}

// A printer that a driver prints on: the paper is kept as a picture, acts are shown, the link is gone at the end.
func TestPrinterAlone(t *testing.T) {
	link, papers := filepath.Join(t.TempDir(), "printer"), t.TempDir()
	file := profileOf("printer-epson-tm-t20iii.toml")
	l := must(t)(Printer(Config{Link: link, Profile: file, Speed: 50}))
	l.Papers = papers
	say, out, stop := attended(t, l)
	out.await(t, "ready []")
	printOn(t, link, file)
	out.await(t, "paper 1: 576 by")
	if _, err := os.Stat(filepath.Join(papers, "paper-001.png")); err != nil {
		t.Error(err)
	}
	say("cover")
	out.await(t, "cover open [cover]")
	say("dance")
	out.await(t, "there are cover, jam, mains, paper, plug")
	stop()
	if _, err := os.Lstat(link); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the link is still there: %v", err)
	}
}

// printOn prints a black bar with the real driver.
func printOn(t *testing.T, link, file string) {
	t.Helper()
	p, err := profile.LoadPrinter(file)
	if err != nil {
		t.Fatal(err)
	}
	d := &printer.Driver{Port: port.Serial{Path: link, Baud: p.Line.Baud}, Profile: p}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	var running sync.WaitGroup
	running.Go(func() { d.Run(ctx) })
	defer running.Wait()
	defer cancel()
	for d.State().Ready() != nil && ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond)
	}
	bar := slip.NewBitmap(p.WidthDots, 24)
	for x := range p.WidthDots {
		bar.Set(x, 12)
	}
	if err := d.Print(ctx, bar); err != nil {
		t.Error(err)
	}
}

func TestScaleAndFingerAlone(t *testing.T) {
	dir := t.TempDir()
	say, out, _ := attended(t, must(t)(Scale(Config{Link: filepath.Join(dir, "s"), Profile: profileOf("scale-mt-bba231.toml"), Speed: 50})))
	say("put 4250")
	out.await(t, "4.250 kg [put 4250]")
	say, out, _ = attended(t, must(t)(Finger(Config{Link: filepath.Join(dir, "f"), Profile: profileOf("finger-r307.toml"), Speed: 50})))
	say("press 2 wet")
	out.await(t, "person 2 wet [press 2 wet]")
	say("lift")
	out.await(t, "nothing on the glass []")
}

func TestScriptAlone(t *testing.T) {
	dir := t.TempDir()
	c := Config{Link: filepath.Join(dir, "s"), Profile: profileOf("scale-mt-bba231.toml"), Script: filepath.Join(dir, "script"), Speed: 50}
	write := func(text string) {
		if err := os.WriteFile(c.Script, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("then: unplog")
	if _, err := Scale(c); !errors.Is(err, fault.ErrScript) || !strings.Contains(err.Error(), c.Script) {
		t.Errorf("a wrong script gives %v", err)
	}
	write("after 300ms: unplug")
	_, out, _ := attended(t, must(t)(Scale(c)))
	out.await(t, "unplugged")
}

func TestWrongProfile(t *testing.T) {
	for name, made := range map[string]func() (*Lone, error){
		"a scale as printer": func() (*Lone, error) { return Printer(Config{Profile: profileOf("scale-mt-bba231.toml")}) },
		"a reader on USB":    func() (*Lone, error) { return Finger(Config{Profile: profileOf("finger-uareu-4500.toml")}) },
	} {
		if _, err := made(); err == nil {
			t.Errorf("%s is made", name)
		}
	}
}

// The client of the push contract against the box's own listener.
func TestPaypointAlone(t *testing.T) {
	p, err := profile.LoadPaypoint(profileOf("paypoint-bank-push.toml"))
	if err != nil {
		t.Fatal(err)
	}
	secret := []byte("example-secret-of-32-bytes-long!")
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, append(secret, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	at := terminal.ID{Bank: "ravi", Name: "atm-1"}
	listener := &paypoint.Listener{
		Terminals: []paypoint.Terminal{{Terminal: terminal.Terminal{ID: at, Kind: terminal.ATM}}},
		Lines:     []paypoint.Line{{Name: "push", Bank: "ravi", Profile: p, Addr: berthtest.Address(t), Secret: secret}},
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { listener.Run(ctx) })
	defer running.Wait()
	defer stop()
	say, out, end := attended(t, must(t)(Paypoint(Bank{To: listener.Lines[0].Addr, Profile: profileOf("paypoint-bank-push.toml"), Secret: file, ID: at, Kind: terminal.ATM, Speed: 1})))
	defer end()
	out.await(t, "in service []")
	say("empty")
	out.await(t, "no cash [empty]")
	out.await(t, "accepted:")
	board, err := listener.Board()
	if err != nil {
		t.Fatal(err)
	}
	for limit := time.Now().Add(patience); board.Statuses()[0].Told[terminal.Cash] != terminal.Out; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("the box never heard: %+v", board.Statuses())
		}
	}
}
