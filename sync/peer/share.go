package peer

import (
	"context"
	"sync"
	"time"
)

// Share carries what each node alone knows, the links it holds, to the others, which ask for it every second.
type Share struct {
	Node   *Node
	Others func() []Member             // the other members, now
	Links  func() []byte               // what this node tells
	Merge  func(node string, b []byte) // what another told, or nil when it does not answer
}

const linksPath = "/links"

// Serve answers the others. It must be called before Node.Run.
func (s Share) Serve() {
	s.Node.Handle("GET "+linksPath, 0, func(context.Context, string, []byte) ([]byte, error) { return s.Links(), nil })
}

// Run asks the others until the context ends. A node that does not answer is no error.
func (s Share) Run(ctx context.Context) error {
	t := time.NewTicker(shareEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			s.ask(ctx)
		}
	}
}

func (s Share) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, shareMax)
	defer cancel()
	var asked sync.WaitGroup
	for _, m := range s.Others() {
		asked.Go(func() {
			b, err := s.Node.Call(ctx, m, linksPath, nil)
			if err != nil {
				b = nil
			}
			s.Merge(m.Name, b)
		})
	}
	asked.Wait()
}
