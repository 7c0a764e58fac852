package quorum

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hashicorp/raft"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire"
)

// The paths on which nodes ask each other. Frozen: old and new nodes meet while a group is updated.
const (
	commandPath = "/command" // a command as the log has it; a reply
	heldPath    = "/held"    // a question; a reply
	hashPath    = "/hash"    // a question; a reply
	aboutPath   = "/about"   // nothing; an About
)

// question is about a record of a chain.
type question struct {
	Chain chain.Incarnation `json:"chain"`
	Seq   uint64            `json:"seq"`
}

// reply is what a leader answers.
type reply struct {
	Verdict archive.Verdict `json:"verdict"`
	Held    chain.Position  `json:"held"`
	Answer  archive.Answer  `json:"answer"`
	Applied uint64          `json:"applied,omitempty"` // what the leader's archive has by then; 0 from one of an older version
	Fault   string          `json:"fault,omitempty"`   // a code of faults
	Text    string          `json:"text,omitempty"`    // of the fault
}

// faults are the errors that keep their meaning between nodes. Codes are frozen; a new one goes at the end.
var faults = []struct {
	code string
	err  error
}{
	{"not-ready", ErrNotReady}, {"stopped", ErrStopped}, {"act", ErrAct}, {"signature", chain.ErrSignature}, {"field", wire.ErrField},
	{"key", archive.ErrKey}, {"crowd", archive.ErrCrowd}, {"not-batch", archive.ErrNotBatch}, {"office", archive.ErrOffice},
	{"absent", archive.ErrAbsent}, {"damaged", archive.ErrDamaged}, {"aside", archive.ErrAside},
	{"heir", archive.ErrHeir}, {"ancestor", archive.ErrAncestor},
}

func (r *reply) fail(err error) {
	if err == nil {
		return
	}
	r.Fault, r.Text = "other", err.Error()
	for _, f := range faults {
		if errors.Is(err, f.err) {
			r.Fault = f.code
			return
		}
	}
}

func (r reply) failure() error {
	if r.Fault == "" {
		return nil
	}
	for _, f := range faults {
		if f.code == r.Fault {
			return fmt.Errorf("%w (the leader says: %s)", f.err, r.Text)
		}
	}
	return fmt.Errorf("the leader says: %s", r.Text)
}

// forward hands a command to the leader. Any error but the leader's own leaves open whether it was taken.
func (n *Node) forward(ctx context.Context, command []byte) (archive.Outcome, error) {
	r, err := n.call(ctx, commandPath, command)
	if err != nil {
		return archive.Outcome{}, err
	}
	if command[0] == commandAct {
		n.settle(ctx, r.Applied)
	}
	return archive.Outcome{Verdict: r.Verdict, Held: r.Held, Answer: r.Answer, Err: r.failure()}, nil
}

// ask asks the leader about a chain.
func (n *Node) ask(ctx context.Context, path string, q question) (chain.Position, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return chain.Position{}, err
	}
	r, err := n.call(ctx, path, body)
	if err != nil {
		return chain.Position{}, err
	}
	return r.Held, r.failure()
}

func (n *Node) call(ctx context.Context, path string, body []byte) (reply, error) {
	if err := n.answers.refusing(); errors.Is(err, ErrStopped) {
		return reply{}, err
	}
	ctx, done := n.reign.under(ctx)
	defer done()
	to, ok := n.leader()
	if !ok {
		return reply{}, ErrNotReady
	}
	b, err := n.config.Peer.Call(ctx, to, path, body)
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, ErrNotReady) {
		return reply{}, cause // another leads by now: that the old one was not heard out is not its fault
	}
	if err != nil {
		return reply{}, fmt.Errorf("%w: %w", ErrNotReady, err)
	}
	return parseReply(b)
}

func parseReply(b []byte) (r reply, err error) {
	if err := json.Unmarshal(b, &r); err != nil {
		return reply{}, fmt.Errorf("%w: read the leader's answer: %w", ErrNotReady, err)
	}
	if r.Verdict > archive.Settled {
		return reply{}, fmt.Errorf("%w: the leader gives verdict %d, which this version does not know", ErrNotReady, r.Verdict)
	}
	return r, nil
}

// serve answers the other nodes, as leader or not at all: a command goes from hand to hand once.
func (n *Node) serve() {
	p := n.config.Peer
	if p == nil {
		return
	}
	p.Admit(n.admits)
	p.Handle(aboutPath, 0, func(context.Context, string, []byte) ([]byte, error) { return json.Marshal(n.about()) })
	p.Handle(commandPath, commandBytesMax, n.answering(n.taken))
	p.Handle(heldPath, questionBytesMax, n.answering(n.heldFor))
	p.Handle(hashPath, questionBytesMax, n.answering(n.hashFor))
}

type handler = func(ctx context.Context, from string, body []byte) ([]byte, error)

func (n *Node) answering(do func(context.Context, []byte) reply) handler {
	return func(ctx context.Context, _ string, body []byte) ([]byte, error) {
		var r reply
		if err := n.answers.refusing(); err != nil {
			r.fail(err)
		} else {
			r = do(ctx, body)
		}
		return json.Marshal(r)
	}
}

// taken takes a command of another node. The checkpoint's signature is verified again, which costs 50 µs; the records were
// verified by the node that took the link, a member that proved its name, and the state machine judges the rest.
func (n *Node) taken(ctx context.Context, command []byte) (r reply) {
	if err := n.acceptable(command); err != nil {
		r.fail(err)
		return r
	}
	got, err := n.local(ctx, command)
	r.Verdict, r.Held, r.Answer, r.Applied = got.Verdict, got.Held, got.Answer, n.config.Archive.Applied()
	if err == nil {
		err = got.Err
	}
	r.fail(err)
	return r
}

func (n *Node) acceptable(command []byte) error {
	e, err := parseCommand(&raft.Log{Data: command})
	switch {
	case err != nil:
		return err
	case len(e.Act) > 0:
		return errors.Join(checkAct(e.Act), n.roomy())
	case len(e.Batch) == 0:
		return errCommand // nobody but a leader proposes a leader's beginning
	}
	m, err := wire.Decode(e.Batch)
	b, ok := m.(wire.Batch)
	if err != nil || !ok {
		return fmt.Errorf("%w: %w", archive.ErrNotBatch, err)
	}
	return n.admissible(ed25519.PublicKey(e.Key), b)
}

func (n *Node) heldFor(ctx context.Context, body []byte) (r reply) {
	var q question
	if err := json.Unmarshal(body, &q); err != nil {
		r.fail(err)
		return r
	}
	var err error
	r.Held, err = n.heldHere(ctx, q.Chain)
	r.Applied = n.config.Archive.Applied()
	r.fail(err)
	return r
}

func (n *Node) hashFor(_ context.Context, body []byte) (r reply) {
	var q question
	if err := json.Unmarshal(body, &q); err != nil {
		r.fail(err)
		return r
	}
	hash, err := n.config.Archive.HashAt(q.Chain, q.Seq)
	r.Held = chain.Position{Seq: q.Seq, Hash: hash}
	r.fail(err)
	return r
}
