package nation

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
)

// witnessName is the file of what a box asked headquarters and what it was answered, a line each.
const witnessName = "witness"

// line is one question or answer. A box may be killed between the two.
type line struct {
	At    int64  `json:"at"` // nanoseconds of the machine's monotonic clock, which all its processes share
	Link  int64  `json:"link"`
	Ask   int    `json:"ask"`             // number of the question on its link, from 1
	Read  bool   `json:"read,omitempty"`  // a greeting asks what is held
	After uint64 `json:"after,omitempty"` // of a batch
	Last  uint64 `json:"last,omitempty"`
	Done  bool   `json:"done,omitempty"` // this is the answer
	Held  uint64 `json:"held,omitempty"`
}

// witness writes down what passes over the links of a box.
type witness struct {
	mu   sync.Mutex
	file *os.File
	err  error // guarded by mu: the first, told when the box ends
}

func openWitness(dir string) (*witness, error) {
	f, err := os.OpenFile(filepath.Join(dir, witnessName), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return &witness{file: f}, err
}

func (w *witness) close() error { return errors.Join(w.err, w.file.Close()) }

func (w *witness) write(l line) {
	l.At = monotonic()
	b, err := json.Marshal(l)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		_, err = w.file.Write(append(b, '\n'))
	}
	w.err = errors.Join(w.err, err)
}

func monotonic() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		panic("BUG: the kernel has no monotonic clock: " + err.Error())
	}
	return t.Nano()
}

// watch looks at what a link carries.
func (w *witness) watch(l uplink.Link) uplink.Link {
	return &watched{Link: l, witness: w, id: time.Now().UnixNano()}
}

type watched struct {
	uplink.Link
	witness *witness
	id      int64

	mu    sync.Mutex
	asked int    // guarded by mu
	open  []line // guarded by mu: not answered, in order
}

// Send notes a question before it leaves.
func (w *watched) Send(ctx context.Context, m wire.Message) error {
	switch m := m.(type) {
	case wire.Hello:
		w.ask(line{Read: true})
	case wire.Batch:
		w.ask(line{After: m.Prev.Seq, Last: m.Last().Seq})
	}
	return w.Link.Send(ctx, m)
}

func (w *watched) ask(l line) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	l.Link, l.Ask = w.id, w.asked
	w.open = append(w.open, l)
	w.witness.write(l)
}

// Receive notes an answer once it is here.
func (w *watched) Receive() (wire.Message, error) {
	m, err := w.Link.Receive()
	switch m := m.(type) {
	case wire.Welcome:
		w.answer(m.Held.Seq)
	case wire.Ack:
		w.answer(m.Held.Seq)
	}
	return m, err
}

// answer closes the oldest question: headquarters answers in order.
func (w *watched) answer(held uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.open) == 0 {
		return
	}
	l := w.open[0]
	w.open = w.open[1:]
	l.Done, l.Held = true, held
	w.witness.write(l)
}

// question is a question with its answer, if one came.
type question struct {
	line
	answered int64 // 0: nobody knows what became of it
}

// readWitness gives a box's questions, in the order in which they were asked.
func readWitness(dir string) ([]*question, error) {
	f, err := os.Open(filepath.Join(dir, witnessName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	type key struct {
		link int64
		ask  int
	}
	open := map[key]*question{}
	var all []*question
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("%s of %s: %w", witnessName, dir, err)
		}
		k := key{l.Link, l.Ask}
		if q := open[k]; l.Done && q != nil {
			q.answered, q.Held = l.At, l.Held
			continue
		}
		open[k] = &question{line: l}
		all = append(all, open[k])
	}
	return all, nil
}
