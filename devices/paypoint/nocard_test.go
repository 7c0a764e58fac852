package paypoint

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	book "markaz.example/edge/book/paypoint"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"

	"markaz.example/devices/paypoint/push"
	"markaz.example/devices/paypoint/terminal"
)

// childVar tells the test binary to be the box of TestNoCardDataAnywhere: "clean", or "keep" for the control.
const childVar = "PAYPOINT_TEST_CHILD"

const cardsInADay = 250

// TestNoCardDataAnywhere lets a box, a process of its own, live through a busy day of banks that strip nothing from what
// they send, on lines that fail. Then it is stopped, and every byte of its memory, its ledger and its log is searched for
// every card's number, track, chip cryptogram and PIN block, in characters, packed and in hex. There must be none.
//
// The control is the same box with connections that keep what they read: there the same search must find each kind.
func TestNoCardDataAnywhere(t *testing.T) {
	clean := busyDay(t, "clean")
	if len(clean.found) > 0 {
		t.Errorf("card data is left: %v", clean.found)
	}
	if clean.heard.Advices == 0 || clean.heard.Troubles["money-request"] == 0 || clean.heard.Troubles[push.CardData] == 0 || clean.heard.Records == 0 {
		t.Errorf("it was no busy day: %+v", clean.heard)
	}
	t.Logf("searched %d MB for %d traces of %d cards; the box says %+v", clean.bytes>>20, clean.needles, cardsInADay, clean.heard)
}

func TestNoCardDataControl(t *testing.T) {
	kept := busyDay(t, "keep")
	for _, kind := range []string{"number", "number packed", "track 2", "track 2 packed", "track 1", "cryptogram", "cryptogram in hex", "PIN block", "PIN block in hex"} {
		if kept.found[kind] == 0 {
			t.Errorf("the search does not find a %s that is there", kind)
		}
	}
}

type autopsy struct {
	found   map[string]int
	bytes   int
	needles int
	heard   account
}

// account is what the box says of its day.
type account struct {
	Advices  int
	Records  uint64
	Troubles map[string]int
}

func busyDay(t *testing.T, mode string) autopsy {
	dir := t.TempDir()
	box := startChild(t, mode, dir)
	search := newNeedles()
	sim := &Sim{Terminals: SimDay(), Seed: 7, Speed: 1e12, Chaos: 0.1, Customers: cardsInADay}
	var careless []Card
	sim.OnCard = func(c Card) { search.card(c); careless = append(careless, c) }
	for i, l := range day(t) {
		sim.Lines = append(sim.Lines, &SimLine{Bank: l.Bank, Profile: l.Profile, Addr: box.addrs[i], Secret: secret})
	}
	if err := sim.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range careless[:20] {
		pushCard(t, box.addrs[2], c)
	}
	a := box.autopsy(t, search)
	a.heard = box.leave(t)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		search.in(b, a.found)
		a.bytes += len(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// pushCard is a bank's monitoring gone wrong.
func pushCard(t *testing.T, addr string, c Card) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	web := &push.Client{HTTP: &http.Client{Transport: transport}, URL: "http://" + addr + "/" + c.Number, Secret: secret}
	body := fmt.Sprintf(`{"v":1,"source":"bafl","terminal":"ATM-9","seq":1,"pan":%q,"track":";%s?"}`, c.Number, c.Track2())
	a, err := web.SendBytes(t.Context(), []byte(body))
	if err != nil || len(a.Refused) != 1 || a.Refused[0].Why != push.CardData {
		t.Errorf("a push with a card number was answered %+v, %v", a, err)
	}
}

// running is the child.
type running struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Scanner
	addrs []string
}

func startChild(t *testing.T, mode, dir string) *running {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), childVar+"="+mode, "TMPDIR="+dir, "GOTRACEBACK=none")
	c.Stderr = os.Stderr
	in, errIn := c.StdinPipe()
	out, errOut := c.StdoutPipe()
	if errIn != nil || errOut != nil {
		t.Fatal(errIn, errOut)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	r := &running{cmd: c, in: in, out: bufio.NewScanner(out)}
	if !r.out.Scan() || json.Unmarshal(r.out.Bytes(), &r.addrs) != nil || len(r.addrs) != 4 {
		t.Fatalf("the child said %q", r.out.Text())
	}
	return r
}

// autopsy stops the child between two instructions and reads all memory it has.
func (r *running) autopsy(t *testing.T, search *needles) autopsy {
	t.Helper()
	pid := r.cmd.Process.Pid
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }()
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatalf("the child did not stop: %v, %v", status, err)
	}
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	a := autopsy{found: map[string]int{}, needles: search.count}
	for line := range strings.Lines(string(maps)) {
		a.bytes += searchMapping(mem, line, search, a.found)
	}
	if a.bytes < 1<<20 {
		t.Fatalf("only %d bytes of memory could be read", a.bytes)
	}
	return a
}

func searchMapping(mem *os.File, line string, search *needles, found map[string]int) int {
	var from, to int64
	var perms string
	if n, _ := fmt.Sscanf(line, "%x-%x %s", &from, &to, &perms); n != 3 || perms[0] != 'r' || strings.Contains(line, "[v") {
		return 0
	}
	const chunk, overlap = 1 << 20, 256 // the longest needle has 90 bytes
	b := make([]byte, chunk+overlap)
	read := 0
	for at := from; at < to; at += chunk {
		n, _ := mem.ReadAt(b[:min(chunk+overlap, to-at)], at) // pages past the end of a mapped file cannot be read
		search.in(b[:n], found)
		read += n
	}
	return read
}

func (r *running) leave(t *testing.T) (a account) {
	t.Helper()
	_ = r.in.Close()
	if !r.out.Scan() || json.Unmarshal(r.out.Bytes(), &a) != nil {
		t.Fatalf("the child said %q at its end", r.out.Text())
	}
	if err := r.cmd.Wait(); err != nil {
		t.Errorf("the child ended: %v", err)
	}
	return a
}

// needles are byte strings of 8 bytes or more, found by their first 8.
type needles struct {
	all   map[uint64][]needle
	sieve [1 << 16]uint64
	count int
}

type needle struct {
	kind  string
	bytes string
}

func newNeedles() *needles { return &needles{all: map[uint64][]needle{}} }

func (n *needles) card(c Card) {
	packed := strings.Replace(c.Track2(), "=", "D", 1)
	n.add("number", c.Number)
	n.add("number in hex", hex.EncodeToString([]byte(c.Number)))
	n.add("number packed", string(unhex(c.Number)))
	n.add("number packed, shifted", string(unhex(packed[1:])[:8]))
	n.add("end of a number", c.Number[7:])
	n.add("track 2", c.Track2())
	n.add("track 2 packed", string(unhex(packed)))
	n.add("track 2 packed", string(unhex("0" + packed)[1:]))
	n.add("end of a track", c.Discretion)
	n.add("track 1", c.Track1())
	for kind, b := range map[string][]byte{"cryptogram": c.Cryptogram[:], "PIN block": c.PIN[:]} {
		n.add(kind, string(b))
		n.add(kind+" in hex", hex.EncodeToString(b))
		n.add(kind+" in hex", strings.ToUpper(hex.EncodeToString(b)))
	}
}

func sieveAt(key uint64) (word, bit uint64) {
	h := key * 0x9e3779b97f4a7c15 >> 42
	return h >> 6, 1 << (h & 63)
}

func (n *needles) add(kind, s string) {
	key := binary.LittleEndian.Uint64([]byte(s))
	word, bit := sieveAt(key)
	n.sieve[word] |= bit
	n.all[key] = append(n.all[key], needle{kind, s})
	n.count++
}

// in searches. A race detector would look at each of half a billion bytes, which only this goroutine has.
//
//go:norace
func (n *needles) in(b []byte, found map[string]int) {
	for i := 0; i+8 <= len(b); i++ {
		key := binary.LittleEndian.Uint64(b[i:])
		if key == 0 {
			continue
		}
		word, bit := sieveAt(key)
		if n.sieve[word]&bit == 0 {
			continue
		}
		for _, one := range n.all[key] {
			if i+len(one.bytes) <= len(b) && string(b[i:i+len(one.bytes)]) == one.bytes {
				found[one.kind]++
			}
		}
	}
}

// child is the box: the real Listener on loopback, a ledger, a log. It tells its addresses, and ends with its input.
func child() {
	say := json.NewEncoder(os.Stdout)
	logFile, err := os.Create(filepath.Join(os.TempDir(), "log"))
	must(err)
	addrs := make(chan string, 4)
	l := &Listener{Terminals: plain(SimDay()), Lines: day(fatal{}), Log: slog.New(slog.NewJSONHandler(logFile, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for i := range l.Lines {
		l.Lines[i].Listen = func(ctx context.Context) (net.Listener, error) {
			in, err := net.Listen("tcp", "127.0.0.1:0")
			must(err)
			addrs <- in.Addr().String()
			if os.Getenv(childVar) == "keep" {
				return keeper{in}, nil
			}
			return in, nil
		}
	}
	file := ledgertest.Create(fatal{}, book.Book())
	ctx, stop := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() { _ = l.Run(ctx) })
	parts.Go(func() { record(ctx, l, file) })
	must(say.Encode([]string{<-addrs, <-addrs, <-addrs, <-addrs}))
	_, _ = io.Copy(io.Discard, os.Stdin)
	a := account{Troubles: map[string]int{}, Records: file.Acknowledged().Seq}
	for _, t := range l.State().Terminals {
		a.Advices += t.Advices
	}
	for _, t := range l.State().Troubles {
		a.Troubles[t.Why] += t.Count
	}
	stop()
	parts.Wait()
	file.Stop(fatal{}) // the file stays for the search
	must(say.Encode(a))
}

// record is what the box does with changes.
func record(ctx context.Context, l *Listener, file *ledgertest.File) {
	board, err := l.Board()
	must(err)
	news := board.Subscribe()
	defer news.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-news.C:
			note(ctx, file, c)
		}
	}
}

func note(ctx context.Context, file *ledgertest.File, c terminal.Change) {
	if !book.Recorded(c.What) {
		return
	}
	err := file.Update(ctx, "box", func(tx *ledger.Tx) error {
		return book.Note(tx, book.Changed{Terminal: c.ID.String(), What: c.What, Now: c.Now.String(), Reason: c.Why, Source: string(c.By)})
	})
	if ctx.Err() == nil {
		must(err)
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// fatal is a ledgertest.TB for a process that is no test.
type fatal struct{}

func (fatal) Helper()                      {}
func (fatal) Fatal(args ...any)            { panic(fmt.Sprint(args...)) }
func (fatal) Fatalf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }
func (fatal) Errorf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }

// keeper is the control: connections that keep what they read.
type keeper struct{ net.Listener }

func (k keeper) Accept() (net.Conn, error) {
	c, err := k.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &keeping{Conn: c}, nil
}

var _ net.Conn = (*keeping)(nil)

type keeping struct {
	net.Conn
	kept []byte
}

func (k *keeping) Read(p []byte) (int, error) {
	n, err := k.Conn.Read(p)
	k.kept = append(k.kept, p[:n]...)
	return n, err
}
