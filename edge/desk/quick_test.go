package desk_test

import (
	"testing"
	"time"

	"markaz.example/edge/desk"
)

// Who is served without a number is counted by desk and service, on the day, beside the visits; a rebuilt view counts the same.
func TestQuickService(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	refused(t, "the first of the day", h.ServeQuick(ctx, "A", "kafaalat"), "")
	h.admit(t, "kafaalat")
	h.take(t, "A")
	refused(t, "while somebody is served", h.ServeQuick(ctx, "A", "kafaalat"), "")
	refused(t, "at another desk", h.ServeQuick(ctx, "B", "kafaalat"), "")
	refused(t, "not of this desk", h.ServeQuick(ctx, "C", "kafaalat"), desk.NotItsService)
	refused(t, "nowhere", h.ServeQuick(ctx, "Z", "kafaalat"), desk.NoSuchDesk)
	refused(t, "the press before can be taken back", h.Undo(ctx, "A"), "")
	h.reboot(t)
	b, err := h.DeskBoard(ctx, "A")
	if err != nil || len(b.Quick) != 2 || b.Quick[0].Count != 2 || b.Quick[1].Count != 0 {
		t.Errorf("desk A counts %+v, %v", b.Quick, err)
	}
	if f := h.figures(t); f.Quick != 3 || f.Asked != 1 {
		t.Errorf("figures: %+v", f)
	}
	r, err := h.Report(ctx, "")
	if err != nil || r.All.Quick != 3 || r.Desks[0].Figures.Quick != 2 || r.Services[0].Figures.Quick != 3 || r.All.Stops != 1 {
		t.Errorf("report: %+v, %v", r.All, err)
	}
	refused(t, "close", h.CloseDay(ctx, "floor", "evening", false), "")
	refused(t, "after closing", h.ServeQuick(ctx, "A", "kafaalat"), desk.DayOver)
	h.file.Clock.Pass(20 * time.Hour)
	refused(t, "the next day", h.ServeQuick(ctx, "A", "kafaalat"), "")
	if f := h.figures(t); f.Quick != 1 {
		t.Errorf("figures of the next day: %+v", f)
	}
}
