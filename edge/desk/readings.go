package desk

import (
	"context"
	"fmt"
	"strings"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/reading"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// FormResult is the paper with what was measured: "result/VISIT/SEQ", the newest measurement's record.
const FormResult = "result"

// Readings is what was measured of whoever a desk serves.
type Readings struct {
	Seq     uint64
	Visit   id.Visit
	Stop    int
	Token   id.Token
	Service Service
	Kept    []reading.Kept // the newest of each kind and person
}

// Readings is what was measured in the visit at a desk. Refusals: NoSuchDesk, NobodyServed.
func (f *Floor) Readings(ctx context.Context, d id.Desk) (out Readings, err error) {
	err = f.LookServed(ctx, d, func(snap ledger.Snapshot, v *visit.Visit) error {
		service, _ := f.Catalogue.Service(v.Stop().Service)
		out = Readings{
			Seq: snap.Seq(), Visit: v.ID, Stop: v.At(), Token: v.Token, Service: service, Kept: reading.Of(snap, v.ID),
		}
		return nil
	})
	return out, err
}

// Measured records what was measured of a visit, all of it or nothing. When the desk serves somebody else by now, it is
// refused. Refusals: NoSuchDesk, NobodyServed.
func (f *Floor) Measured(ctx context.Context, d id.Desk, v id.Visit, taken []reading.Taken) error {
	return f.DecideServed(ctx, d, v, func(tx *ledger.Tx, at *visit.Visit) error {
		for _, e := range taken {
			e.Desk, e.Stop = d, uint8(at.At())
			if err := reading.Take(tx, v, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// PrintResult prints what was measured in the visit at a desk; the same values a second time are a reprint.
// Refusals: NoSuchDesk, NobodyServed, NothingMeasured.
func (f *Floor) PrintResult(ctx context.Context, d id.Desk) error {
	return f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		v, err := servedAt(tx, d)
		if err != nil {
			return err
		}
		kept := reading.Of(tx, v.ID)
		if len(kept) == 0 {
			return refusal(NothingMeasured, nil)
		}
		return f.QueuePaper(tx, fmt.Sprintf("%s/%s/%d", FormResult, v.ID, kept[len(kept)-1].Seq), FormResult)
	})
}

// Result is a paper with what was measured.
type Result struct {
	Token   id.Token
	Day     string // business day
	Kept    []reading.Kept
	Reprint bool
}

// Result is what a job of FormResult prints. Refusals: NoSuchVisit.
func (f *Floor) Result(ctx context.Context, job paper.Job) (r Result, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		name, _, _ := strings.Cut(strings.TrimPrefix(job.Subject, FormResult+"/"), "/")
		v, ok := visit.Get(snap, id.Visit(name))
		kept := reading.Of(snap, v.ID)
		if !ok || len(kept) == 0 {
			return refusal(NoSuchVisit, nil)
		}
		r = Result{Token: v.Token, Day: v.Day, Kept: kept, Reprint: job.Reprint}
		return nil
	})
	return r, err
}
