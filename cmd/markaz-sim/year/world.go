package year

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"markaz.example/edge/id"
	"markaz.example/edge/queue"
)

const (
	minuteMs = 60_000
	openMs   = 8 * 60 * minuteMs // of the day
	doorMs   = 7 * 60 * minuteMs // the door shuts so long after
	desks    = 12
)

// offer is one service: what a call takes at the median, its share of first stops, and which service follows it how often.
type offer struct {
	name    id.Service
	minutes float64
	share   float64
	then    id.Service
	often   float64
}

var offers = []offer{
	{"kafaalat", 1.6, 0.40, "payment", 0.30},
	{"registration", 1.9, 0.25, "", 0},
	{"nashonuma", 2.0, 0.15, "payment", 0.60},
	{"payment", 1.1, 0.20, "", 0},
}

var mix = []struct {
	class queue.Class
	share float64
}{
	{queue.Emergency, 0.003}, {queue.Infant, 0.10}, {queue.Disability, 0.03}, {queue.Elder, 0.12}, {queue.Appointment, 0.08}, {queue.Normal, 1},
}

// stop is one wanted service with all that chance decides of it, so that two policies meet the same.
type stop struct {
	service id.Service
	tookMs  int64
	noShow  bool
}

// visitor is one visit of the day.
type visitor struct {
	atMs   int64
	class  queue.Class
	apptMs int64
	needs  queue.Needs
	stops  []stop
}

// pause is a time in which a desk calls nobody. A known one stands on the roster.
type pause struct {
	fromMs, toMs int64
}

// day is what is drawn of a business day.
type day struct {
	date     string
	visitors []visitor
	pauses   [desks][]pause
	ceaseMs  int64 // desks go on until then
}

// World is how much a generated centre has to do. Its people and desks are the same in each.
type World struct {
	Name    string
	Percent float64 // that calls take of offers
}

// Worlds are a centre that copes on most days, and one that is overrun on many.
func Worlds() []World { return []World{{"usual", 100}, {"heavy", 115}} }

// draw makes a day; the same seed and number make the same.
func (w World) draw(seed uint64, n int) day {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	month := n / 25
	people := 1100 + 350*math.Sin(float64(n)/40) + 120*r.NormFloat64()
	if n%25 < 5 {
		people += 600 // payments are out
	}
	length := int64(doorMs)
	if month == 2 { // Ramzan: shorter, fewer
		length, people = length*5/7, people*0.7
	}
	pace := math.Exp(0.10*r.NormFloat64()) * w.Percent / 100
	d := day{date: fmt.Sprintf("month %02d day %02d", month+1, n%25+1), ceaseMs: openMs + length + 4*60*minuteMs}
	for range int(min(max(people, 300), 2000)) {
		d.visitors = append(d.visitors, drawVisitor(r, length, pace))
	}
	slices.SortStableFunc(d.visitors, func(a, b visitor) int { return cmp.Compare(a.atMs, b.atMs) })
	d.drawPauses(r)
	return d
}

func drawVisitor(r *rand.Rand, length int64, pace float64) visitor {
	at := r.Float64()
	if r.Float64() < 0.45 {
		at = math.Abs(r.NormFloat64()) * 0.18 // the morning
	}
	v := visitor{atMs: openMs + int64(math.Mod(at, 1)*float64(length))}
	for at := r.Float64(); v.class == ""; {
		for _, m := range mix {
			if at -= m.share; at < 0 && v.class == "" {
				v.class = m.class
			}
		}
	}
	if v.class == queue.Appointment {
		v.apptMs = v.atMs + int64(r.IntN(25)-10)*minuteMs
	}
	if r.IntN(12) == 0 {
		v.needs.Sex = "f"
	}
	for name := firstOf(r.Float64()).name; name != ""; {
		o := find(name)
		took := math.Exp(0.55*r.NormFloat64()) * o.minutes * pace * minuteMs
		s := stop{service: name, tookMs: max(int64(took), 20_000), noShow: r.IntN(25) == 0}
		if s.noShow {
			s.tookMs = 90_000
		}
		v.stops = append(v.stops, s)
		if name = ""; r.Float64() < o.often {
			name = o.then
		}
	}
	return v
}

func firstOf(at float64) offer {
	for _, o := range offers {
		if at -= o.share; at < 0 {
			return o
		}
	}
	return offers[0]
}

func find(name id.Service) offer {
	return offers[slices.IndexFunc(offers, func(o offer) bool { return o.name == name })]
}

// drawPauses gives each desk tea, a prayer and what nobody planned, and now and then takes the power from all.
func (d *day) drawPauses(r *rand.Rand) {
	dark := pause{}
	if r.IntN(8) == 0 {
		dark.fromMs = openMs + r.Int64N(doorMs)
		dark.toMs = dark.fromMs + int64(5+r.IntN(20))*minuteMs
	}
	for i := range d.pauses {
		lunch := openMs + 5*60*minuteMs + int64(i%3)*20*minuteMs
		d.pauses[i] = []pause{{lunch, lunch + 20*minuteMs}, dark}
		for range r.IntN(4) {
			from := openMs + r.Int64N(doorMs)
			d.pauses[i] = append(d.pauses[i], pause{from, from + int64(3+r.IntN(10))*minuteMs})
		}
		if r.IntN(60) == 0 { // its machine failed
			from := openMs + r.Int64N(doorMs)
			d.pauses[i] = append(d.pauses[i], pause{from, from + 60*minuteMs})
		}
	}
}

// seats are the twelve desks in their four halls.
func seats() []queue.Desk {
	serve := [][]id.Service{
		{"kafaalat", "registration"}, {"registration", "kafaalat"}, {"nashonuma", "registration"}, {"payment", "kafaalat"},
	}
	var all []queue.Desk
	for i, hall := range []int{0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3} {
		all = append(all, queue.Desk{Open: true, Serves: serve[hall], Sex: []string{"f", "m"}[i%2]})
	}
	return all
}
