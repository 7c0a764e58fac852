package web

import (
	"encoding/json"
	"net/http"
)

// healthz tells machines how the box is. A box that is open answers 200, any other 503. Only the desks' listener tells more
// than the state.
type healthz struct {
	State string `json:"state"`           // "starting", "open", "broken", "unconfigured"
	Head  uint64 `json:"head,omitempty"`  // newest acknowledged record; 0 before the ledger is open
	Build string `json:"build,omitempty"` // of the pages
}

func (s *Site) healthz(w http.ResponseWriter, now *state, detail bool) {
	answer := healthz{State: now.name}
	status := http.StatusServiceUnavailable
	if now.name == "open" {
		status = http.StatusOK
	}
	if detail {
		answer.Build = s.kit.Build()
	}
	if detail && now.ledger != nil {
		answer.Head = now.ledger.Acknowledged().Seq
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(answer) // a browser that left is no error of ours
}
