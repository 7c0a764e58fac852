package victim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	realbox "markaz.example/edge/box"
	"markaz.example/edge/chain"
	"markaz.example/edge/durable"
	"markaz.example/edge/ledger"
)

// judge looks at a ledger that was just opened: the whole chain, what was acknowledged, the record of the start, and that
// no decision is there by half.
func (b *box) judge(ctx context.Context) error {
	head, err := b.ledger.Verify(ctx, nil)
	if err != nil {
		return unsound("verify: %w", err)
	}
	if at := b.ledger.Acknowledged(); head != at {
		return unsound("the chain ends at %s, the ledger says %s", head, at)
	}
	if err := b.judgeAcked(head); err != nil {
		return err
	}
	return b.judgeRecords(head)
}

// judgeAcked compares hashes, each of which is over every byte before.
func (b *box) judgeAcked(head chain.Position) error {
	acked := b.Acked[Name]
	if acked.Seq == 0 {
		return nil
	}
	if acked.Seq >= head.Seq { // the head is the record of this start
		return lost("record %d was acknowledged, the newest found is %d", acked.Seq, head.Seq-1)
	}
	h, err := b.ledger.HashAt(acked.Seq)
	switch {
	case err != nil:
		return unsound("record %d: %w", acked.Seq, err)
	case acked.Hash != (chain.Hash{}) && h != acked.Hash:
		return lost("record %d was acknowledged as %s, found is %s", acked.Seq, acked.Hash, h)
	}
	return nil
}

// judgeRecords goes through all records once: each boot begins with its record and has the next number, and the last
// record is that of this start. Who was given a number has a paper in the very next record: the two are one decision.
func (b *box) judgeRecords(head chain.Position) error {
	var boot uint64
	var last chain.Record
	begun := ""
	for after := uint64(0); after < head.Seq; {
		records, err := b.ledger.Read(after, 1<<20)
		if err != nil || len(records) == 0 {
			return unsound("read after %d: %d records, %v", after, len(records), err)
		}
		for _, stored := range records {
			if last, err = chain.Decode(stored); err != nil {
				return unsound("record after %d: %w", after, err)
			}
			after++
			if err := bootFollows(last, &boot); err != nil {
				return err
			}
			if begun != "" && (last.Kind != paper.Queued{}.Kind() || last.Subject != begun) {
				return unsound("record %d is %s: the visit before it has no paper", after, last.Kind)
			}
			if begun = ""; last.Kind == (visit.Opened{}).Kind() {
				begun = last.Subject
			}
		}
	}
	if last.Kind != (ledger.Started{}).Kind() || begun != "" {
		return unsound("the newest record is %s, not that of this start", last.Kind)
	}
	return nil
}

func bootFollows(r chain.Record, boot *uint64) error {
	switch starts := r.Kind == (ledger.Started{}).Kind(); {
	case starts && r.Stamp.Boot != *boot+1, !starts && r.Stamp.Boot != *boot:
		return unsound("record %d, %s, is of boot %d after one of boot %d", r.Seq, r.Kind, r.Stamp.Boot, *boot)
	}
	*boot = r.Stamp.Boot
	return nil
}

// compareViews makes the views of a copy anew, before the ledger is opened, and compares every byte.
func (b *box) compareViews(ctx context.Context) error {
	from := filepath.Join(b.data(), "ledger.db")
	if _, err := os.Stat(from); !b.Views || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	file, err := os.Open(from)
	if err != nil {
		return err
	}
	defer file.Close()
	path := filepath.Join(b.Scrap, "copy.db")
	defer os.Remove(path)
	if err := durable.Copy(path, file); err != nil {
		return err
	}
	kept, err := Views(ctx, path)
	if err != nil {
		return unsound("before a rebuild: %w", err)
	}
	if _, err := ledger.RebuildFile(ctx, path, realbox.Books(), nil); err != nil {
		return unsound("rebuild: %w", err)
	}
	made, err := Views(ctx, path)
	if err != nil || !bytes.Equal(kept, made) {
		return unsound("views differ from views made anew, %v", err)
	}
	return nil
}

// Views are all keys and values of all views of a closed ledger, in order.
func Views(ctx context.Context, path string) (all []byte, err error) {
	l, err := ledger.OpenReadOnly(path, realbox.Books())
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return ViewsOf(ctx, l)
}

// ViewsOf is Views of an open one.
func ViewsOf(ctx context.Context, l *ledger.Ledger) (all []byte, err error) {
	err = l.View(ctx, func(s ledger.Snapshot) error {
		for _, book := range append([]ledger.Book{ledger.Own()}, realbox.Books()...) {
			s.Reader(book.Name).Scan(nil, func(key, value []byte) bool {
				all = fmt.Appendf(all, "%s/%q=%q\n", book.Name, key, value)
				return true
			})
		}
		return nil
	})
	return all, err
}
