package hq

import (
	"io"
	"net/http"
	"time"

	"markaz.example/edge/door"
	"markaz.example/edge/pack"
	"markaz.example/sync/post"
	"markaz.example/sync/roster"
)

// openPost makes what goes down to boxes. Without a post key nothing does, and the verbs say so.
func (h *HQ) openPost() error {
	key, err := roster.PostKey(h.config.Certificates)
	if err != nil {
		return err
	}
	h.desk = &post.Desk{Group: h.node, Archive: h.archive, Key: key, Now: time.Now, Log: h.log}
	h.carrier, h.clerk = post.NewCarrier(h.desk), &post.Clerk{Desk: h.desk, Leads: h.node.Leads}
	h.servePost(h.admin)
	return nil
}

// servePost adds the verbs of what goes down.
func (h *HQ) servePost(a *door.Door) {
	a.Handle("POST /pack/publish", http.HandlerFunc(h.publish))
	door.Verb(a, "POST /pack/offer", h.desk.Offer)
	door.Verb(a, "POST /pack/roll-back", h.desk.RollBack)
	door.Verb(a, "POST /pack/drop", h.desk.Drop)
	door.Verb(a, "GET /pack", h.desk.Packs)
	door.Verb(a, "POST /lease/pool", h.desk.Pool)
	door.Verb(a, "POST /lease/grant", h.desk.Grant)
	door.Verb(a, "GET /lease", h.desk.Pools)
	door.Verb(a, "GET /check", h.desk.Questions)
	door.Verb(a, "POST /check/answer", h.desk.Answer)
	door.Verb(a, "POST /diagnosis/ask", h.desk.Diagnose)
	door.Verb(a, "POST /diagnosis/show", h.desk.Diagnosis)
}

// publish takes a pack's file as it is.
func (h *HQ) publish(w http.ResponseWriter, r *http.Request) {
	got, err := h.desk.Publish(r.Context(), http.MaxBytesReader(w, r.Body, int64(pack.HeadBytesMax+pack.ContentBytesMax)))
	if err != nil {
		_, _ = io.Copy(io.Discard, r.Body) // an answer before the end of the body would be lost
		door.Refuse(w, err)
		return
	}
	door.Answer(w, got)
}

// Desk is the verbs of headquarters' people.
func (h *HQ) Desk() *post.Desk { return h.desk }
