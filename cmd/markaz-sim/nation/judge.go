package nation

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"markaz.example/edge/box"
	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/sync/archive"
)

// ErrWrong is reported when a promise did not hold.
var ErrWrong = errors.New("headquarters does not have what the boxes acknowledged")

// Verdict is what a judge found. Nothing in Wrong means that every promise held.
type Verdict struct {
	Centres      int
	Records      uint64 // held at headquarters
	Acknowledged uint64 // times that a box told its people that something is saved
	Questions    int    // of boxes to headquarters: greetings and batches
	Wrong        []string
}

const wrongMax = 20 // differences that are told one by one; one is enough to fail

func (v *Verdict) say(format string, args ...any) {
	if len(v.Wrong) < wrongMax {
		v.Wrong = append(v.Wrong, fmt.Sprintf(format, args...))
	}
}

// tell prints the verdict. It reports ErrWrong.
func (v Verdict) tell(out io.Writer) error {
	fmt.Fprintf(out, "%d centres, %d records at headquarters, %d acknowledgements to people, %d greetings and batches\n", v.Centres, v.Records, v.Acknowledged, v.Questions)
	for _, w := range v.Wrong {
		fmt.Fprintln(out, "WRONG:", w)
	}
	if len(v.Wrong) > 0 {
		return ErrWrong
	}
	fmt.Fprintln(out, "every acknowledged record is there once and in order, every chain verifies, what boxes were answered is linearizable")
	return nil
}

// Judge compares the boxes' files with the archives of headquarters' nodes, when all programs have stopped and
// everything was mended long enough before. The first archive is compared record by record, the others with it.
func Judge(ctx context.Context, boxes map[id.Centre]string, archives []string) (v Verdict, err error) {
	var open []*archive.Archive
	defer func() {
		for _, a := range open {
			err = errors.Join(err, a.Close())
		}
	}()
	for _, path := range archives {
		a, err := archive.OpenReadOnly(path)
		if err != nil {
			return v, err
		}
		open = append(open, a)
		if err := a.Verify(ctx, nil); err != nil {
			v.say("%s: %v", path, err)
		}
		for _, c := range a.Chains() {
			if c.Forks > 0 {
				v.say("%s: %s has %d branches, and nobody restored a backup", path, c.Incarnation, c.Forks)
			}
			if got := open[0].Held(c.Incarnation); got != c.Held {
				v.say("%s holds %s of %s, the first node %s", path, c.Held, c.Incarnation, got)
			}
		}
	}
	for centre, dir := range boxes {
		if err := v.centre(ctx, dir, open[0]); err != nil {
			return v, fmt.Errorf("judge %s: %w", centre, err)
		}
	}
	return v, nil
}

// centre compares one box with an archive.
func (v *Verdict) centre(ctx context.Context, dir string, a *archive.Archive) error {
	v.Centres++
	l, err := ledger.OpenReadOnly(filepath.Join(dir, ledgerName), box.Books())
	if err != nil {
		return err
	}
	defer l.Close()
	in := l.Incarnation()
	if _, err := l.Verify(ctx, nil); err != nil {
		v.say("%s: the box's chain: %v", in, err)
	}
	if got, want := a.Held(in), l.Acknowledged(); got != want {
		v.say("%s: headquarters holds %s, the box %s", in, got, want)
	}
	if err := v.history(in, dir); err != nil {
		return err
	}
	acked, err := readAcked(filepath.Join(dir, ackedName))
	if err != nil {
		return err
	}
	v.Acknowledged += uint64(len(acked))
	for s, err := range a.Records(in, 0) {
		if err != nil {
			v.say("%s: %v", in, err)
			return nil
		}
		v.Records++
		if word, told := acked[s.At.Seq]; told && !word.is(s.At.Hash) {
			v.say("%s: record %d was acknowledged as %s, headquarters holds %x", in, s.At.Seq, word, s.At.Hash[:8])
		}
		delete(acked, s.At.Seq)
	}
	for seq := range acked {
		v.say("%s: record %d was acknowledged and is not at headquarters", in, seq)
	}
	return nil
}

// history checks what the box was answered.
func (v *Verdict) history(in chain.Incarnation, dir string) error {
	all, err := readWitness(dir)
	if err != nil {
		return err
	}
	v.Questions += len(all)
	if wrong := checkRegister(all); wrong != "" {
		v.say("%s: %s", in, wrong)
	}
	return nil
}

// word is what a box said of a record: its hash in hex, or that it is saved before it knew.
type word string

func (w word) is(h chain.Hash) bool { return string(w) == hex.EncodeToString(h[:]) }

// readAcked gives what a box said, by sequence; the last word counts.
func readAcked(path string) (map[uint64]word, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	out := map[uint64]word{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var seq uint64
		first, rest, _ := strings.Cut(lines.Text(), " ")
		if _, err := fmt.Sscan(first, &seq); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		out[seq] = word(rest)
	}
	return out, nil
}
