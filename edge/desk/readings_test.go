package desk_test

import (
	"strconv"
	"testing"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/reading"
	"markaz.example/edge/desk"
)

func weight(grams uint32) reading.Taken {
	return reading.Taken{
		Who: reading.Child, What: reading.Weight, Value: grams, How: reading.FromScale, Raw: []int64{int64(grams)}, Device: "scale/a",
	}
}

// What is measured is recorded for whoever is served, and the paper carries the newest of each kind.
func TestMeasuredAndPrinted(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	_, err := h.Readings(ctx, "A")
	refused(t, "nobody served", err, desk.NobodyServed)
	v := h.serve(t, "A")
	refused(t, "print nothing", h.PrintResult(ctx, "A"), desk.NothingMeasured)
	refused(t, "a stranger's weight", h.Measured(ctx, "A", "WWWWWWWWWWWWWWWW", []reading.Taken{weight(4250)}), desk.NobodyServed)
	refused(t, "half of it cannot be", h.Measured(ctx, "A", v, []reading.Taken{weight(4250), {}}), desk.BoxFault)
	if got, err := h.Readings(ctx, "A"); err != nil || len(got.Kept) != 0 {
		t.Errorf("a refusal recorded %+v, %v", got.Kept, err)
	}
	refused(t, "first", h.Measured(ctx, "A", v, []reading.Taken{weight(4250)}), "")
	refused(t, "corrected", h.Measured(ctx, "A", v, []reading.Taken{weight(4260)}), "")
	got, err := h.Readings(ctx, "A")
	if err != nil || len(got.Kept) != 1 || got.Kept[0].Taken.Value != 4260 || got.Kept[0].Taken.Desk != "A" || got.Token != "K001" {
		t.Errorf("readings %+v, %v", got, err)
	}
	refused(t, "print", h.PrintResult(ctx, "A"), "")
	subject := "result/" + string(v) + "/" + seqOf(got.Kept[0].Seq)
	sheet, err := h.Result(ctx, h.jobOf(t, subject))
	refused(t, "its paper", err, "")
	if sheet.Token != "K001" || len(sheet.Kept) != 1 || sheet.Reprint {
		t.Errorf("sheet %+v", sheet)
	}
	_, err = h.Result(ctx, paperOf("result/AAAAAAAAAAAAAAAA/1"))
	refused(t, "a visit that never was", err, desk.NoSuchVisit)
}

func seqOf(n uint64) string { return strconv.FormatUint(n, 10) }

func paperOf(subject string) paper.Job { return paper.Job{Subject: subject} }
