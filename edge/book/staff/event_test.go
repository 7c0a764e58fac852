package staff

import (
	"fmt"
	"strings"
	"testing"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

const (
	console  Console = "00112233445566778899aabbccddeeff"
	verifier string  = "$argon2id$v=19$m=8,t=1,p=1,keyid=0a0b0c0d$AgIC$AwMD"
)

func sadia() Enrolled {
	return Enrolled{"Sadia", Nurse, []string{"sign-language"}, []string{"ur", "ps"}, "female"}
}

// frozen is each kind with the bytes of one value.
var frozen = []ledgertest.Frozen{
	{Kind: "staff.enrolled/1", Event: sadia(), Body: "a50165536164696102656e7572736503816d7369676e2d6c616e67756167650482627572627073056666656d616c65"},
	{Kind: "staff.changed/1", Event: Changed(sadia()), Body: "a50165536164696102656e7572736503816d7369676e2d6c616e67756167650482627572627073056666656d616c65"},
	{Kind: "staff.ended/1", Event: Ended{"left"}, Body: "a101646c656674"},
	{Kind: "staff.pin-set/1", Event: PinSet{verifier}, Body: "a1017833246172676f6e32696424763d3139246d3d382c743d312c703d312c6b657969643d306130623063306424416749432441774d44"},
	{Kind: "staff.locked/1", Event: Locked{"failures"}, Body: "a101686661696c75726573"},
	{Kind: "staff.unlocked/1", Event: Unlocked{"asked"}, Body: "a1016561736b6564"},
	{Kind: "staff.failed/1", Event: Failed{"desk/A", "sign-in"}, Body: "a201666465736b2f4102677369676e2d696e"},
	{Kind: "staff.signed-in/1", Event: SignedIn{"desk/A", console}, Body: "a201666465736b2f410278203030313132323333343435353636373738383939616162626363646465656666"},
	{Kind: "staff.signed-out/1", Event: SignedOut{"floor", console, "left"}, Body: "a30165666c6f6f72027820303031313232333334343535363637373838393961616262636364646565666603646c656674"},
	{Kind: "staff.took-over/1", Event: TookOver{"desk/A", console, "S003"}, Body: "a301666465736b2f410278203030313132323333343435353636373738383939616162626363646465656666036453303033"},
	{Kind: "staff.handed-over/1", Event: HandedOver{"desk/A", console, "S003"}, Body: "a301666465736b2f410278203030313132323333343435353636373738383939616162626363646465656666036453303033"},
	{Kind: "staff.approved/1", Event: Approved{Reprint, "K5QXG43UOVZGKZDT", "desk/A", "S003"}, Body: "a4016772657072696e7402704b355158473433554f565a474b5a445403666465736b2f41046453303033"},
	{Kind: "staff.broke-glass/1", Event: BrokeGlass{"desk/A", SeeNumber, "", "K5QXG43UOVZGKZDT", "no-clerk", 600}, Body: "a601666465736b2f4102666e756d626572036004704b355158473433554f565a474b5a445405686e6f2d636c65726b06190258"},
	{Kind: "staff.saw-glass/1", Event: SawGlass{4711}, Body: "a101191267"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }

func TestChecks(t *testing.T) {
	with := func(change func(*Enrolled)) Enrolled {
		e := sadia()
		change(&e)
		return e
	}
	for name, e := range map[string]ledger.Event{
		"no name":               with(func(e *Enrolled) { e.Name = "" }),
		"a name of lines":       with(func(e *Enrolled) { e.Name = "a\nb" }),
		"a name of spaces":      with(func(e *Enrolled) { e.Name = " " }),
		"a long name":           with(func(e *Enrolled) { e.Name = strings.Repeat("x", nameBytesMax+1) }),
		"no role":               Changed(with(func(e *Enrolled) { e.Role = "boss" })),
		"a skill twice":         with(func(e *Enrolled) { e.Skills = []string{"a", "a"} }),
		"a skill in words":      with(func(e *Enrolled) { e.Skills = []string{"A skill"} }),
		"too many languages":    with(func(e *Enrolled) { e.Languages = strings.Fields(strings.Repeat("x ", wordsMax+1)) }),
		"another sex":           with(func(e *Enrolled) { e.Sex = "f" }),
		"ended in words":        Ended{"She left."},
		"no verifier":           PinSet{},
		"verifier of lines":     PinSet{"a\nb"},
		"locked for nothing":    Locked{},
		"unlocked so":           Unlocked{},
		"failed nowhere":        Failed{"hall", "sign-in"},
		"failed at nothing":     Failed{"desk/A", ""},
		"no console":            SignedIn{"desk/A", "abc"},
		"no desk":               SignedIn{"desk/a", console},
		"out for nothing":       SignedOut{"desk/A", console, ""},
		"over the floor":        TookOver{"floor", console, "S003"},
		"from nobody":           TookOver{"desk/A", console, ""},
		"handed by nobody":      HandedOver{"desk/A", console, "S"},
		"about nothing":         Approved{Reprint, "", "desk/A", "S003"},
		"glass before nothing":  BrokeGlass{"desk/A", "", "", "", "urgent", 600},
		"glass before two":      BrokeGlass{"desk/A", SeeName, Serve, "", "urgent", 600},
		"glass before money":    BrokeGlass{"desk/A", SeeMoney, "", "", "urgent", 600},
		"glass before paying":   BrokeGlass{"desk/A", "", Pay, "", "urgent", 600},
		"glass before a refund": BrokeGlass{"desk/A", "", Refund, "", "urgent", 600},
		"glass for no reason":   BrokeGlass{"desk/A", SeeName, "", "", "", 600},
		"glass for no time":     BrokeGlass{"desk/A", SeeName, "", "", "urgent", 0},
		"glass nowhere":         BrokeGlass{"", SeeName, "", "", "urgent", 600},
		"glass in no record":    SawGlass{},
		"asked by nobody":       Approved{Reprint, "x", "desk/A", ""},
	} {
		if e.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// Every act of one person is somebody's; every act of two can be approved by a manager, and no act is both.
func TestActs(t *testing.T) {
	for a, roles := range may {
		if len(roles) == 0 || a.NeedsSecond() {
			t.Errorf("%s: %v", a, roles)
		}
	}
	for a := range second {
		if !Manager.MaySecond(a) || Helper.MaySecond(a) || Technician.MaySecond(a) || CheckWord("act", string(a)) != nil {
			t.Errorf("%s is approved by %v", a, second[a])
		}
	}
	for _, r := range Roles() {
		if r.Check() != nil || r.May("") || r.MaySecond("") {
			t.Errorf("role %s", r)
		}
	}
}

// Every field is somebody's, the manager's all. Glass is before no act of two people, no money, no office.
func TestFields(t *testing.T) {
	for _, f := range Fields() {
		if !Manager.Sees(f) || Helper.Sees(f) || Technician.Sees(f) || CheckWord("field", string(f)) != nil {
			t.Errorf("%s is seen by %v", f, sees[f])
		}
	}
	if len(Fields()) != len(sees) || Manager.Sees("") || Field("").Breakable() || SeeMoney.Breakable() {
		t.Errorf("%v, %v", Fields(), sees)
	}
	for a := range second {
		if a.Breakable() {
			t.Errorf("%s, which takes two, can be taken by one", a)
		}
	}
	for _, a := range []Act{Pay, Floor, People, Sit, ""} {
		if a.Breakable() {
			t.Errorf("%s can be taken", a)
		}
	}
}

// hall is a ledger with three people.
func hall(t *testing.T) *ledgertest.File {
	t.Helper()
	f := ledgertest.Create(t, Book())
	t.Cleanup(func() { f.Close(t) })
	for range 3 {
		record(t, f, "", sadia())
	}
	return f
}

// record appends an event about somebody; an enrolment gives the next code.
func record(t *testing.T, f *ledgertest.File, about id.Staff, e ledger.Event) {
	t.Helper()
	err := f.Update(t.Context(), "floor/S001", func(tx *ledger.Tx) (err error) {
		if _, ok := e.(Enrolled); ok {
			about, err = NextCode(tx)
		}
		if err != nil {
			return err
		}
		return tx.Append(string(about), e)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func look(t *testing.T, f *ledgertest.File, at func(ledger.Snapshot)) {
	t.Helper()
	if err := f.View(t.Context(), func(s ledger.Snapshot) error { at(s); return nil }); err != nil {
		t.Fatal(err)
	}
}

// A desk has one console; the floor has some of each person, and forgets the oldest.
func TestSeats(t *testing.T) {
	f := hall(t)
	record(t, f, "S001", SignedIn{"desk/A", consoleOf(1)})
	record(t, f, "S002", TookOver{"desk/A", consoleOf(2), "S001"})
	for i := range floorConsoles + 1 {
		record(t, f, "S001", SignedIn{TheFloor, consoleOf(10 + i)})
	}
	look(t, f, func(s ledger.Snapshot) {
		seat, ok := At(s, "A")
		if !ok || seat.Staff != "S002" || seat.From != "S001" || len(Seats(s)) != 1+floorConsoles {
			t.Errorf("%+v; %d seats", seat, len(Seats(s)))
		}
		if _, ok := SeatOf(s, "desk/A", consoleOf(1)); ok {
			t.Error("the first console has the desk still")
		}
		if _, ok := SeatOf(s, TheFloor, consoleOf(10)); ok {
			t.Error("the oldest console is on the floor still")
		}
	})
	record(t, f, "S003", HandedOver{"desk/A", consoleOf(2), "S002"})
	record(t, f, "S003", Ended{"left"})
	look(t, f, func(s ledger.Snapshot) {
		if _, ok := At(s, "A"); ok {
			t.Error("who left sits at the desk still")
		}
		if next, err := NextCode(s); err != nil || next != "S004" {
			t.Errorf("the next code is %s, %v", next, err)
		}
	})
}

func consoleOf(n int) Console { return Console(fmt.Sprintf("%032x", n)) }

// Failures are counted for the person and the place, and forgotten by whoever proves a PIN.
func TestFailures(t *testing.T) {
	f := hall(t)
	for range 2 {
		record(t, f, "S001", Failed{"desk/A", "sign-in"})
	}
	record(t, f, "", Failed{"desk/A", "sign-in"})
	f.Reboot(t)
	counts := func(person, place int) {
		t.Helper()
		look(t, f, func(s ledger.Snapshot) {
			p, err := Get(s, "S001")
			if at := FailuresAt(s, "desk/A"); err != nil || p.Failures.Count != person || at.Count != place {
				t.Errorf("%d of the person and %d at the desk, %v, want %d and %d", p.Failures.Count, at.Count, err, person, place)
			}
		})
	}
	counts(2, 3)
	record(t, f, "S002", SignedIn{"desk/A", console})
	counts(2, 0)
	record(t, f, "S001", Approved{Reprint, "x", "desk/A", "S002"})
	counts(0, 0)
}

// The newest acts are kept, and found by whoever had a part in them.
func TestNotes(t *testing.T) {
	f := hall(t)
	record(t, f, "S002", Approved{Reprint, "x", "desk/A", "S003"})
	record(t, f, "S003", TookOver{"desk/A", console, "S002"})
	look(t, f, func(s ledger.Snapshot) {
		for who, want := range map[id.Staff]int{"": 2, "S001": 2, "S002": 2, "S003": 2, "S004": 0} {
			if got := Notes(s, who); len(got) != want {
				t.Errorf("%s: %d notes, want %d", who, len(got), want)
			}
		}
	})
	for range auditKept {
		record(t, f, "", Failed{"desk/B", "sign-in"})
	}
	look(t, f, func(s ledger.Snapshot) {
		if all := Notes(s, ""); len(all) != auditKept || all[auditKept-1].What != NotedFailed {
			t.Errorf("%d kept, the oldest %+v", len(all), all[len(all)-1])
		}
	})
}
