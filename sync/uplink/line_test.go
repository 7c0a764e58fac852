package uplink

import (
	"testing"
	"time"
)

// pipe is a line as numbers: so many bytes a second, so long there and back. It answers a Sender's batches in time.
type pipe struct {
	rate float64
	trip time.Duration
	free time.Time // when the last byte put on it has left
}

func (p *pipe) carries(now time.Time, bytes int) (acked time.Time) {
	if p.free.Before(now) {
		p.free = now
	}
	p.free = p.free.Add(time.Duration(float64(bytes) / p.rate * float64(time.Second)))
	return p.free.Add(p.trip)
}

// drainage always has something to send.
type drainage struct {
	line
	pipe
	now     time.Time
	flights []flight
	acks    []time.Time
}

func newDrainage(p pipe) *drainage {
	d := &drainage{pipe: p, now: time.Unix(1_767_225_600, 0)}
	d.line = newLine(d.now, p.trip)
	return d
}

// run gives the part of the time that the line was busy in the second half, and the most bytes that were under way.
func (d *drainage) run(lasts time.Duration) (busy float64, most int) {
	end, half := d.now.Add(lasts), d.now.Add(lasts/2)
	sent := 0
	for d.now.Before(end) {
		for len(d.flights) < 8 && d.room() {
			raw := d.batch()
			bytes := max(raw/8, 1)
			d.flights = append(d.flights, d.sent(d.now, 1, Packed{Raw: raw, Bytes: bytes}, true))
			d.acks = append(d.acks, d.carries(d.now, bytes))
			if d.now.After(half) {
				sent += bytes
			}
			most = max(most, d.underWay)
		}
		d.now = d.acks[0]
		d.arrived(d.now, d.flights[0])
		d.flights, d.acks = d.flights[1:], d.acks[1:]
	}
	return float64(sent) / d.pipe.rate / (lasts / 2).Seconds(), most
}

var lines = map[string]pipe{
	"9.6 kbit/s, 4 s":    {rate: 1200, trip: 4 * time.Second},
	"9.6 kbit/s, 0.1 s":  {rate: 1200, trip: 100 * time.Millisecond},
	"64 kbit/s, 0.6 s":   {rate: 8000, trip: 600 * time.Millisecond},
	"2 Mbit/s, 80 ms":    {rate: 250_000, trip: 80 * time.Millisecond},
	"100 Mbit/s, 5 ms":   {rate: 12_500_000, trip: 5 * time.Millisecond},
	"100 Mbit/s, 150 ms": {rate: 12_500_000, trip: 150 * time.Millisecond},
}

func TestALineIsFilledAndNotStuffed(t *testing.T) {
	for name, p := range lines {
		t.Run(name, func(t *testing.T) {
			d := newDrainage(p)
			busy, most := d.run(20 * time.Minute)
			seconds := float64(most) / p.rate
			t.Logf("busy %.0f %%, at most %d bytes under way, %.1f s of line; believes %.0f B/s and %v", 100*busy, most, seconds, d.line.rate(), d.line.trip)
			if want := 0.9; busy < want && most < flightBytesMax/4 {
				t.Errorf("busy %.0f %%", 100*busy)
			}
			if limit := 2*batchTakes + 2*tripGain*p.trip; seconds > limit.Seconds()+1 {
				t.Errorf("%.1f s of line under way, limit %s", seconds, limit)
			}
			if most > flightBytesMax+batchBytesMax {
				t.Errorf("%d bytes under way", most)
			}
		})
	}
}

func TestALineThatChangesIsMeasuredAnew(t *testing.T) {
	for name, to := range map[string]pipe{
		"a hundredth": {rate: 1200, trip: 2 * time.Second},
		"a hundred":   {rate: 2_000_000, trip: 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			from := pipe{rate: 120_000, trip: 300 * time.Millisecond}
			if to.rate > from.rate {
				from.rate = to.rate / 100
			}
			d := newDrainage(from)
			d.run(5 * time.Minute)
			d.pipe.rate, d.pipe.trip = to.rate, to.trip
			d.run(15 * time.Minute)
			busy, most := d.run(20 * time.Minute)
			believed := d.line.rate() / to.rate
			t.Logf("busy %.0f %%, at most %.1f s of line, believes %.2f of the rate and %v", 100*busy, float64(most)/to.rate, believed, d.line.trip)
			if busy < 0.9 || believed < 0.8 || believed > 1.2 {
				t.Error("not found")
			}
		})
	}
}
