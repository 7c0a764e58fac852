package year

import (
	"markaz.example/edge/id"
	"markaz.example/edge/queue"
)

// knowledge is what a box would know by watching, kept from day to day. Nothing in it comes from how the world is drawn.
type knowledge struct {
	lately map[id.Service]*queue.Lately
	bands  map[hour]*queue.Band
	arrive map[id.Service]*queue.Came
	pace   queue.Pace
	away   queue.Away
}

// hour is one service's hour of the business day.
type hour struct {
	service id.Service
	hour    int64
}

func newKnowledge() *knowledge {
	k := &knowledge{lately: map[id.Service]*queue.Lately{}, bands: map[hour]*queue.Band{}, arrive: map[id.Service]*queue.Came{}}
	for _, o := range offers {
		k.lately[o.name], k.arrive[o.name] = &queue.Lately{}, &queue.Came{}
	}
	return k
}

func (k *knowledge) ended(date string, s id.Service, now, took int64) {
	k.lately[s].Add(date, took)
	k.band(s, now).Add(date, took)
}

func (k *knowledge) band(s id.Service, now int64) *queue.Band {
	at := hour{s, (now - openMs) / (60 * minuteMs)}
	if k.bands[at] == nil {
		k.bands[at] = &queue.Band{}
	}
	return k.bands[at]
}

func (k *knowledge) came(w queue.Waiter) { k.arrive[w.Service].Add(w.SinceMs, w.Class) }

func (k *knowledge) paused(ms int64) { k.away.Add(ms) }

// tell puts it into a scene.
func (k *knowledge) tell(s *queue.Scene, date string) {
	s.Times, s.Drag, s.Pauses = map[id.Service]queue.Times{}, k.pace.Drag(), k.away.Times()
	for _, o := range offers {
		s.Times[o.name] = queue.NewTimes(k.lately[o.name].Of(date), k.band(o.name, s.NowMs).MS, targetMs)
		s.Coming = append(s.Coming, k.arrive[o.name].Streams(o.name, openMs, s.NowMs)...)
	}
}

// targetMs is what the centre's plan says of every service, as plans do.
const targetMs = 3 * minuteMs
