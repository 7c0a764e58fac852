package day

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
)

// books is what a dump of a chain says, from the box or from headquarters.
type books struct {
	hashes  []string // of every record, in order
	opened  map[id.Visit]id.Code
	tokens  map[string]int // how often each number was given
	issued  map[id.Visit]int
	done    map[id.Visit]bool // finished their last stop
	reprint map[id.Visit]int  // papers asked for though one may be out
}

// record is what both tools print of a record, as far as it matters here.
type record struct {
	Seq     uint64     `json:"seq"`
	Hash    string     `json:"hash"`
	Kind    chain.Kind `json:"kind"`
	Subject string     `json:"subject"`
	Event   struct {
		Token   string
		Code    id.Code
		Reprint bool
	} `json:"event"`
}

// dump runs a tool that prints records and counts what they say.
func dump(ctx context.Context, program string, args ...string) (books, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return books{}, err
	}
	if err := cmd.Start(); err != nil {
		return books{}, err
	}
	b, err := count(out)
	if err != nil {
		return b, err
	}
	if err := cmd.Wait(); err != nil {
		return b, fmt.Errorf("%s %v: %w", filepath.Base(program), args, err)
	}
	return b, nil
}

func count(r io.Reader) (books, error) {
	b := books{
		opened: map[id.Visit]id.Code{}, tokens: map[string]int{}, issued: map[id.Visit]int{},
		done: map[id.Visit]bool{}, reprint: map[id.Visit]int{},
	}
	in := json.NewDecoder(bufio.NewReader(r))
	for {
		var rec record
		if err := in.Decode(&rec); err == io.EOF {
			return b, nil
		} else if err != nil {
			return b, fmt.Errorf("record %d: %w", len(b.hashes)+1, err)
		}
		if rec.Seq != uint64(len(b.hashes)+1) {
			return b, fmt.Errorf("record %d where %d was due", rec.Seq, len(b.hashes)+1)
		}
		b.hashes = append(b.hashes, rec.Hash)
		b.note(rec)
	}
}

func (b *books) note(r record) {
	v := id.Visit(r.Subject)
	switch r.Kind {
	case "visit.opened/1", "visit.opened/2":
		b.opened[v] = r.Event.Code
		b.tokens[r.Event.Token]++
	case "visit.issued/1":
		b.issued[v]++
	case "visit.finished/1", "visit.finished/2":
		b.done[v] = true
	case "paper.asked/1":
		if r.Event.Reprint {
			b.reprint[v]++
		}
	}
}
