package uplink

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// story drives a Sender by hand: what it is told, what it wants.
type story struct {
	testing.TB
	*Sender
	c   *wiretest.Chain
	now time.Time
}

func begin(t testing.TB, records int) *story {
	c := wiretest.New("ISB-01", 1)
	c.Grow(records)
	s := &story{t, NewSender(c.In, rand.New(rand.NewPCG(1, 1))), c, time.Unix(1_767_225_600, 0)}
	s.tell(Advanced{c.Head()})
	s.tell(Tick{}) // it draws when to dial first
	return s
}

// tell expects these acts, and no others.
func (s *story) tell(e Event, want ...Act) {
	s.Helper()
	s.now = s.now.Add(time.Millisecond)
	if d := cmp.Diff(want, unsized(s.Step(s.now, e))); d != "" {
		s.Fatalf("after %T%+v (-want +got):\n%s", e, e, d)
	}
}

// unsized leaves out how large the batches are to be; line_test.go is about that.
func unsized(acts []Act) []Act {
	for i, a := range acts {
		if send, ok := a.(Send); ok {
			send.LimitBytes = 0
			acts[i] = send
		}
	}
	return acts
}

func send(after chain.Position, upTo uint64) Send { return Send{After: after, UpTo: upTo} }

// packed is a batch of some records, ending here.
func packed(last chain.Position) Packed { return Packed{Last: last, Raw: 8000, Bytes: 1000} }

// wait lets the time come that the Sender waits for.
func (s *story) wait() {
	if wake, ok := s.Wake(); ok && wake.After(s.now) {
		s.now = wake
	}
}

func (s *story) ours(seq uint64) Ours { return Ours{s.c.At(seq).Hash, true} }

func (s *story) welcome(held chain.Position) Welcomed {
	w := Welcomed{Welcome: wire.Welcome{Version: 1, Held: held, Wall: 5000, Window: 2}}
	if held.Seq <= s.c.Head().Seq {
		w.Ours = s.ours(held.Seq)
	}
	return w
}

// connect goes from waiting to having said Hello.
func (s *story) connect() {
	s.Helper()
	s.wait()
	s.tell(Tick{}, Dial{})
	s.tell(Connected{}, Greet{s.head})
}

// landmark answers a probe from another history, whose batch begins there.
func (s *story) landmark(theirs *wiretest.Chain, at, begins uint64) []Act {
	return s.Step(s.now, Landmarked{wire.Landmark{At: theirs.At(at), Begins: theirs.At(begins)}, s.ours(at), s.ours(begins)})
}

var told = Tell{time.UnixMilli(5000)}

func TestWindowAndAcknowledgements(t *testing.T) {
	s := begin(t, 1000)
	at := s.c.At
	s.connect()
	s.tell(s.welcome(at(100)), told, Confirm{at(100)}, Beat{s.head}, send(at(100), 1000))
	s.tell(packed(at(300)), send(at(300), 1000))
	s.tell(packed(at(500))) // the window is full
	s.tell(Acked{at(300), s.ours(300)}, Confirm{at(300)}, send(at(500), 1000))
	s.tell(Acked{at(300), s.ours(300)}) // again: nothing
	s.tell(packed(at(1000)))
	s.tell(Acked{at(1000), s.ours(1000)}, Confirm{at(1000)})
	if st := s.State(); !st.Up || st.Behind != 0 || st.Held != at(1000) {
		t.Errorf("got %+v", st)
	}
	s.c.Grow(1)
	s.tell(Advanced{at(1001)}, send(at(1000), 1001)) // alone: at once
	s.tell(packed(at(1001)))
	s.c.Grow(lonely)
	s.tell(Advanced{at(1002)}) // one beside another that is under way: waits for it
	s.tell(Advanced{at(1001 + lonely)}, send(at(1001), 1001+lonely))
}

func TestResumeAsksHeadquartersNotItself(t *testing.T) {
	s := begin(t, 100)
	s.connect()
	s.tell(s.welcome(s.c.At(0)), told, Confirm{s.c.At(0)}, Beat{s.head}, send(s.c.At(0), 100))
	s.tell(packed(s.c.At(100)))
	s.tell(Dropped{})
	s.connect()
	s.tell(s.welcome(s.c.At(40)), told, Confirm{s.c.At(40)}, Beat{s.head}, send(s.c.At(40), 100))
}

func TestWhatIsRememberedIsOnlyShown(t *testing.T) {
	s := begin(t, 100)
	s.tell(Remembered{s.c.At(90)})
	if got := s.State().Behind; got != 10 {
		t.Errorf("behind by %d, want 10", got)
	}
	s.connect()
	s.tell(s.welcome(s.c.At(40)), told, Confirm{s.c.At(40)}, Beat{s.head}, send(s.c.At(40), 100))
	s.tell(packed(s.c.At(80)))
	s.tell(Acked{s.c.At(80), s.ours(80)}, Confirm{s.c.At(80)}, send(s.c.At(80), 100))
}

func TestBackoffGrowsAndStaysInRange(t *testing.T) {
	s := begin(t, 1)
	low, high := time.Hour, time.Duration(0)
	for i := range 300 {
		s.wait()
		s.tell(Tick{}, Dial{})
		s.tell(Dropped{})
		wake, _ := s.Wake()
		d := wake.Sub(s.now)
		least, most := time.Duration(0), dialFloor
		if i > 0 {
			mid := min(dialFloor<<min(i-1, 20), dialCeiling)
			least, most = mid/2, mid*3/2
		}
		if d < least || d >= most {
			t.Fatalf("failure %d: waits %s, want %s to %s", i, d, least, most)
		}
		low, high = min(low, d), max(high, d)
	}
	if low > dialFloor || high < dialCeiling {
		t.Errorf("delays from %s to %s", low, high)
	}
}

func TestCeilingBoundsTheBackoff(t *testing.T) {
	s := begin(t, 1)
	s.Ceiling(4 * time.Second)
	for range 50 {
		s.wait()
		s.tell(Tick{}, Dial{})
		s.tell(Dropped{})
		if wake, _ := s.Wake(); wake.Sub(s.now) >= 6*time.Second {
			t.Fatalf("waits %s, want less than half more than 4 s", wake.Sub(s.now))
		}
	}
}

func TestForkIsLocatedShownOnceAndGreetedSlowly(t *testing.T) {
	s := begin(t, 100)
	theirs := s.c.Clone(9)
	theirs.Truncate(37)
	theirs.Grow(20) // headquarters: 57, the same up to 37
	s.connect()
	w := s.welcome(theirs.At(57))
	acts := s.Step(s.now, w)
	if d := cmp.Diff([]Act{told, Ask{28}}, acts); d != "" {
		t.Fatal(d)
	}
	for probe := uint64(28); ; {
		acts = s.landmark(theirs, probe, probe)
		ask, ok := acts[0].(Ask)
		if !ok {
			break
		}
		probe = ask.Seq
	}
	if d := cmp.Diff([]Act{Send{s.c.At(37), 57, wire.RawBytesMax}}, acts); d != "" {
		t.Fatal(d)
	}
	s.tell(packed(s.c.At(57)))
	s.tell(Refused{wire.Refusal{Code: wire.CodeFork, Detail: "set aside", Fatal: true}}, Hang{"refused: fork"})
	if st := s.State(); !st.Forked || st.Common != s.c.At(37) || st.Code != wire.CodeFork {
		t.Errorf("got %+v", st)
	}
	wake, _ := s.Wake()
	if d := wake.Sub(s.now); d < settleEvery/2 {
		t.Errorf("greets again after %s", d)
	}
	s.connect()
	s.tell(w, told, Hang{"forked"}) // shown already
	s.connect()
	s.tell(s.welcome(s.c.At(90)), told, Confirm{s.c.At(90)}, Beat{s.head}, send(s.c.At(90), 100)) // settled by a person
	if s.State().Forked {
		t.Error("still says forked")
	}
}

// diverge is a link, of version 2, to a headquarters whose history leaves ours at 137 and whose batches are of ten
// records. It ends with the evidence being sent.
func diverge(t *testing.T) (s *story, theirs *wiretest.Chain) {
	s = begin(t, 300)
	theirs = s.c.Clone(9)
	theirs.Truncate(137)
	theirs.Grow(120)
	s.connect()
	w := s.welcome(theirs.At(257))
	w.Version = 2
	acts := s.Step(s.now, w)
	s.search2(theirs, acts[1:], Send{s.c.At(130), 137 + evidenceRecords, wire.RawBytesMax})
	return s, theirs
}

// search2 answers probes from another history until the Sender wants this.
func (s *story) search2(theirs *wiretest.Chain, acts []Act, want Send) {
	s.Helper()
	for {
		ask, ok := acts[0].(Ask)
		if !ok {
			break
		}
		acts = s.landmark(theirs, ask.Seq, ask.Seq/10*10)
	}
	if d := cmp.Diff([]Act{want}, acts); d != "" {
		s.Fatal(d)
	}
}

func (s *story) shelved(c *wiretest.Chain, seq uint64) Shelved {
	return Shelved{c.At(seq), Ours{}.orOf(s.c, seq)}
}

func (o Ours) orOf(c *wiretest.Chain, seq uint64) Ours {
	if seq > c.Head().Seq {
		return o
	}
	return Ours{c.At(seq).Hash, true}
}

func TestBranchIsStreamedWhileForked(t *testing.T) {
	s, _ := diverge(t)
	at := s.c.At
	s.tell(Packed{Last: at(201)})
	s.tell(s.shelved(s.c, 201), Send{at(201), 300, 0})
	s.tell(Packed{Last: at(260)})
	s.tell(s.shelved(s.c, 260), Send{at(260), 300, 0})
	s.tell(Packed{Last: at(300)})
	s.tell(s.shelved(s.c, 300))
	s.wait()
	s.tell(Tick{}, Beat{at(300)})
	s.c.Grow(2)
	s.tell(Advanced{at(302)}, Send{at(300), 302, 0})
	s.tell(Advanced{at(302)}) // being packed
	s.tell(Packed{Last: at(302)})
	if st := s.State(); !st.Forked || !st.Up || st.Common != at(137) || st.Held.Seq > 137 || st.Behind < 165 {
		t.Errorf("got %+v", st)
	}
	s.wait()
	s.tell(Tick{}, Hang{"no answer"})
}

func TestIdleBranchGreetsAgain(t *testing.T) {
	s, _ := diverge(t)
	s.tell(Packed{Last: s.c.At(201)})
	s.Step(s.now, s.shelved(s.c, 300))
	began := s.now
	for {
		s.wait()
		acts := s.Step(s.now, Tick{})
		if _, hang := acts[0].(Hang); hang {
			break
		}
		if s.now.Sub(began) > 2*settleEvery {
			t.Fatal("never hears whether the fork was settled")
		}
	}
}

func TestBranchThatBecameTheChainIsGreeted(t *testing.T) {
	s, _ := diverge(t)
	s.tell(Packed{Last: s.c.At(201)})
	s.tell(s.shelved(s.c, 300))
	s.c.Grow(1)
	s.tell(Advanced{s.c.At(301)}, Send{s.c.At(300), 301, 0})
	s.tell(Acked{s.c.At(301), s.ours(301)}, Hang{"headquarters acknowledged what it held as a branch"})
	s.connect()
	s.tell(s.welcome(s.c.At(301)), told, Confirm{s.c.At(301)}, Beat{s.c.At(301)})
	if s.State().Forked {
		t.Error("still says forked")
	}
}

func TestThirdHistoryIsComparedWithTheBranch(t *testing.T) {
	s, _ := diverge(t)
	branch := s.c.Clone(11)
	branch.Truncate(203)
	branch.Grow(30)
	s.tell(Packed{Last: s.c.At(201)})
	acts := s.Step(s.now, s.shelved(branch, 233))
	s.search2(branch, acts, Send{s.c.At(200), 233, wire.RawBytesMax})
	s.tell(Packed{Last: s.c.At(233)})
	s.tell(s.shelved(s.c, 233), Send{s.c.At(233), 300, 0})
	if got := s.State().Common; got != s.c.At(137) {
		t.Errorf("common with the chain: %s, want 137", got)
	}
}

func TestEvidenceThatEndsTooEarlyIsShownFromTheCommonRecord(t *testing.T) {
	s, _ := diverge(t)
	s.tell(Packed{Last: s.c.At(136)}) // large records
	s.tell(Acked{s.c.At(257), Ours{}}, Send{s.c.At(137), 137 + evidenceRecords, 0})
	s.tell(Packed{Last: s.c.At(150)})
	s.tell(s.shelved(s.c, 150), Send{s.c.At(150), 300, 0})
}

func TestSettledAgainstThisBoxIsSaid(t *testing.T) {
	s, theirs := diverge(t)
	s.tell(Packed{Last: s.c.At(201)})
	s.tell(Refused{wire.Refusal{Code: wire.CodeSettled, Detail: "make it anew", Fatal: true}}, Hang{"refused: settled"})
	for range 2 {
		if st := s.State(); !st.Forked || st.Code != wire.CodeSettled || st.Detail != "make it anew" {
			t.Errorf("got %+v", st)
		}
		s.connect()
		w := s.welcome(theirs.At(257))
		w.Version = 2
		s.search2(theirs, s.Step(s.now, w)[1:], Send{s.c.At(130), 137 + evidenceRecords, wire.RawBytesMax})
		s.tell(Packed{Last: s.c.At(201)})
		s.tell(Refused{wire.Refusal{Code: wire.CodeSettled, Detail: "make it anew", Fatal: true}}, Hang{"refused: settled"})
		s.connect()
		s.tell(Refused{wire.Refusal{Code: wire.CodeBusy, Detail: "no leader"}}, Hang{"refused: busy"})
	}
}

func TestHeadquartersAheadIsAForkInWaiting(t *testing.T) {
	s := begin(t, 3)
	theirs := s.c.Clone(1)
	theirs.Grow(5)
	s.connect()
	s.tell(s.welcome(theirs.At(8)), told, Ask{2})
	if d := cmp.Diff([]Act{Ask{3}}, s.landmark(theirs, 2, 0)); d != "" {
		t.Fatal(d)
	}
	if d := cmp.Diff([]Act{Hang{"forked, with nothing to show yet"}}, s.landmark(theirs, 3, 0)); d != "" {
		t.Fatal(d)
	}
	if st := s.State(); !st.Forked || st.Common != s.c.At(3) {
		t.Errorf("got %+v", st)
	}
}

func TestWhatEndsALink(t *testing.T) {
	c := wiretest.New("ISB-01", 77)
	c.Grow(200)
	for name, e := range map[string]struct {
		event Event
		code  string
		slow  bool
	}{
		"refused for now":           {Refused{wire.Refusal{Code: wire.CodeBusy}}, wire.CodeBusy, false},
		"refused for good":          {Refused{wire.Refusal{Code: wire.CodeKey, Fatal: true}}, wire.CodeKey, true},
		"unreadable":                {Unreadable{"record 3"}, CodeUnreadable, true},
		"acknowledges what is not":  {Acked{chain.Position{Seq: 201}, Ours{}}, "", false},
		"acknowledges another hash": {Acked{c.At(20), Ours{c.At(21).Hash, true}}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, 200)
			s.connect()
			s.tell(s.welcome(s.c.At(0)), told, Confirm{s.c.At(0)}, Beat{s.head}, send(s.c.At(0), 200))
			s.tell(packed(s.c.At(20)), send(s.c.At(20), 200))
			acts := s.Step(s.now, e.event)
			if _, ok := acts[len(acts)-1].(Hang); !ok || len(acts) != 1 {
				t.Fatalf("got %v, want Hang alone", acts)
			}
			wake, _ := s.Wake()
			if slow := wake.Sub(s.now) > dialCeiling; slow != e.slow || s.State().Code != e.code || s.State().Up {
				t.Errorf("waits %s, %+v", wake.Sub(s.now), s.State())
			}
			s.tell(Dropped{}) // the link's own end changes nothing more
		})
	}
}

func TestAnswersHaveALimit(t *testing.T) {
	s := begin(t, 5)
	s.connect()
	s.wait()
	s.tell(Tick{}, Hang{"no answer"})
	s.connect()
	s.tell(s.welcome(s.c.At(5)), told, Confirm{s.c.At(5)}, Beat{s.head})
	for range 3 {
		s.wait()
		s.tell(Tick{}, Beat{s.c.At(5)})
	}
	s.c.Grow(1)
	s.tell(Advanced{s.c.At(6)}, send(s.c.At(5), 6))
	s.tell(packed(s.c.At(6)))
	for range 3 { // it goes on saying how it is, and waits ackMax and the line's time
		s.wait()
		s.tell(Tick{}, Beat{s.c.At(6)})
	}
	s.wait()
	s.tell(Tick{}, Hang{"no answer"})
	if got := s.State().Code; got != CodeNoAnswer {
		t.Errorf("got %q", got)
	}
}

// A shorter history was made the chain, and this box has forgotten the last record that both share.
func TestBoxThatLostIsToldThoughItForgot(t *testing.T) {
	s := begin(t, 50)
	s.tell(Remembered{s.c.At(40)})
	for _, code := range []string{wire.CodeSettled, wire.CodeGap} {
		s.connect()
		w := s.welcome(s.c.At(10))
		w.Version, w.Ours = 2, Ours{}
		s.tell(w, told, Send{s.c.At(40), 50, 0})
		s.tell(Packed{Last: s.c.At(50)})
		acts := s.Step(s.now, Refused{wire.Refusal{Code: code, Fatal: code == wire.CodeSettled}})
		if want := map[string]string{wire.CodeSettled: code, wire.CodeGap: CodeBehind}[code]; s.State().Code != want || len(acts) != 1 {
			t.Errorf("%s: got %+v", code, s.State())
		}
	}
}

// Headquarters came back older than what the box still keeps.
func TestHeadquartersBehindIsSaid(t *testing.T) {
	s := begin(t, 50)
	s.connect()
	w := s.welcome(s.c.At(10))
	w.Ours = Ours{}
	s.tell(w, told, Hang{CodeBehind})
	if got := s.State().Code; got != CodeBehind {
		t.Errorf("got %q", got)
	}
}
