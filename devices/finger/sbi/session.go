package sbi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"markaz.example/devices/finger"
	"markaz.example/devices/port"
)

// session is one reader, from the time its service was found. watch runs in Run's goroutine, capture in its caller's.
type session struct {
	d      *Driver
	client *client
	judge  judge
	ctx    context.Context // ends with Run, and with it a capture under way

	mu     sync.Mutex // guards what follows
	at     int        // the service's port
	verb   string     // for info, as this service knows it
	device info
	who    identity
	status error     // why the reader takes no finger, as it says; nil for ready
	doubt  error     // the last capture was not believed
	taking bool      // we are why it is busy ...
	taken  time.Time // ... or were, up to then
	ear    port.Ear  //
	heard  time.Time
}

// look finds the port of a service that has the wanted reader. It asks all ports, a few at a time, and takes the lowest
// that fits, so that the choice does not depend on luck.
func (s *session) look(ctx context.Context) error {
	first, last := s.d.ports()
	ports := make(chan int)
	var mu sync.Mutex
	have := map[int]bool{}
	var askers sync.WaitGroup
	for range portsAtOnce {
		askers.Go(func() {
			for at := range ports {
				if s.hasReader(ctx, at) {
					mu.Lock()
					have[at] = true
					mu.Unlock()
				}
			}
		})
	}
	for at := first; at <= last && ctx.Err() == nil; at++ {
		ports <- at
	}
	close(ports)
	askers.Wait()
	return s.choose(ctx, first, last, have)
}

// hasReader asks one port. Whatever is not a plain yes is a no.
func (s *session) hasReader(ctx context.Context, at int) bool {
	ctx, stop := context.WithTimeout(ctx, lookWait)
	defer stop()
	b, err := s.client.ask(ctx, at, verbDiscover, "/device", discovery{typeFinger}, smallBytesMax)
	if err != nil {
		return false
	}
	all, err := decodeList[found](b)
	if err != nil {
		return false
	}
	for _, f := range all {
		var who identity
		if unsigned(string(f.DigitalID), &who) == nil && same(who.Type, typeFinger) && s.wanted(who) {
			return true
		}
	}
	return false
}

func (s *session) wanted(who identity) bool {
	return s.d.Serial == "" || string(who.Serial) == s.d.Serial
}

// choose takes the lowest port whose reader is believed, so that no other program can push in front of it; if there is
// none, the lowest whose reader is troubled, which is still the reader.
func (s *session) choose(ctx context.Context, first, last int, have map[int]bool) error {
	looked, troubled := 0, 0
	for at := first; at <= last && looked < lookPorts; at++ {
		if !have[at] {
			continue
		}
		looked++
		err := s.try(ctx, at)
		if err == nil {
			s.tell()
			return nil
		}
		if troubled == 0 && !errors.Is(err, errNotHere) && !errors.Is(err, port.ErrGone) {
			troubled = at
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if troubled == 0 {
		return ErrNoService
	}
	err := s.try(ctx, troubled)
	s.tell()
	return s.mind(err)
}

// try makes a port ours and asks how its reader is.
func (s *session) try(ctx context.Context, at int) error {
	s.mu.Lock()
	s.at, s.verb, s.ear = at, verbInfo, port.Ear{}
	s.mu.Unlock()
	return s.refresh(ctx)
}

// errNotHere: the service has no reader of fingers for our purpose.
var errNotHere = errors.New("no fingerprint reader for this purpose")

// watch asks how the reader is until the context ends or the service is gone.
func (s *session) watch(ctx context.Context) error {
	tick := time.NewTicker(cmp.Or(s.d.Poll, pollDefault))
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		err := s.refresh(ctx)
		s.tell()
		if errors.Is(err, errNotHere) {
			err = ErrNoService
		}
		if err := s.mind(err); err != nil {
			return err
		}
	}
}

// mind sorts what ends a Run, a service that is gone, from what passes.
func (s *session) mind(err error) error {
	if errors.Is(err, port.ErrGone) || s.ctx.Err() != nil {
		return err
	}
	return nil
}

// refresh asks how the reader is and keeps it.
func (s *session) refresh(ctx context.Context) error {
	began := time.Now()
	s.mu.Lock()
	s.ear.Asked(began)
	at, verb := s.at, s.verb
	s.mu.Unlock()
	b, verb, err := s.askInfo(ctx, at, verb)
	var d info
	var who identity
	if err == nil {
		d, who, err = s.pick(b)
	}
	s.mu.Lock()
	s.verb = verb
	s.hear(err)
	if err == nil {
		s.device, s.who = d, who
	}
	if s.status = status(d, err); errors.Is(s.status, ErrOther) && (s.taking || began.Before(s.taken)) {
		s.status = nil
	}
	s.mu.Unlock()
	return err
}

// askInfo tries the other spelling of the verb when a service does not know the one.
func (s *session) askInfo(ctx context.Context, at int, verb string) (b []byte, knows string, err error) {
	ctx, stop := context.WithTimeout(ctx, infoWait)
	defer stop()
	for _, v := range []string{verb, other(verb)} {
		if b, err = s.client.ask(ctx, at, v, "/info", nil, smallBytesMax); !errors.Is(err, errVerb) {
			return b, v, err
		}
	}
	return nil, verb, fmt.Errorf("%w: %w", err, port.ErrBabble)
}

func other(verb string) string {
	if verb == verbInfo {
		return verbInfoAlso
	}
	return verbInfo
}

// hear notes what an answer says of the line. s.mu is held.
func (s *session) hear(err error) {
	switch {
	case errors.Is(err, port.ErrHalf):
		s.ear.Half()
	case errors.Is(err, port.ErrBabble):
		s.ear.Noise(1)
	case errors.Is(err, port.ErrQuiet), errors.Is(err, port.ErrGone), err != nil && s.ctx.Err() != nil:
	default:
		s.ear.Understood()
		s.heard = time.Now()
	}
}

// pick finds our reader in an info answer and opens what it signed. A reader without a key says that it is not registered
// and is believed in that alone.
func (s *session) pick(b []byte) (info, identity, error) {
	all, err := decodeList[infoEntry](b)
	if err != nil {
		return info{}, identity{}, err
	}
	err = errNotHere
	for _, e := range all {
		d, who, why := s.openInfo(e)
		if why == nil && same(who.Type, typeFinger) && s.wanted(who) && (d.Purpose == "" || same(d.Purpose, s.d.Purpose)) {
			return d, who, nil
		}
		if why != nil {
			err = why
		}
	}
	return info{}, identity{}, err
}

func (s *session) openInfo(e infoEntry) (d info, who identity, err error) {
	if err := deviceError(e.Error); err != nil {
		return d, who, err
	}
	if err := s.judge.open(e.DeviceInfo, &d); err != nil {
		if unsigned(e.DeviceInfo, &d) == nil && same(d.Status, statusUnregistered) {
			return d, who, finger.ErrRegister
		}
		return info{}, who, err
	}
	if err := s.judge.open(d.DigitalID, &who); err != nil {
		return info{}, identity{}, fmt.Errorf("digital id: %w", err)
	}
	return d, who, nil
}

// Words for how a reader is.
const (
	statusReady        = "Ready"
	statusBusy         = "Busy"
	statusNotReady     = "Not Ready"
	statusUnregistered = "Not Registered"
)

// status is why a reader takes no finger; nil when it does. Trouble of the line is the Ear's.
func status(d info, err error) error {
	switch {
	case err != nil:
		return err
	case same(d.Status, statusReady):
		return nil
	case same(d.Status, statusBusy):
		return ErrOther
	case same(d.Status, statusUnregistered):
		return finger.ErrRegister
	}
	return finger.ErrSensor
}

// tell publishes the state.
func (s *session) tell() {
	s.mu.Lock()
	st := finger.State{Line: s.ear.Verdict(time.Now()), Heard: s.heard}
	trouble := cmp.Or(s.status, s.doubt)
	if trouble != nil && !lineError(trouble) {
		st.Trouble = trouble
	}
	st.Ready = trouble == nil && st.Line == nil && !s.heard.IsZero()
	s.mu.Unlock()
	s.d.setState(st)
}

// lineError reports whether it is the Ear's to name.
func lineError(err error) bool {
	return errors.Is(err, port.ErrQuiet) || errors.Is(err, port.ErrHalf) || errors.Is(err, port.ErrBabble) || errors.Is(err, port.ErrGone)
}

// capture asks for one finger and checks what comes. Run's end ends it.
func (s *session) capture(ctx context.Context, name, previous string, p finger.Position) (finger.Capture, string, error) {
	q, err := s.question(ctx, name, previous, p)
	if err != nil {
		return finger.Capture{}, "", err
	}
	s.setTaking(true)
	defer s.setTaking(false)
	asking, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer context.AfterFunc(s.ctx, func() { stop(ErrNotRunning) })()
	b, err := s.askCapture(asking, q)
	if err != nil {
		if ctx.Err() != nil {
			err = waited(ctx)
		}
		return finger.Capture{}, "", err
	}
	defer clear(b)
	c, quality, err := q.open(s.judge, b)
	s.setDoubt(err)
	if err != nil {
		return finger.Capture{}, "", err
	}
	return finger.Capture{Position: p, Quality: quality, Signed: []byte(c.Data)}, c.Hash, nil
}

// askCapture bounds the wait by the reader's own and a margin.
func (s *session) askCapture(ctx context.Context, q asked) ([]byte, error) {
	ms, err := strconv.Atoi(q.request.Timeout)
	if err != nil {
		panic("BUG: timeout " + q.request.Timeout)
	}
	ctx, stop := context.WithTimeout(ctx, time.Duration(ms)*time.Millisecond+2*captureMargin)
	defer stop()
	s.mu.Lock()
	at := s.at
	s.mu.Unlock()
	return s.client.ask(ctx, at, verbCapture, "/capture", q.request, answerBytesMax)
}

// question is the request for one finger. A reader that is known to be unwell is not asked.
func (s *session) question(ctx context.Context, name, previous string, p finger.Position) (asked, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.ear.Verdict(time.Now()); v != nil {
		return asked{}, v
	}
	if s.status != nil {
		return asked{}, s.status
	}
	if s.who.Serial == "" {
		return asked{}, ErrNotRunning
	}
	wait := captureDefault
	if deadline, ok := ctx.Deadline(); ok {
		wait = min(wait, time.Until(deadline)-captureMargin)
	}
	if wait < captureMin {
		return asked{}, fmt.Errorf("%w within so short a time", finger.ErrNoFinger)
	}
	version := text("1.0")
	if len(s.device.SpecVersion) > 0 {
		version = s.device.SpecVersion[0]
	}
	now, quality := s.d.now(), s.d.quality()
	return asked{serial: s.who.Serial, position: p, quality: quality, from: now, request: request{
		Env: s.d.Env, Purpose: s.d.Purpose, SpecVersion: string(version), Transaction: name, CaptureTime: isoTime(now),
		Timeout: strconv.FormatInt(wait.Milliseconds(), 10),
		Bio: []bioRequest{{
			Type: typeFinger, Count: "1", SubTypes: []string{subType(p)}, Exception: []string{}, Requested: strconv.Itoa(quality),
			DeviceID: string(s.device.DeviceID), SubID: subID(s.who, p), Previous: previous,
		}},
	}}, nil
}

func (s *session) setTaking(taking bool) {
	s.mu.Lock()
	if s.taking = taking; !taking {
		s.taken = time.Now()
	}
	s.mu.Unlock()
	s.tell()
}

// setDoubt keeps what a capture told of the reader and asking how it is does not tell, until a capture is well again.
func (s *session) setDoubt(err error) {
	s.mu.Lock()
	s.doubt = nil
	if errors.Is(err, finger.ErrTrust) || errors.Is(err, finger.ErrTamper) || errors.Is(err, finger.ErrClock) {
		s.doubt = err
	}
	s.mu.Unlock()
	s.tell()
	if err != nil {
		s.d.log().Info("capture refused", "err", err)
	}
}
