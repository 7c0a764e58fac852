package push

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"markaz.example/devices/paypoint/terminal"
	"markaz.example/devices/profile"
)

// Handler takes one bank's messages. Set the fields before use.
type Handler struct {
	Profile profile.Paypoint
	Bank    string // the one source that it accepts
	Secret  []byte // shared with the bank
	Has     func(terminal.ID) (terminal.Terminal, bool)
	Hear    func(terminal.Report) error
	Trouble func(why string)                   // called for each thing that was wrong
	Known   func() (now time.Time, known bool) // the time, and whether somebody vouches for it; nil: the machine's, vouched for
	Masked  func(*http.Request) (masked bool)  // whether the connection had to overwrite a card number; nil: it did not

	mu   sync.Mutex
	seqs map[string]*seqs // guarded by mu: by terminal
}

// Answer is what the bank is told.
type Answer struct {
	Accepted int       `json:"accepted"`          // counted now
	Known    int       `json:"known"`             // counted before
	Refused  []Refusal `json:"refused,omitempty"` //
}

// Refusal is one message that does not count.
type Refusal struct {
	Terminal string `json:"terminal,omitempty"`
	Seq      uint64 `json:"seq,omitempty"`
	Why      string `json:"why"`
}

// ServeHTTP answers 202 when a message counted now or before, else 422; 400, 401, 405, 408 or 413 when nothing was looked
// at.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST a message", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyBytesMax))
	defer clear(body)
	if err != nil {
		h.unread(w, err)
		return
	}
	now := time.Now()
	messages, status, why := h.open(r, body)
	if why != "" {
		h.refuse(w, status, why)
		return
	}
	a := h.takeAll(messages, now)
	if status = http.StatusAccepted; a.Accepted+a.Known == 0 {
		status = http.StatusUnprocessableEntity
	}
	reply(w, status, a)
}

// unread refuses a body that could not be read to its end.
func (h *Handler) unread(w http.ResponseWriter, err error) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		h.refuse(w, http.StatusRequestEntityTooLarge, TooLarge)
		return
	}
	h.refuse(w, http.StatusRequestTimeout, HalfMessage)
}

// open finds out whether the body is the bank's, and what it is.
func (h *Handler) open(r *http.Request, body []byte) (m []Message, status int, why string) {
	if h.Masked != nil && h.Masked(r) {
		return nil, http.StatusUnprocessableEntity, CardData
	}
	at, ok := signed(h.Secret, r.Header.Get(HeaderTime), r.Header.Get(HeaderSignature), body)
	if !ok {
		return nil, http.StatusUnauthorized, WrongSignature
	}
	if h.off(at).Abs() > aheadMax {
		return nil, http.StatusUnprocessableEntity, Clock
	}
	m, err := parse(body)
	if err != nil {
		return nil, http.StatusBadRequest, NotJSON
	}
	return m, 0, ""
}

// off is how far a bank's clock is ahead of ours; 0 while nobody vouches for ours. Signatures and sequence numbers count then.
func (h *Handler) off(at time.Time) time.Duration {
	if h.Known == nil {
		return time.Until(at)
	}
	if now, known := h.Known(); known {
		return at.Sub(now)
	}
	return 0
}

func (h *Handler) refuse(w http.ResponseWriter, status int, why string) {
	h.Trouble(why)
	if why == CardData {
		w.Header().Set("Connection", "close") // the next message deserves a connection that had none
	}
	reply(w, status, Answer{Refused: []Refusal{{Why: why}}})
}

// reply cannot do anything about a bank that hung up.
func reply(w http.ResponseWriter, status int, a Answer) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(a)
}

func (h *Handler) takeAll(messages []Message, now time.Time) (a Answer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range messages {
		known, why := h.take(m, now)
		switch {
		case why != "":
			h.Trouble(why)
			a.Refused = append(a.Refused, Refusal{m.Terminal, m.Seq, why})
		case known:
			a.Known++
		default:
			a.Accepted++
		}
	}
	return a
}

// take is one message: known before, or refused with a reason, or heard.
func (h *Handler) take(m Message, now time.Time) (known bool, why string) {
	if m.Source != h.Bank {
		return false, UnknownSource
	}
	report, ok := m.report(now, levels(h.Profile))
	if !ok {
		return false, WrongValue
	}
	t, has := h.Has(report.ID)
	switch {
	case !has:
		return false, UnknownTerminal
	case m.Kind != "" && m.Kind != string(t.Kind):
		return false, WrongKind
	case h.off(m.At) > aheadMax:
		return false, Clock
	}
	s := h.of(m.Terminal)
	if s.has(m.Seq) {
		return true, ""
	}
	if m.Seq < s.last && !m.Snapshot {
		return false, Seq
	}
	if h.Hear(report) != nil {
		return false, UnknownTerminal
	}
	s.add(m.Seq)
	return false, ""
}

func (h *Handler) of(terminal string) *seqs {
	if h.seqs == nil {
		h.seqs = map[string]*seqs{}
	}
	if h.seqs[terminal] == nil {
		h.seqs[terminal] = &seqs{}
	}
	return h.seqs[terminal]
}

// seqs is the sequence numbers of a terminal that were accepted. They are not kept on disk: after a restart nothing is
// known, so nothing can be older.
type seqs struct {
	last   uint64
	recent []uint64 // the newest last
}

func (s *seqs) has(n uint64) bool { return slices.Contains(s.recent, n) }

func (s *seqs) add(n uint64) {
	s.last = n
	if len(s.recent) == recentMax {
		s.recent = slices.Delete(s.recent, 0, 1)
	}
	s.recent = append(s.recent, n)
}
