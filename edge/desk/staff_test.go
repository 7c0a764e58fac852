package desk_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/pin"
)

// The PINs of the tests' staff: S001 is a manager, S002 and S003 are at desks, S004 is a helper, S005 a technician.
const pins = "284913 391847 502736 618294 730185"

func pinOf(s id.Staff) string { return strings.Fields(pins)[s[3]-'1'] }

// staffed is a hall with a staff.
func staffed(t *testing.T) *hall {
	t.Helper()
	h := openHall(t)
	h.enrol(t)
	return h
}

// enrol gives a hall its staff.
func (h *hall) enrol(t *testing.T) {
	t.Helper()
	h.Pins = keeper(t)
	for i, role := range []staff.Role{staff.Manager, staff.Clerk, staff.Nurse, staff.Helper, staff.Technician} {
		e := staff.Enrolled{Name: fmt.Sprint("Colleague ", i+1), Role: role}
		code, err := h.Enrol(t.Context(), desk.AtMachine, e, strings.Fields(pins)[i])
		if err != nil || code != id.Staff(fmt.Sprintf("S00%d", i+1)) {
			t.Fatalf("enrol: %s, %v", code, err)
		}
	}
}

func keeper(t testing.TB) *pin.Keeper {
	t.Helper()
	s, err := pin.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k := pin.NewKeeper(s)
	k.Cost = pin.Cost{MemoryKiB: 8, Passes: 1} // the least that there is
	return k
}

// sign is a console of somebody at a place.
func sign(place staff.Place, s id.Staff, n int) desk.Seat {
	return desk.Seat{Place: place, Staff: s, Console: staff.Console(fmt.Sprintf("%032x", n))}
}

// in signs somebody in and gives the context of their console.
func (h *hall) in(t *testing.T, s desk.Seat) context.Context {
	t.Helper()
	refused(t, "sign in", h.SignIn(t.Context(), s, pinOf(s.Staff), false), "")
	return desk.From(t.Context(), s)
}

// newest is the newest record.
func (h *hall) newest(t *testing.T) (actor, kind string) {
	t.Helper()
	var out strings.Builder
	if err := h.Ledger.Dump(t.Context(), &out, h.Ledger.Acknowledged().Seq-1); err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(out.String(), ",") {
		part = strings.Trim(part, `{}"`+"\n")
		if v, ok := strings.CutPrefix(part, `actor":"`); ok {
			actor = v
		}
		if v, ok := strings.CutPrefix(part, `kind":"`); ok {
			kind = v
		}
	}
	return actor, kind
}

// Without a staff, desks and the floor work as they are, and nobody becomes the first manager over a page.
func TestNoStaffNoSignIn(t *testing.T) {
	h := openHall(t)
	h.Pins = keeper(t)
	ctx := t.Context()
	refused(t, "call", h.Recall(ctx, "A"), desk.NobodyCalled)
	manager := staff.Enrolled{Name: "X", Role: staff.Manager}
	_, err := h.Enrol(ctx, "floor", manager, "284913")
	refused(t, "the first over a page", err, desk.LastManager)
	_, err = h.Enrol(ctx, desk.AtMachine, staff.Enrolled{Name: "X", Role: staff.Clerk}, "284913")
	refused(t, "a centre without a manager", err, desk.LastManager)
	_, err = h.Enrol(ctx, desk.AtMachine, manager, "123456")
	refused(t, "an easy PIN", err, desk.BadPin)
	_, err = h.Enrol(ctx, desk.AtMachine, manager, "284913")
	refused(t, "at the machine", err, "")
	refused(t, "call", h.Recall(ctx, "A"), desk.SignInFirst)
	_, err = h.Ask(ctx, desk.Asking{Actor: "kiosk/1", Services: []id.Service{"kafaalat"}, Lang: "ur"})
	refused(t, "the kiosk is everybody's", err, "")
}

// One desk has one console; whoever takes it over is named, and the console before is refused, not ignored.
func TestOneDeskOneConsole(t *testing.T) {
	h := staffed(t)
	ctx := t.Context()
	first := sign("desk/A", "S002", 1)
	mine := h.in(t, first)
	refused(t, "recall", h.Recall(mine, "A"), desk.NobodyCalled)
	refused(t, "at another desk", h.Recall(mine, "B"), desk.SignInFirst)
	refused(t, "from another console", h.Recall(desk.From(ctx, sign("desk/A", "S002", 2)), "A"), desk.TakenOver)
	refused(t, "as somebody else", h.Recall(desk.From(ctx, sign("desk/A", "S001", 1)), "A"), desk.TakenOver)

	second := sign("desk/A", "S003", 3)
	refused(t, "sign in where somebody is", h.SignIn(ctx, second, pinOf("S003"), false), desk.SomebodyThere)
	refused(t, "take over", h.SignIn(ctx, second, pinOf("S003"), true), "")
	if actor, kind := h.newest(t); actor != "desk/A/S003" || kind != "staff.took-over/1" {
		t.Errorf("recorded %s by %s", kind, actor)
	}
	refused(t, "the first console", h.Recall(mine, "A"), desk.TakenOver)
	refused(t, "the first console signs out", h.SignOut(mine), desk.TakenOver)
	st, err := h.Standing(ctx, "desk/A", first.Console)
	if err != nil || st.Mine || st.There.From != "S002" || st.Person.Code != "S003" {
		t.Errorf("the first console is told %+v, %v", st, err)
	}
	theirs := desk.From(ctx, second)
	refused(t, "the second console", h.Recall(theirs, "A"), desk.NobodyCalled)

	h.in(t, sign("desk/B", "S003", 4))
	refused(t, "one person, one desk", h.Recall(theirs, "A"), desk.SignInFirst)
}

// A restart of the box signs nobody out; a night does.
func TestSeatsOutliveARestartAndNoNight(t *testing.T) {
	h := staffed(t)
	mine := h.in(t, sign("desk/A", "S002", 1))
	h.reboot(t)
	refused(t, "after a restart", h.Recall(mine, "A"), desk.NobodyCalled)
	h.file.Clock.Pass(15 * time.Hour)
	refused(t, "the next day", h.Recall(mine, "A"), desk.SignInFirst)
	refused(t, "somebody else sits down", h.SignIn(t.Context(), sign("desk/A", "S003", 2), pinOf("S003"), false), "")
}

// The system clock jumps while people work, by hours and by years: nobody has to sign in again.
func TestJumpSignsNobodyOut(t *testing.T) {
	h := staffed(t)
	mine := h.in(t, sign("desk/A", "S002", 1))
	for _, jump := range []time.Duration{20 * time.Hour, 3 * 365 * 24 * time.Hour, -50 * 365 * 24 * time.Hour} {
		h.file.Clock.Jump(jump)
		refused(t, jump.String(), h.Recall(mine, "A"), desk.NobodyCalled)
	}
	h.file.Clock.Pass(15 * time.Hour)
	refused(t, "the next day", h.Recall(mine, "A"), desk.SignInFirst)
}

func TestRolesHoldAtDecisions(t *testing.T) {
	h := staffed(t)
	ctx := t.Context()
	refused(t, "a technician at a desk", h.SignIn(ctx, sign("desk/A", "S005", 1), pinOf("S005"), false), desk.NotAllowed)
	refused(t, "a clerk on the floor", h.SignIn(ctx, sign("floor", "S002", 1), pinOf("S002"), false), desk.NotAllowed)
	helper := h.in(t, sign("desk/A", "S004", 1))
	refused(t, "a helper serves", h.Recall(helper, "A"), desk.NotAllowed)
	refused(t, "a helper pauses", h.Pause(helper, "A", "prayer"), "")
	technician := h.in(t, sign("floor", "S005", 1))
	refused(t, "a technician sets a PIN", h.SetPin(technician, "floor", "S002", "847362"), desk.NotAllowed)
	manager := h.in(t, sign("floor", "S001", 2))
	refused(t, "a manager sets a PIN", h.SetPin(manager, "floor", "S002", "847362"), "")
	refused(t, "with the old one", h.SignIn(ctx, sign("desk/B", "S002", 1), pinOf("S002"), false), desk.WrongPin)
	refused(t, "with the new one", h.SignIn(ctx, sign("desk/B", "S002", 1), "847362", false), "")
	refused(t, "the last manager goes", h.End(manager, "floor", "S001", "left"), desk.LastManager)
	refused(t, "the last manager is none any more", h.Change(manager, "floor", "S001", staff.Changed{Name: "X", Role: staff.Clerk}), desk.LastManager)
	refused(t, "somebody goes", h.End(manager, "floor", "S002", "left"), "")
	refused(t, "and is nobody", h.SignIn(ctx, sign("desk/B", "S002", 1), "847362", true), desk.WrongPin)
	refused(t, "a manager empties a desk", h.Dismiss(manager, "floor", "A"), "")
	refused(t, "the helper", h.Pause(helper, "A", "prayer"), desk.SignInFirst)
}

func TestPauseAndHandOver(t *testing.T) {
	h := staffed(t)
	mine := h.in(t, sign("desk/A", "S002", 1))
	refused(t, "pause in words", h.Pause(mine, "A", "I am hungry"), desk.BadReason)
	refused(t, "pause", h.Pause(mine, "A", "meal"), "")
	_, err := h.CallNext(mine, "A")
	refused(t, "call while paused", err, desk.DeskNotOpen)
	refused(t, "go on", h.Resume(mine, "A"), "")
	_, err = h.CallNext(mine, "A")
	refused(t, "call", err, desk.NobodyWaiting)

	refused(t, "hand over with a wrong PIN", h.HandOver(mine, "S003", "111222"), desk.WrongPin)
	refused(t, "hand over", h.HandOver(mine, "S003", pinOf("S003")), "")
	refused(t, "who handed over", h.Recall(mine, "A"), desk.TakenOver)
	refused(t, "who was given it", h.Recall(desk.From(t.Context(), sign("desk/A", "S003", 1)), "A"), desk.NobodyCalled)
	refused(t, "own PIN", h.OwnPin(desk.From(t.Context(), sign("desk/A", "S003", 1)), pinOf("S003"), "957281"), "")
	refused(t, "the PIN before", h.SignIn(t.Context(), sign("desk/B", "S003", 2), pinOf("S003"), false), desk.WrongPin)
}

// Failures lengthen the delay, also over a restart, and lock the account; a second person opens it.
func TestFailuresDelayAndLock(t *testing.T) {
	h := staffed(t)
	ctx := t.Context()
	try := func(place staff.Place, pin string) error { return h.SignIn(ctx, sign(place, "S002", 1), pin, true) }
	for range 3 {
		refused(t, "wrong", try("desk/A", "111222"), desk.WrongPin)
	}
	refused(t, "at once, right", try("desk/A", pinOf("S002")), desk.SignInSoon)
	refused(t, "at another desk", try("desk/B", pinOf("S002")), desk.SignInSoon)
	h.reboot(t)
	err := try("desk/A", pinOf("S002"))
	refused(t, "after the plug was pulled", err, desk.SignInSoon)
	if r, ok := errors.AsType[*desk.Refusal](err); !ok || r.Wait <= 0 || r.Wait > 5*time.Second {
		t.Errorf("told to wait %+v", r)
	}
	for n := 3; n < 10; n++ {
		h.file.Clock.Pass(5 * time.Minute)
		refused(t, "wrong", try("desk/B", "111222"), desk.WrongPin)
	}
	h.file.Clock.Pass(time.Hour)
	refused(t, "right, and locked", try("desk/A", pinOf("S002")), desk.AccountLocked)
	manager := h.in(t, sign("floor", "S001", 2))
	refused(t, "unlock oneself", h.Unlock(manager, "floor", "S001"), desk.NotSecond)
	refused(t, "unlock alone", h.Unlock(manager, "floor", "S002"), desk.NeedsSecond)
	refused(t, "a new PIN alone", h.SetPin(manager, "floor", "S002", "847362"), desk.NeedsSecond)
	h.withSecond(t, manager, desk.Wanted{Act: staff.Unlock, About: "S002"}, "S003", func(ctx context.Context) error {
		return h.Unlock(ctx, "floor", "S002")
	})
	refused(t, "right", try("desk/A", pinOf("S002")), "")
	p, err := h.People(ctx, "S002")
	if err != nil || len(p.Notes) == 0 || p.Notes[0].What != staff.NotedUnlocked || p.Notes[0].By() != "S001" || p.Notes[0].Detail != desk.ReasonAsked {
		t.Errorf("noted %+v, %v", p.Notes, err)
	}
}

// lock types wrong PINs until an account is locked.
func (h *hall) lock(t *testing.T, s id.Staff) {
	t.Helper()
	for range 10 {
		h.file.Clock.Pass(5 * time.Minute)
		refused(t, "wrong", h.SignIn(t.Context(), sign("desk/A", s, 1), "111222", true), desk.WrongPin)
	}
}

// Who could approve that an account is opened has a role, a PIN that is not locked, and is neither who asks nor whose
// account it is. Where there is nobody like that one person opens it, and the record says so.
func TestUnlockWithoutASecond(t *testing.T) {
	h := staffed(t)
	h.lock(t, "S002")
	manager := h.in(t, sign("floor", "S001", 2))
	refused(t, "with a nurse there", h.Unlock(manager, "floor", "S002"), desk.NeedsSecond)
	refused(t, "the nurse goes", h.End(manager, "floor", "S003", "left"), "")
	refused(t, "a new PIN, alone", h.SetPin(manager, "floor", "S002", "847362"), "")
	p, err := h.People(t.Context(), "S002")
	if err != nil || len(p.Notes) < 2 || p.Notes[1].What != staff.NotedUnlocked || p.Notes[1].Detail != desk.ReasonAlone {
		t.Errorf("noted %+v, %v", p.Notes, err)
	}
	h.lock(t, "S002")
	refused(t, "alone", h.Unlock(h.in(t, sign("floor", "S001", 3)), "floor", "S002"), "")
	h.lock(t, "S001")
	refused(t, "at the machine", h.Unlock(t.Context(), desk.AtMachine, "S001"), "")
}

// Codes that are nobody's delay the place, and are not told from wrong PINs.
func TestNobody(t *testing.T) {
	h := staffed(t)
	for n := range 6 {
		refused(t, "nobody", h.SignIn(t.Context(), sign("desk/A", id.Staff(fmt.Sprintf("S1%02d", n)), 1), "111222", false), desk.WrongPin)
	}
	refused(t, "one more", h.SignIn(t.Context(), sign("desk/A", "S002", 1), pinOf("S002"), false), desk.SignInSoon)
	refused(t, "at another desk", h.SignIn(t.Context(), sign("desk/B", "S002", 1), pinOf("S002"), false), "")
}

// Of many guesses at once, those behind the first few count for nothing, right or wrong.
func TestGuessesAtOnce(t *testing.T) {
	h := staffed(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	got := map[string]int{}
	for range 12 {
		all.Go(func() {
			err := h.SignIn(context.Background(), sign("desk/A", "S002", 1), "111222", false)
			mu.Lock()
			defer mu.Unlock()
			got[err.(*desk.Refusal).Code]++
		})
	}
	all.Wait()
	if got[desk.WrongPin] != 3 || got[desk.SignInSoon] != 9 {
		t.Errorf("of twelve at once: %v", got)
	}
}

// A box that was made anew cannot check PINs of before: it says so, and a manager sets new ones at the machine.
func TestPinOfAnotherBox(t *testing.T) {
	h := staffed(t)
	h.Pins = keeper(t)
	s := sign("floor", "S001", 1)
	refused(t, "the PIN of before", h.SignIn(t.Context(), s, pinOf("S001"), false), desk.PinOfOtherBox)
	refused(t, "at the machine", h.SetPin(t.Context(), desk.AtMachine, "S001", "847362"), "")
	refused(t, "the new PIN", h.SignIn(t.Context(), s, "847362", false), "")
}

// A reprint of what is in hand wants a second person, whose approval stands beside it and is good once.
func TestReprintWantsASecondPerson(t *testing.T) {
	h := staffed(t)
	v := h.admit(t, "kafaalat")
	mine := h.in(t, sign("desk/A", "S002", 1))
	err := h.Reprint(mine, "desk/A", v)
	refused(t, "alone", err, desk.NeedsSecond)
	r, _ := errors.AsType[*desk.Refusal](err)
	if r.Wanted != (desk.Wanted{Act: staff.Reprint, About: string(v)}) {
		t.Fatalf("wants %+v", r.Wanted)
	}
	for name, c := range map[string]struct {
		by   id.Staff
		pin  string
		want string
	}{
		"oneself":     {"S002", pinOf("S002"), desk.NotSecond},
		"a helper":    {"S004", pinOf("S004"), desk.NotSecond},
		"a wrong PIN": {"S003", "111222", desk.WrongPin},
	} {
		_, err := h.Approve(mine, r.Wanted, c.by, c.pin)
		refused(t, name, err, c.want)
	}
	both, err := h.Approve(mine, r.Wanted, "S003", pinOf("S003"))
	refused(t, "a colleague", err, "")
	refused(t, "for another act", h.Reprint(both, "desk/A", h.admit(t, "kafaalat")), desk.NeedsSecond)
	refused(t, "with a second", h.Reprint(both, "desk/A", v), "")
	refused(t, "the next one, alone", h.Reprint(mine, "desk/A", v), desk.NeedsSecond)
	p, err := h.People(t.Context(), "S003")
	if err != nil || len(p.Notes) == 0 || p.Notes[0].What != staff.NotedApproved || p.Notes[0].About != string(v) || p.Notes[0].Asked != "S002" {
		t.Errorf("noted %+v, %v", p.Notes, err)
	}
}

// A call out of turn for a reason that nobody can see wants the manager; for one that everybody sees it wants nobody.
func TestFavourWantsTheManager(t *testing.T) {
	h := staffed(t)
	h.admit(t, "kafaalat")
	v, ill := h.admit(t, "kafaalat"), h.admit(t, "kafaalat")
	mine := h.in(t, sign("desk/A", "S002", 1))
	_, err := h.CallThis(mine, "A", v, desk.ReasonFavour)
	refused(t, "alone", err, desk.NeedsSecond)
	r, _ := errors.AsType[*desk.Refusal](err)
	if r.Wanted != (desk.Wanted{Act: staff.Favour, About: string(v)}) {
		t.Fatalf("wants %+v", r.Wanted)
	}
	_, err = h.Approve(mine, r.Wanted, "S003", pinOf("S003"))
	refused(t, "with a colleague", err, desk.NotSecond)
	both, err := h.Approve(mine, r.Wanted, "S001", pinOf("S001"))
	refused(t, "the manager", err, "")
	_, err = h.CallThis(both, "A", v, desk.ReasonFavour)
	refused(t, "with the manager", err, "")
	refused(t, "take it back", h.Undo(mine, "A"), "")
	_, err = h.CallThis(mine, "A", ill, "ill")
	refused(t, "ill", err, "")
}

// Whatever is appended at a desk bears who did it.
func TestActorsHaveNames(t *testing.T) {
	h := staffed(t)
	h.admit(t, "kafaalat")
	mine := h.in(t, sign("desk/A", "S002", 1))
	_, err := h.CallNext(mine, "A")
	refused(t, "call", err, "")
	if actor, kind := h.newest(t); actor != "desk/A/S002" || kind != "visit.called/2" {
		t.Errorf("recorded %s by %s", kind, actor)
	}
	_ = h.Ledger.View(t.Context(), func(s ledger.Snapshot) error {
		if seat, ok := staff.At(s, "A"); !ok || seat.Staff != "S002" {
			t.Errorf("at the desk: %+v", seat)
		}
		return nil
	})
}

// withSecond tries an act alone, which wants a second person, and then with one.
func (h *hall) withSecond(t *testing.T, mine context.Context, want desk.Wanted, by id.Staff, act func(context.Context) error) {
	t.Helper()
	err := act(mine)
	refused(t, "alone", err, desk.NeedsSecond)
	if r, _ := errors.AsType[*desk.Refusal](err); r == nil || r.Wanted != want {
		t.Fatalf("wants %+v, want %+v", r, want)
	}
	both, err := h.Approve(mine, want, by, pinOf(by))
	refused(t, "approve", err, "")
	refused(t, "with a second", act(both), "")
	p, err := h.People(t.Context(), by)
	if err != nil || len(p.Notes) == 0 || p.Notes[0].Detail != string(want.Act) || p.Notes[0].About != want.About {
		t.Errorf("noted %+v, %v", p.Notes, err)
	}
}

// A press that is more than a moment old is taken back by two people, for as long as one service takes; a centre that has
// nobody to ask does not.
func TestLateUndoWantsASecondPerson(t *testing.T) {
	h := openHall(t)
	h.admit(t, "kafaalat")
	_, err := h.CallNext(t.Context(), "A")
	refused(t, "call", err, "")
	h.file.Clock.Pass(time.Minute)
	refused(t, "without a staff", h.Undo(t.Context(), "A"), desk.NothingToUndo)
	h.offersUndo(t, "without a staff", false, false)

	h = staffed(t)
	v := h.admit(t, "kafaalat")
	mine := h.in(t, sign("desk/A", "S002", 1))
	_, err = h.CallNext(mine, "A")
	refused(t, "call", err, "")
	h.file.Clock.Pass(10 * time.Second)
	h.offersUndo(t, "at once", true, true)
	refused(t, "at once", h.Undo(mine, "A"), "")
	_, err = h.CallNext(mine, "A")
	refused(t, "call again", err, "")
	h.file.Clock.Pass(9 * time.Minute)
	h.offersUndo(t, "later", false, true)
	h.withSecond(t, mine, desk.Wanted{Act: staff.LateUndo, About: string(v)}, "S001", func(ctx context.Context) error { return h.Undo(ctx, "A") })
	_, err = h.CallNext(mine, "A")
	refused(t, "call a third time", err, "")
	h.file.Clock.Pass(11 * time.Minute)
	refused(t, "too late", h.Undo(mine, "A"), desk.NothingToUndo)
	h.offersUndo(t, "too late", false, false)
	_, err = h.CallNext(h.in(t, sign("desk/B", "S001", 2)), "B")
	refused(t, "nobody else waits", err, desk.NobodyWaiting)
	h.admit(t, "kafaalat")
	_, err = h.CallNext(desk.From(t.Context(), sign("desk/B", "S001", 2)), "B")
	refused(t, "the only manager calls", err, "")
	if b, err := h.DeskBoard(t.Context(), "B"); err != nil || !b.MayUndo || b.UndoLateBy != 0 {
		t.Errorf("the only manager, whom nobody could approve: %+v, %v", b, err)
	}
}

// offersUndo checks what the screen of desk A offers: alone, and with a second person.
func (h *hall) offersUndo(t *testing.T, when string, alone, late bool) {
	t.Helper()
	b, err := h.DeskBoard(t.Context(), "A")
	if err != nil || b.MayUndo != alone || (b.UndoLateBy > b.UndoBy) != late || (b.Undo != "") != (alone || late) {
		t.Errorf("%s: undo %q by %d, with a second by %d, %v", when, b.Undo, b.UndoBy, b.UndoLateBy, err)
	}
}
