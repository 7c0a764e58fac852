package page

import (
	"flag"
	"iter"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/fleet"
	"markaz.example/sync/roster"
)

var update = flag.Bool("update", false, "write testdata anew")

var noon = time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)

type held []archive.Chain

func (h held) Chains() []archive.Chain { return h }

func in(centre id.Centre) chain.Incarnation {
	return chain.Incarnation{Centre: centre, Nonce: [chain.NonceBytes]byte{1}}
}

func at(seq uint64) chain.Position { return chain.Position{Seq: seq} }

// small is a fleet with a centre in each state, several in one district, one off the map, and everything that a page can
// say of the one that is forked.
func small(t *testing.T, now time.Time) *Site {
	t.Helper()
	var list []roster.Centre
	for _, c := range [][2]string{
		{"FRK-01", "Lahore"}, {"RFS-01", "lahore"}, {"SLN-01", "QTA"}, {"AWY-01", "Swat"}, {"BHD-01", "Kech"}, {"LIV-01", "Skardu"},
		{"NVR-01", "Badin"}, {"OFF-01", "Atlantis"},
	} {
		list = append(list, roster.Centre{Code: id.Centre(c[0]), Name: "Centre <" + c[0] + ">", NameUR: "مرکز", District: c[1]})
	}
	r, err := roster.New(list)
	if err != nil {
		t.Fatal(err)
	}
	f := fleet.New(r, held{
		{Incarnation: in("FRK-01"), Held: at(41_300), Forks: 2, Branches: make([]archive.Branch, 2), Key: []byte{0xab}},
		{Incarnation: heir(in("FRK-01")), Held: at(41_250), Key: []byte{0xcd}, Of: in("FRK-01"), At: at(41_000)}, {Incarnation: in("AWY-01"), Held: at(10)},
	}, func() time.Time { return now })
	f.Sources = sources(now)
	visit := func(centre id.Centre, head uint64, when time.Time, n fleet.News) {
		f.Heard(in(centre), at(head), at(0), when)
		f.Told(in(centre), n, when)
	}
	well := fleet.News{Software: "markaz 0.4.0", Grade: 3, Wall: now.UnixMilli()}
	ill := fleet.News{
		Software: "markaz 0.3.9", Grade: 0, Wall: now.Add(-26 * time.Hour).UnixMilli(), Oldest: now.Add(-29 * time.Hour).UnixMilli(),
		Conditions: []string{"paypoint.cash-out", "printer.paper-out", "zeppelin.lost"},
		Packs:      []fleet.Pack{{Name: "services", Version: 40}, {Name: "growth", Version: 7}},
	}
	visit("FRK-01", 41_420, now, ill)
	visit("SLN-01", 9, now.Add(-200*time.Hour), well)
	f.Gone(in("SLN-01"), now)
	visit("BHD-01", 90_000, now, well)
	visit("LIV-01", 0, now, well)
	f.Refused("RFS-01", "key", "signed with <another> key", now.Add(-time.Minute))
	f.Sample()
	f.Sample()
	return New(f, Config{Zone: time.FixedZone("PKT", 5*3600), Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)})
}

func sources(now time.Time) fleet.Sources {
	return fleet.Sources{
		Packs: func() map[string]uint64 { return map[string]uint64{"services": 41} },
		Forks: func(chain.Incarnation) []fleet.Fork {
			return []fleet.Fork{
				{Branch: "1", First: 41_207, Records: 312, Ours: fleet.RecordSummary{Seq: 41_207, Kind: "visit.called/1", Actor: "desk/B", Subject: "<v>", Wall: now.UnixMilli()},
					Theirs: fleet.RecordSummary{Seq: 41_207, Kind: "visit.opened/1", Actor: "kiosk/1", Wall: now.UnixMilli()}},
				{Branch: "2", First: 41_301, Records: 1, Theirs: fleet.RecordSummary{Seq: 41_301, Kind: "visit.left/1", Actor: "box"}, Settled: "ours"},
			}
		},
		Poison: func(i chain.Incarnation) (p fleet.Poison) {
			if i.Centre == "FRK-01" {
				p = fleet.Poison{Count: 2, First: "kind <x> is not known"}
			}
			return p
		},
		Nodes: func() []fleet.Node {
			return []fleet.Node{
				{Name: "hq-1", State: "leader", Leader: true, Applied: 9_000}, {Name: "hq-2", State: "follower", Applied: 8_999, Disk: "scarce"},
				{Name: "hq-3", State: "follower", Applied: 10, Disk: "broken"}, {Name: "hq-4", State: "unreachable"}, {Name: "hq-5", State: "candidate"},
			}
		},
		Warehouse: func() *fleet.Warehouse {
			return &fleet.Warehouse{Reason: "connection <refused>", Loaded: 7, Waiting: 12_345}
		},
		Records: func(_ chain.Incarnation, after uint64) iter.Seq2[archive.Stored, error] {
			return func(func(archive.Stored, error) bool) {}
		},
	}
}

// TestGolden compares the parts of both screens, in both languages.
func TestGolden(t *testing.T) {
	s := small(t, noon)
	for _, l := range []Lang{Urdu, English} {
		parts, err := s.overviewParts(l, memo{})
		if err != nil {
			t.Fatal(err)
		}
		maps.DeleteFunc(parts, func(id, html string) bool {
			return strings.HasPrefix(id, "tile-") && strings.Contains(html, "s-empty") && id != "tile-ATD"
		})
		golden(t, "overview-"+string(l), parts)
		if parts, err = s.centreParts(l, "FRK-01"); err != nil {
			t.Fatal(err)
		}
		golden(t, "centre-"+string(l), parts)
		if parts, err = s.centreParts(l, "NVR-01"); err != nil {
			t.Fatal(err)
		}
		golden(t, "centre-never-"+string(l), parts)
	}
}

func golden(t *testing.T, name string, parts map[string]string) {
	t.Helper()
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(parts)) {
		b.WriteString("<!-- " + id + " -->\n" + parts[id] + "\n")
	}
	file := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("%s (-want +got); if it is right: go test . -update\n%s", file, diff)
	}
	for _, raw := range []string{"<FRK-01>", "<another>", "<x>", "<v>", "<refused>"} {
		if strings.Contains(b.String(), raw) {
			t.Errorf("%s: what is said elsewhere is taken for markup: %s", name, raw)
		}
	}
}

// TestPartsAreTheirElements: a browser finds the place of each part by its id.
func TestPartsAreTheirElements(t *testing.T) {
	s := small(t, noon)
	parts, err := s.overviewParts(English, memo{})
	if err != nil {
		t.Fatal(err)
	}
	more, err := s.centreParts(English, "FRK-01")
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(parts, more)
	for id, html := range parts {
		head, _, _ := strings.Cut(html, ">")
		if id != orderPart && !strings.Contains(head, `id="`+id+`"`) {
			t.Errorf("part %s begins with %s", id, head)
		}
	}
}

// TestMistakeInTheListIsShown in its own words, and its place when there is none.
func TestMistakeInTheListIsShown(t *testing.T) {
	s := small(t, noon)
	for fault, want := range map[string]string{
		"":                     `role="alert" hidden></section>`,
		"line 3: <[centre]> ~": `<code>line 3: &lt;[centre]&gt; ~</code>`,
	} {
		if got, err := s.part(Urdu, "fault", overview{Report: fleet.Report{Fault: fault}}); err != nil || !strings.Contains(got, want) {
			t.Errorf("%q is shown as %s, %v", fault, got, err)
		}
	}
}

func TestDuration(t *testing.T) {
	en := read(t, English)
	for d, want := range map[time.Duration]string{
		0: "0 s", 59 * time.Second: "59 s", 61 * time.Second: "1 min 1 s", 3 * time.Hour: "3 h", 50*time.Hour + time.Minute: "2 d 2 h",
	} {
		if got := duration(en, d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[uint64]string{0: "0", 999: "999", 1000: "1,000", 1_234_567: "1,234,567"} {
		if got := number(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

// heir is an incarnation that goes on after another's records.
func heir(in chain.Incarnation) chain.Incarnation {
	in.Nonce[0], in.After = 0xee, 41_000
	return in
}
