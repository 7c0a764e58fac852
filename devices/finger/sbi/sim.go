package sbi

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"markaz.example/devices/finger/synth"
)

// Sim is a maker's device service with one reader. It is an http.Handler, and Run serves it on the first free port of the
// range. Its authority and its keys are made when it is first used and exist nowhere else; Roots is what a centre would be
// given. All methods may be called from any goroutine.
type Sim struct {
	Serial  string // empty means "SIM0000000001"
	Env     string // empty means "Developer"
	Purpose string // empty means "Registration"

	once sync.Once
	keys keys

	mu       sync.Mutex    // guards what follows
	changed  chan struct{} // closed and replaced at every change
	status   string        // empty means Ready, or Busy during a capture
	finger   int64         // seed of the one on the glass; 0 for none
	score    int
	faults   Faults
	presses  uint64
	captures int
	asks     int
}

// Faults is what a service can do wrong. The zero Faults is a good one.
type Faults struct {
	Code          int           // this error instead of a capture
	Forged        bool          // one byte of each signature is wrong
	Stranger      bool          // signed with keys that an authority of nobody's trust has certified
	BrokenChain   bool          // the hash does not follow from the last one
	Late          time.Duration // captures bear a time so long ago
	WrongName     bool          // captures are of another transaction
	WrongReader   bool          // captures bear another reader's digital id
	WrongEnv      bool          // captures are of another environment
	WrongFinger   bool          // captures are of a finger that was not asked for
	OtherInfoVerb bool          // knows MOSIPINFO alone
	Slow          time.Duration // before each answer
	Absent        bool          // has no reader
	Garbage       bool          // answers something else
	Huge          bool          // answers without end
}

func (s *Sim) init() {
	s.once.Do(func() {
		s.changed = make(chan struct{})
		s.score = 80
		s.Serial, s.Env, s.Purpose = or(s.Serial, "SIM0000000001"), or(s.Env, "Developer"), or(s.Purpose, "Registration")
		if s.keys.roots == nil {
			s.keys = newKeys()
		}
	})
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// Roots is the certificate of the simulator's authority, in PEM.
func (s *Sim) Roots() []byte {
	s.init()
	return s.keys.roots
}

// Listen takes the first free port of a range; 0 means 4501 and 4600.
func (s *Sim) Listen(first, last int) (net.Listener, error) {
	if first == 0 {
		first, last = portFirst, portLast
	}
	for at := first; at <= last; at++ {
		if l, err := net.Listen("tcp4", net.JoinHostPort(host, strconv.Itoa(at))); err == nil {
			return l, nil
		}
	}
	return nil, errors.New("no free port for a simulated device service")
}

// Run serves a listener until the context ends, and closes it.
func (s *Sim) Run(ctx context.Context, l net.Listener) error {
	s.init()
	server := &http.Server{Handler: s, ReadHeaderTimeout: infoWait, BaseContext: func(net.Listener) context.Context { return ctx }}
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { server.Close(); close(done) })
	err := server.Serve(l)
	if stop() {
		return err
	}
	<-done
	return context.Cause(ctx)
}

// Press puts the finger of a seed on the glass; the seed is not 0.
func (s *Sim) Press(seed int64) { s.with(func() { s.finger, s.presses = seed, s.presses+1 }) }

// Lift takes it off.
func (s *Sim) Lift() { s.with(func() { s.finger = 0 }) }

// SetScore makes captures of a quality from 0 to 100.
func (s *Sim) SetScore(score int) { s.with(func() { s.score = score }) }

// SetStatus makes the reader "Ready", "Busy", "Not Ready" or "Not Registered"; empty is Ready, and Busy while it takes a
// finger.
func (s *Sim) SetStatus(status string) { s.with(func() { s.status = status }) }

// SetFaults makes the service misbehave; Faults{} makes it good again.
func (s *Sim) SetFaults(f Faults) { s.with(func() { s.faults = f }) }

// Asked counts all requests.
func (s *Sim) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asks
}

func (s *Sim) with(change func()) {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	close(s.changed)
	s.changed = make(chan struct{})
}

// ServeHTTP answers the verbs of the interface.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.init()
	s.mu.Lock()
	f := s.faults
	s.asks++
	s.mu.Unlock()
	if !pause(r.Context(), f.Slow) {
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Connection", "close")
	w.Header().Set("Content-Type", "application/json")
	switch {
	case f.Garbage:
		io.WriteString(w, "<html>It works!</html>")
	case f.Huge:
		endless(w)
	case r.Method == verbDiscover && r.URL.Path == "/device":
		s.reply(w, s.discovered(f))
	case (r.Method == verbInfoAlso || r.Method == verbInfo && !f.OtherInfoVerb) && r.URL.Path == "/info":
		s.reply(w, s.informed(f))
	case r.Method == verbCapture && r.URL.Path == "/capture":
		s.reply(w, s.take(r, f))
	default:
		http.Error(w, "unknown request", http.StatusMethodNotAllowed)
	}
}

func (s *Sim) reply(w io.Writer, v any) { json.NewEncoder(w).Encode(v) }

func endless(w io.Writer) {
	junk := make([]byte, 1<<16)
	for i := range junk {
		junk[i] = ' '
	}
	for range 2 * answerBytesMax / len(junk) {
		if _, err := w.Write(junk); err != nil {
			return
		}
	}
}

// pause reports false when the asker left.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func noError() map[string]any { return map[string]any{"errorCode": "0", "errorInfo": "Success"} }

func codeError(code int) map[string]any {
	return map[string]any{"errorCode": strconv.Itoa(code), "errorInfo": "simulated error"}
}

func (s *Sim) discovered(f Faults) any {
	if f.Absent {
		return []any{map[string]any{"error": codeError(202)}}
	}
	id, _ := json.Marshal(s.identity())
	return []any{map[string]any{
		"deviceId": "1", "deviceStatus": s.now(), "certification": "L0", "serviceVersion": "1.0.0", "deviceSubId": []int{0},
		"digitalId": base64.RawURLEncoding.EncodeToString(id), "deviceCode": s.Serial, "specVersion": []string{"1.0.0"},
		"purpose": s.Purpose, "error": noError(),
	}}
}

func (s *Sim) identity() map[string]string {
	return map[string]string{
		"serialNo": s.Serial, "make": "SIM", "model": "SIM-1", "type": typeFinger, "deviceSubType": "Single",
		"deviceProvider": "Simulated Readers", "deviceProviderId": "SIM", "dateTime": isoTime(time.Now()),
	}
}

// now is the word for how the reader is.
func (s *Sim) now() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.status != "":
		return s.status
	case s.captures > 0:
		return statusBusy
	}
	return statusReady
}

func (s *Sim) informed(f Faults) any {
	if f.Absent {
		return []any{map[string]any{"error": codeError(202)}}
	}
	status := s.now()
	device := map[string]any{
		"deviceStatus": status, "deviceId": "1", "firmware": "1.0.0", "certification": "L0", "serviceVersion": "1.0.0",
		"deviceSubId": []int{0}, "deviceCode": s.Serial, "env": s.Env, "purpose": s.Purpose, "specVersion": []string{"1.0.0"},
		"digitalId": s.keys.sign(f, s.identity()),
	}
	if status == statusUnregistered {
		device["purpose"], device["env"] = "", "None"
		b, _ := json.Marshal(device)
		return []any{map[string]any{"deviceInfo": base64.RawURLEncoding.EncodeToString(b), "error": codeError(100)}}
	}
	return []any{map[string]any{"deviceInfo": s.keys.sign(f, device), "error": noError()}}
}

// take is RCAPTURE.
func (s *Sim) take(r *http.Request, f Faults) any {
	var q request
	b, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, simRequestMax))
	if err != nil || json.Unmarshal(b, &q) != nil || len(q.Bio) != 1 || len(q.Bio[0].SubTypes) != 1 {
		return refused(501)
	}
	ms, err := strconv.Atoi(q.Timeout)
	before, notHex := hex.DecodeString(q.Bio[0].Previous)
	switch {
	case err != nil || notHex != nil || q.Env != s.Env || q.Purpose != s.Purpose || q.Bio[0].DeviceID != "1":
		return refused(502)
	case f.Code != 0:
		return refused(f.Code)
	case f.Absent:
		return refused(202)
	case q.Bio[0].Count != "1":
		return refused(109)
	}
	s.with(func() { s.captures++ })
	defer s.with(func() { s.captures-- })
	ctx, stop := context.WithTimeout(r.Context(), time.Duration(ms)*time.Millisecond)
	defer stop()
	seed, press, score := s.awaitFinger(ctx)
	if seed == 0 {
		return refused(101)
	}
	iso := record(seed, press)
	return s.signed(f, q, before, iso, score)
}

// awaitFinger waits for a finger; seed 0 when none came.
func (s *Sim) awaitFinger(ctx context.Context) (seed int64, press uint64, score int) {
	for {
		s.mu.Lock()
		seed, press, score = s.finger, s.presses, s.score
		changed := s.changed
		s.mu.Unlock()
		if seed != 0 && pause(ctx, simSense) {
			return seed, press, score
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return 0, 0, 0
		}
	}
}

// record has the look and the size of an ISO/IEC 19794-4 finger image record; nobody here reads more of it than its hash.
func record(seed int64, press uint64) []byte {
	p := synth.New(seed).Picture(synth.Shape{Width: simWidth, Height: simHeight, DPI: simDPI}, press, synth.Good)
	head := append([]byte("FIR\x00020\x00"), make([]byte, 38)...)
	return append(head, p.Pix...)
}

func (s *Sim) signed(f Faults, q request, before, iso []byte, score int) any {
	id := s.identity()
	said := map[string]any{
		"bioType": typeFinger, "bioSubType": q.Bio[0].SubTypes[0], "deviceCode": s.Serial, "deviceServiceVersion": "1.0.0",
		"purpose": s.Purpose, "env": s.Env, "bioValue": base64.RawURLEncoding.EncodeToString(iso),
		"transactionId": q.Transaction, "timestamp": isoTime(time.Now().Add(-f.Late)),
		"requestedScore": q.Bio[0].Requested, "qualityScore": score,
	}
	if f.WrongName {
		said["transactionId"] = "another-transaction"
	}
	if f.WrongEnv {
		said["env"] = "Staging"
	}
	if f.WrongFinger {
		said["bioSubType"] = "Left LittleFinger"
	}
	if f.WrongReader {
		id["serialNo"] = "SIM9999999999"
	}
	if f.BrokenChain {
		before = append([]byte{0}, before...)
	}
	said["digitalId"] = s.keys.sign(f, id)
	return map[string]any{"biometrics": []any{map[string]any{
		"specVersion": "1.0.0", "data": s.keys.sign(f, said), "hash": link(before, iso), "error": noError(),
	}}}
}

func refused(code int) any {
	return map[string]any{"biometrics": []any{map[string]any{"specVersion": "1.0.0", "data": "", "hash": "", "error": codeError(code)}}}
}
