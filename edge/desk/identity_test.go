package desk_test

import (
	"context"
	"testing"

	"markaz.example/edge/book/identity"
	"markaz.example/edge/book/paper"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// serve brings a visit to a desk that serves it.
func (h *hall) serve(t *testing.T, d id.Desk) id.Visit {
	t.Helper()
	v := h.admit(t, "kafaalat")
	if _, err := h.CallNext(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	refused(t, "confirm", h.Confirm(t.Context(), d), "")
	return v
}

func (h *hall) identity(t *testing.T, d id.Desk) desk.Identity {
	t.Helper()
	who, err := h.Identity(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

func try(finger string, r identity.Result) identity.Tried {
	return identity.Tried{Device: "finger/a", Finger: finger, Result: r}
}

// Three failures of a finger lead to another one, all ten to none; the visit can be finished at any point of it.
func TestFingersAreOfferedInTurn(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	_, err := h.Identity(ctx, "A")
	refused(t, "nobody served", err, desk.NobodyServed)
	_, err = h.Identity(ctx, "Z")
	refused(t, "no such desk", err, desk.NoSuchDesk)
	v := h.serve(t, "A")
	var seen []string
	for range 30 {
		who := h.identity(t, "A")
		if len(seen) == 0 || seen[len(seen)-1] != who.Finger {
			seen = append(seen, who.Finger)
		}
		refused(t, "try", h.Tried(ctx, "A", v, try(who.Finger, identity.Messy)), "")
	}
	if len(seen) != 10 || seen[0] != "right-index" || seen[1] != "left-index" {
		t.Errorf("offered %v", seen)
	}
	who := h.identity(t, "A")
	if who.Finger != "" || !who.MayFile || who.Check.Tries != 30 {
		t.Errorf("after ten fingers: %+v", who)
	}
	refused(t, "one more", h.Tried(ctx, "A", v, try("right-index", identity.Messy)), desk.TooManyTries)
	refused(t, "finish all the same", h.Finish(ctx, "A", "done", false), "")
}

func TestFingerIsTaken(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	v := h.serve(t, "A")
	if who := h.identity(t, "A"); who.Finger != "right-index" || who.Left != 3 || who.MayFile {
		t.Errorf("at first: %+v", who)
	}
	refused(t, "a stranger's finger", h.Tried(ctx, "A", "WWWWWWWWWWWWWWWW", try("right-index", identity.Taken)), desk.NobodyServed)
	refused(t, "the reader's fault", h.Tried(ctx, "A", v, try("right-index", identity.Trouble)), "")
	refused(t, "smeared", h.Tried(ctx, "A", v, try("right-index", identity.Messy)), "")
	if who := h.identity(t, "A"); who.Left != 2 || !who.MayFile {
		t.Errorf("after one failure of the finger and one of the reader: %+v", who)
	}
	refused(t, "taken", h.Tried(ctx, "A", v, try("right-index", identity.Taken)), "")
	if who := h.identity(t, "A"); who.Check.State != identity.StatePassed || who.Finger != "" || who.MayFile {
		t.Errorf("after it was taken: %+v", who)
	}
	refused(t, "again", h.Tried(ctx, "A", v, try("right-index", identity.Taken)), desk.CheckSettled)
	refused(t, "an exception then", h.Except(ctx, "A", "worn"), desk.CheckSettled)
}

func TestExceptionNeedsAReason(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	refused(t, "nobody", h.Except(ctx, "A", "worn"), desk.NobodyServed)
	h.serve(t, "A")
	refused(t, "no reason", h.Except(ctx, "A", ""), desk.BadReason)
	refused(t, "a reason of one's own", h.Except(ctx, "A", "because"), desk.BadReason)
	refused(t, "exception without a try", h.Except(ctx, "A", "missing"), "")
}

// A case is filed after a failure, once, with a paper that carries its reference; the visit goes on and ends.
func TestCaseIsFiledWithItsPaper(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	v := h.serve(t, "A")
	_, err := h.FileCase(ctx, "A", "worn")
	refused(t, "before a try", err, desk.FileSoon)
	refused(t, "smeared", h.Tried(ctx, "A", v, try("right-index", identity.Messy)), "")
	c, err := h.FileCase(ctx, "A", "worn")
	refused(t, "file", err, "")
	_, err = h.FileCase(ctx, "A", "worn")
	refused(t, "twice", err, desk.CheckSettled)

	job := h.jobOf(t, "referral/"+string(c))
	slip, err := h.Referral(ctx, job)
	refused(t, "its paper", err, "")
	if job.Form != desk.FormReferral || slip.Case != c || slip.Token != "K001" || slip.Reason != "worn" || slip.Service.Code != "kafaalat" || slip.Reprint {
		t.Errorf("paper %+v of job %+v", slip, job)
	}
	refused(t, "finish with a receipt", h.Finish(ctx, "A", "referred", true), "")
	receipt, err := h.Receipt(ctx, h.jobOf(t, "receipt/"+string(v)+"/0"))
	refused(t, "its receipt", err, "")
	if receipt.Outcome != "referred" || receipt.Desk != "A" || receipt.Token != "K001" || receipt.Case != c {
		t.Errorf("receipt %+v", receipt)
	}
}

func (h *hall) jobOf(t *testing.T, subject string) (j paper.Job) {
	t.Helper()
	err := h.Ledger.View(context.Background(), func(s ledger.Snapshot) error {
		var ok bool
		if j, ok = paper.For(s, subject); !ok {
			t.Fatalf("no paper for %s", subject)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// Papers other than tokens that do not come out are listed with their owner and printed when somebody asks.
func TestPapersThatAreHeld(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	v := h.serve(t, "A")
	refused(t, "smeared", h.Tried(ctx, "A", v, try("right-index", identity.Messy)), "")
	c, err := h.FileCase(ctx, "A", "worn")
	refused(t, "file", err, "")
	refused(t, "finish", h.Finish(ctx, "A", "done", true), "")
	for _, subject := range []string{"referral/" + string(c), "receipt/" + string(v) + "/0"} {
		job := h.jobOf(t, subject)
		h.update(t, func(tx *ledger.Tx) error { _, err := paper.Start(tx, job.ID, "printer/test"); return err })
		h.update(t, func(tx *ledger.Tx) error { return paper.Fail(tx, paper.Failed{Job: job.ID, Reason: paper.ReasonFault}) })
	}
	held, err := h.Papers(ctx, 10)
	refused(t, "list", err, "")
	if len(held) != 2 || held[0].Form != desk.FormReferral || held[1].Form != desk.FormReceipt || held[0].Token != "K001" ||
		held[1].Token != "K001" || held[0].State != desk.SlipUncertain || held[0].Reason != paper.ReasonFault {
		t.Errorf("held: %+v", held)
	}
	refused(t, "print", h.PrintPaper(ctx, "floor", held[0].Job), "")
	if job := h.jobOf(t, "referral/"+string(c)); job.State != paper.StateQueued || !job.Reprint {
		t.Errorf("asked for once more: %+v", job)
	}
	refused(t, "a job that never was", h.PrintPaper(ctx, "floor", "AAAAAAAAAAAAAAAA"), desk.NoSuchVisit)
	_, err = h.Referral(ctx, paper.Job{Subject: "referral/AAAAAAAA"})
	refused(t, "a case that never was", err, desk.NoSuchVisit)
	_, err = h.Receipt(ctx, paper.Job{Subject: "receipt/AAAAAAAAAAAAAAAA/0"})
	refused(t, "a visit that never was", err, desk.NoSuchVisit)
}
