package visit

import (
	"strings"
	"testing"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

// frozen is each kind with the bytes of one value.
var frozen = []ledgertest.Frozen{
	{Kind: "visit.day-opened/1", Event: DayOpened{"2026-11-22"}, Body: "a1016a323032362d31312d3232"},
	{Kind: "visit.opened/1", Event: Opened{"K001", "AAAAAAAAAAAAAAAA", []id.Service{"kafaalat", "nashonuma"}, "ur"},
		Body: "a401644b3030310270414141414141414141414141414141410382686b616661616c6174696e6173686f6e756d6104627572"},
	{Kind: "visit.issued/1", Event: Issued{}, Body: "a0"},
	{Kind: "visit.called/1", Event: Called{"A", 1}, Body: "a20161410201"},
	{Kind: "visit.recalled/1", Event: Recalled{"A", 1}, Body: "a20161410201"},
	{Kind: "visit.confirmed/1", Event: Confirmed{"A", 1}, Body: "a20161410201"},
	{Kind: "visit.finished/1", Event: Finished{"A", 1, "done"}, Body: "a301614102010364646f6e65"},
	{Kind: "visit.no-show/1", Event: NoShow{"A", 1}, Body: "a20161410201"},
	{Kind: "visit.left/1", Event: Left{"day-end"}, Body: "a101676461792d656e64"},
	{Kind: "visit.restored/1", Event: Restored{}, Body: "a0"},
	{Kind: "visit.opened/2", Event: Opened2{
		"K001", "AAAAAAAAAAAAAAAA", []id.Service{"kafaalat", "nashonuma"}, "ur", 3, "nashonuma", "infant", "seen", 1795348800000,
		"ps", "f", true, "grievance", "VVVVVVVVVVVVVVVV",
	}, Body: "ae01644b3030310270414141414141414141414141414141410382686b616661616c6174696e6173686f6e756d6104627572050306696e6173686f6e756d610766696e66616e7408647365656e091b000001a20320a2000a6270730b61660cf50d696772696576616e63650e7056565656565656565656565656565656"},
	{Kind: "visit.called/2", Event: Called2{"A", 1, "order", 2, "frail", true}, Body: "a6016141020103656f7264657204020565667261696c06f5"},
	{Kind: "visit.finished/2", Event: Finished2{"A", 1, "done", 3, true}, Body: "a501614102010364646f6e65040305f5"},
	{Kind: "visit.failed/1", Event: Failed{"A", 1, "system-down", 3, true}, Body: "a50161410201036b73797374656d2d646f776e040305f5"},
	{Kind: "visit.returned/1", Event: Returned{1, 2}, Body: "a201010202"},
	{Kind: "visit.held/1", Event: Held{"A", 1, "nadra"}, Body: "a3016141020103656e61647261"},
	{Kind: "visit.parked/1", Event: Parked{"A", 1, "answer", true}, Body: "a401614102010366616e7377657204f5"},
	{Kind: "visit.resumed/1", Event: Resumed{1}, Body: "a10101"},
	{Kind: "visit.transferred/1", Event: Transferred{"A", 1, "nashonuma", "C", "S1", "urgent", "keep", 90000}, Body: "a8016141020103696e6173686f6e756d61046143056253310666757267656e7407646b656570081a00015f90"},
	{Kind: "visit.stop-added/1", Event: StopAdded{"A", "nashonuma", true, "sam", true}, Body: "a501614102696e6173686f6e756d6103f5046373616d05f5"},
	{Kind: "visit.stop-cancelled/1", Event: StopCancelled{1, "not-wanted"}, Body: "a20101026a6e6f742d77616e746564"},
	{Kind: "visit.cancelled/1", Event: Cancelled{"phone"}, Body: "a1016570686f6e65"},
	{Kind: "visit.undone/1", Event: Undone{"A", 7}, Body: "a20161410207"},
	{Kind: "visit.classed/1", Event: Classed{"elder", "card-seen"}, Body: "a20165656c6465720269636172642d7365656e"},
	{Kind: "visit.needed/1", Event: Needed{"ps", "f", true, "grievance"}, Body: "a40162707302616603f504696772696576616e6365"},
	{Kind: "visit.marked/1", Event: Marked{"sam"}, Body: "a1016373616d"},
	{Kind: "visit.renewed/1", Event: Renewed{"AAAAAAAAAAAAAAAB"}, Body: "a1017041414141414141414141414141414142"},
	{Kind: "visit.promised/1", Event: Promised{1, 20, 35}, Body: "a301010214031823"},
	{Kind: "visit.split/1", Event: Split{"VVVVVVVVVVVVVVVV", 1}, Body: "a20170565656565656565656565656565656560201"},
	{Kind: "visit.entered/1", Event: Entered{
		"K001", "AAAAAAAAAAAAAAAA", []id.Service{"kafaalat", "nashonuma"}, "ur", 2, 1795348800000, []int64{1795348900000},
		[]string{"done"}, 90000,
	}, Body: "a901644b3030310270414141414141414141414141414141410382686b616661616c6174696e6173686f6e756d61046275720502061b000001a20320a20007811b000001a2032228a0088164646f6e65091a00015f90"},
	{Kind: "visit.day-closed/1", Event: DayClosed{"evening", true}, Body: "a201676576656e696e6702f5"},
	{Kind: "visit.book-opened/1", Event: BookOpened{}, Body: "a0"},
	{Kind: "visit.book-closed/1", Event: BookClosed{}, Body: "a0"},
	{Kind: "visit.day-reopened/1", Event: DayReopened{}, Body: "a0"},
	{Kind: "visit.carried/1", Event: Carried{}, Body: "a0"},
	{Kind: "visit.desk-set/1", Event: DeskSet{"A", "paused", "prayer"}, Body: "a301614102667061757365640366707261796572"},
	{Kind: "visit.line-set/1", Event: LineSet{"kafaalat", true, "full"}, Body: "a301686b616661616c617402f5036466756c6c"},
	{Kind: "visit.announced/1", Event: Announced{"\u067e\u0627\u0646\u06cc", "3", 600}, Body: "a30168d9bed8a7d986db8c02613303190258"},
	{Kind: "visit.silenced/1", Event: Silenced{7}, Body: "a10107"},
	{Kind: "visit.quick-served/1", Event: QuickServed{"A", "kafaalat"}, Body: "a201614102686b616661616c6174"},
	{Kind: "visit.day-marked/1", Event: DayMarked{"link"}, Body: "a101646c696e6b"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func TestChecks(t *testing.T) {
	opened := func(change func(*Opened)) Opened {
		e := Opened{"K001", "AAAAAAAAAAAAAAAA", []id.Service{"kafaalat"}, "ur"}
		change(&e)
		return e
	}
	tests := []struct {
		name  string
		event ledger.Event
	}{
		{"no day", DayOpened{}},
		{"a day that is not", DayOpened{"2026-02-30"}},
		{"a day in another form", DayOpened{"2026-2-3"}},
		{"no token", opened(func(e *Opened) { e.Token = "" })},
		{"token 000", opened(func(e *Opened) { e.Token = "K000" })},
		{"letter O", opened(func(e *Opened) { e.Token = "O001" })},
		{"no code", opened(func(e *Opened) { e.Code = "" })},
		{"no stops", opened(func(e *Opened) { e.Stops = nil })},
		{"too many stops", opened(func(e *Opened) { e.Stops = make([]id.Service, AskedMax+1) })},
		{"a stop twice", opened(func(e *Opened) { e.Stops = []id.Service{"kafaalat", "kafaalat"} })},
		{"a stop of nonsense", opened(func(e *Opened) { e.Stops = []id.Service{"Kafaalat/1"} })},
		{"no language", opened(func(e *Opened) { e.Lang = "" })},
		{"a long language", opened(func(e *Opened) { e.Lang = "urdu" })},
		{"no desk", Called{"", 0}},
		{"stop 16", Called{"A", StopsMax}},
		{"stop 16 again", Recalled{"A", StopsMax}},
		{"stop 16 here", Confirmed{"A", StopsMax}},
		{"stop 16 not here", NoShow{"A", StopsMax}},
		{"no outcome", Finished{"A", 0, ""}},
		{"an outcome in words", Finished{"A", 0, "All done"}},
		{"no reason", Left{}},
		{"a class without a fact", Opened2{Token: "K001", Code: "AAAAAAAAAAAAAAAA", Stops: []id.Service{"kafaalat"}, Lang: "ur", Class: "elder"}},
		{"a class that nobody records", Classed{"returning", "seen"}},
		{"a class of favour", Classed{"friend", "seen"}},
		{"a class for no reason", Classed{"elder", ""}},
		{"staff of a third sex", Needed{Sex: "x"}},
		{"no mark", Marked{}},
		{"an early appointment", Opened2{Token: "K001", Code: "AAAAAAAAAAAAAAAA", Stops: []id.Service{"kafaalat"}, Lang: "ur", Appointment: -1}},
		{"a rule in words", Called2{Desk: "A", Rule: "By order"}},
		{"next stop 17", Finished2{Desk: "A", Outcome: "done", Next: StopsMax + 1}},
		{"a failure without a reason", Failed{Desk: "A"}},
		{"a hold without a reason", Held{Desk: "A"}},
		{"a park without a reason", Parked{Desk: "A"}},
		{"stop 16 back", Resumed{StopsMax}},
		{"stop 16 returned", Returned{StopsMax, 0}},
		{"a transfer by no rule", Transferred{Desk: "A", Service: "kafaalat"}},
		{"a transfer to a name", Transferred{Desk: "A", Service: "kafaalat", Rule: "keep", Staff: "Bibi Jan"}},
		{"a transfer with a text", Transferred{Desk: "A", Service: "kafaalat", Rule: "keep", Note: "she is ill"}},
		{"no service added", StopAdded{}},
		{"cancelled for no reason", Cancelled{}},
		{"a stop cancelled for no reason", StopCancelled{}},
		{"no press undone", Undone{Desk: "A"}},
		{"no new code", Renewed{}},
		{"a promise of nothing", Promised{}},
		{"a promise backwards", Promised{0, 30, 20}},
		{"a split of nobody", Split{Into: "VVVVVVVVVVVVVVVV"}},
		{"times that fall", Entered{Token: "K001", Code: "AAAAAAAAAAAAAAAA", Stops: []id.Service{"kafaalat"}, Lang: "ur", Came: 5, Served: []int64{4}, Outcomes: []string{"done"}}},
		{"more served than wanted", Entered{Token: "K001", Code: "AAAAAAAAAAAAAAAA", Stops: []id.Service{"kafaalat"}, Lang: "ur", Came: 5, Served: []int64{6, 7}, Outcomes: []string{"done", "done"}}},
		{"a day closed for no reason", DayClosed{}},
		{"a pause for no reason", DeskSet{Desk: "A", State: DeskPaused}},
		{"open for a reason", DeskSet{Desk: "A", State: DeskOpen, Reason: "prayer"}},
		{"a desk in no state", DeskSet{Desk: "A", State: "away"}},
		{"a line closed for no reason", LineSet{Service: "kafaalat", Closed: true}},
		{"a quick service of nothing", QuickServed{Desk: "A"}},
		{"a day marked with nothing", DayMarked{}},
		{"a quick service nowhere", QuickServed{Service: "kafaalat"}},
		{"nothing announced", Announced{Seconds: 60}},
		{"a long announcement", Announced{Text: strings.Repeat("a", announcedBytesMax+1), Seconds: 60}},
		{"two lines announced", Announced{Text: "a\nb", Seconds: 60}},
		{"announced for ever", Announced{Text: "a", Seconds: announcedSecondsMax + 1}},
		{"a long reason", Left{strings.Repeat("a", wordBytesMax+1)}},
	}
	for _, tt := range tests {
		if tt.event.Check() == nil {
			t.Errorf("%s: accepted", tt.name)
		}
	}
}

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }
