package post

import (
	"context"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/office"
)

// The kinds of records that the office acts on. Their bodies are described in the box's books; what is not needed here is
// passed over.
const (
	kindReceived         chain.Kind = "post.received/1"
	kindReturned         chain.Kind = "lease.returned/1"
	kindAsked            chain.Kind = "check.asked/1"
	kindDiagnosisGiven   chain.Kind = "diagnosis.given/1"
	kindDiagnosisRefused chain.Kind = "diagnosis.refused/1"
)

type receivedForm struct {
	Number uint64 `cbor:"1,keyasint"`
}

type returnedForm struct {
	ID    id.Errand `cbor:"1,keyasint"`
	From  uint64    `cbor:"3,keyasint"`
	Count uint64    `cbor:"4,keyasint"`
}

type askedForm struct {
	ID          id.Errand `cbor:"1,keyasint"`
	What        string    `cbor:"2,keyasint"`
	Provisional string    `cbor:"3,keyasint"`
}

type givenForm struct {
	ID     id.Errand `cbor:"1,keyasint"`
	Report []byte    `cbor:"3,keyasint"`
}

// Clerk reads in the chains what boxes have to say to the office, and puts it there.
type Clerk struct {
	*Desk
	// Leads says whether this node should read; nil means always. Two that read at once do no harm.
	Leads func() bool
}

// Run reads until the context ends. What cannot be done now is logged and tried again.
func (c *Clerk) Run(ctx context.Context) error {
	seen := map[chain.Incarnation]uint64{} // read up to here, as this run knows
	for {
		wait := clerkLook
		if c.Leads == nil || c.Leads() {
			if err := c.round(ctx, seen); err != nil && ctx.Err() == nil {
				c.Log.Warn("what boxes say to the office was not read", "err", err)
				wait = clerkPause
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// round reads on in every chain that has grown.
func (c *Clerk) round(ctx context.Context, seen map[chain.Incarnation]uint64) error {
	for _, k := range c.Archive.Chains() {
		for seen[k.Incarnation] < k.Held.Seq {
			to, err := c.readOn(ctx, k.Incarnation, seen[k.Incarnation])
			if err != nil {
				return err
			}
			if to == seen[k.Incarnation] {
				break // nothing more can be read now
			}
			seen[k.Incarnation] = to
		}
	}
	return nil
}

// readOn reads a stretch of a chain and proposes what it says. It gives how far the chain is read then. What says nothing
// is not worth an act: the office hears of it with the next news, or after quietMax records.
func (c *Clerk) readOn(ctx context.Context, in chain.Incarnation, seen uint64) (uint64, error) {
	after, err := office.ReadTo(c.view(), in)
	if err != nil {
		return 0, err
	}
	a, err := c.gather(in, max(after, seen))
	if a.After = after; err != nil || a.To == after || quiet(a) {
		return a.To, err
	}
	got, err := c.act(ctx, a)
	return office.Number(got.Body), err
}

func quiet(a office.ChainRead) bool {
	silent := a.Received == 0 && len(a.Returned) == 0 && len(a.Asked) == 0 && a.Given == 0 && a.Refused == 0
	return silent && a.To-a.After < quietMax
}

// gather reads up to readMax records, fewer when an act has no room for more news.
func (c *Clerk) gather(in chain.Incarnation, after uint64) (office.ChainRead, error) {
	a := office.ChainRead{Centre: in.Centre, Nonce: in.Name(), After: after, To: after}
	for s, err := range c.Archive.Records(in, after) {
		if err != nil {
			return a, err
		}
		if r, err := chain.Decode(s.Bytes); err == nil { // what cannot be read has nothing to say
			c.note(&a, r)
		}
		a.To = s.At.Seq
		if a.To-after >= readMax || len(a.Returned) >= newsMax || len(a.Asked) >= newsMax {
			break
		}
	}
	return a, nil
}

// note takes what one record says. A body that cannot be read, or that no box of ours writes, is passed over: it is in the
// archive, and the centre's other records must not wait for it.
func (c *Clerk) note(a *office.ChainRead, r chain.Record) {
	var err error
	switch r.Kind {
	case kindReceived:
		var f receivedForm
		err = chain.DecodeBody(r.Body, &f)
		a.Received = max(a.Received, f.Number)
	case kindReturned:
		var f returnedForm
		if err = chain.DecodeBody(r.Body, &f); err == nil {
			err = add(&a.Returned, office.Return(f))
		}
	case kindAsked:
		var f askedForm
		if err = chain.DecodeBody(r.Body, &f); err == nil {
			err = add(&a.Asked, office.Question{ID: f.ID, What: f.What, Subject: r.Subject, Provisional: f.Provisional, Wall: r.Stamp.Wall, Seq: r.Seq})
		}
	case kindDiagnosisGiven:
		a.Given = r.Seq
	case kindDiagnosisRefused:
		a.Refused = r.Seq
	}
	if err != nil {
		c.Log.Warn("a record says nothing to the office", "centre", a.Centre, "seq", r.Seq, "kind", r.Kind, "err", err)
	}
}

func add[T interface{ Check() error }](list *[]T, v T) error {
	err := v.Check()
	if err == nil {
		*list = append(*list, v)
	}
	return err
}
