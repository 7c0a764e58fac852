package visit

import (
	"errors"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// QuickServed records that a desk served somebody in a moment, without a number: a question, a paper looked at. It is no
// visit, and is counted all the same.
type QuickServed struct {
	Desk    id.Desk    `cbor:"1,keyasint"`
	Service id.Service `cbor:"2,keyasint"` // what it was about
}

// Kind is visit.quick-served/1.
func (QuickServed) Kind() chain.Kind { return "visit.quick-served/1" }

// Check reports a desk or service that cannot be.
func (e QuickServed) Check() error { return errors.Join(e.Desk.Check(), e.Service.Check()) }

func (e QuickServed) project(v ledger.View, h chain.Header) error {
	if _, err := moment(v, h); err != nil {
		return err
	}
	open, _ := openDay(v.Reader)
	all := quick(v.Reader, open.Date)
	i := slices.IndexFunc(all, func(q Quick) bool { return q.Desk == e.Desk && q.Service == e.Service })
	if i < 0 {
		all = append(all, Quick{Desk: e.Desk, Service: e.Service})
		i = len(all) - 1
	}
	all[i].Count++
	return put(v, quickKey(open.Date), all)
}

// Quick counts who was served without a number at a desk for a service.
type Quick struct {
	Desk    id.Desk    `cbor:"1,keyasint"`
	Service id.Service `cbor:"2,keyasint"`
	Count   int        `cbor:"3,keyasint"`
}

// QuickOf counts who was served without a number on a business day, by desk and service, in no order.
func QuickOf(src ledger.Source, day string) []Quick { return quick(src.Reader(Name), day) }

func quick(r ledger.Reader, day string) (all []Quick) {
	get(r, quickKey(day), &all)
	return all
}

// ServeQuick records somebody who was served without a number. It reports what Check finds.
func ServeQuick(tx *ledger.Tx, d id.Desk, s id.Service) error {
	return tx.Append("", QuickServed{d, s})
}
