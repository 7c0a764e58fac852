package paypoint

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"markaz.example/devices/paypoint/iso"
	"markaz.example/devices/paypoint/ndc"
	"markaz.example/devices/paypoint/push"
	"markaz.example/devices/paypoint/terminal"
	"markaz.example/devices/profile"
)

// serve is one line's life.
func (l *Listener) serve(ctx context.Context, line Line, in net.Listener) error {
	trouble := func(why string) { l.trouble(line, why) }
	switch line.Profile.Protocol {
	case profile.ProtocolNDC:
		s := &ndc.Server{Profile: line.Profile, Terminals: l.names(line.Bank, func(t Terminal) string { return t.LUNO }), Hear: l.hear, Trouble: trouble}
		return l.accept(ctx, line, in, s.Serve)
	case profile.ProtocolISO:
		s := &iso.Server{Profile: line.Profile, Terminals: l.names(line.Bank, func(t Terminal) string { return t.TID }), Hear: l.hear, Trouble: trouble}
		return both(ctx, s.Run, func(ctx context.Context) error { return l.accept(ctx, line, in, s.Serve) })
	}
	return l.push(ctx, line, in)
}

// both runs two parts; the first to end stops the other.
func both(ctx context.Context, one, other func(context.Context) error) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var parts sync.WaitGroup
	parts.Go(func() { fail(one(ctx)) })
	parts.Go(func() { fail(other(ctx)) })
	parts.Wait()
	return context.Cause(ctx)
}

// accept serves up to connsMax connections at a time. How one of them ends concerns nobody else.
func (l *Listener) accept(ctx context.Context, line Line, in net.Listener, serve func(context.Context, net.Conn) error) error {
	var conns sync.WaitGroup
	defer conns.Wait()
	stop := context.AfterFunc(ctx, func() { _ = in.Close() }) // which ends Accept
	defer stop()
	room := make(chan struct{}, connsMax)
	for {
		c, err := in.Accept()
		switch {
		case ctx.Err() != nil:
			return errors.Join(context.Cause(ctx), closeNew(c))
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil:
			rest(ctx)
			continue
		}
		select {
		case room <- struct{}{}:
			conns.Go(func() { serveOne(ctx, c, serve); <-room })
		default:
			l.trouble(line, TooMany)
			_ = c.Close() // it was never spoken to
		}
	}
}

func closeNew(c net.Conn) error {
	if c == nil {
		return nil
	}
	return c.Close()
}

func rest(ctx context.Context) {
	t := time.NewTimer(restBetween)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// serveOne closes the connection when the context ends too, so that a read does not outlive it. The server has counted
// what was wrong; an error says no more.
func serveOne(ctx context.Context, c net.Conn, serve func(context.Context, net.Conn) error) {
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	_ = serve(ctx, c)
	_ = c.Close()
}

// scrubKey is where a request's connection is found.
type scrubKey struct{}

// push is an HTTP server whose connections hand on no card number.
func (l *Listener) push(ctx context.Context, line Line, in net.Listener) error {
	h := &push.Handler{
		Profile: line.Profile, Bank: line.Bank, Secret: line.Secret, Has: l.board.Has, Hear: l.hear,
		Trouble: func(why string) { l.trouble(line, why) }, Known: l.Known,
		Masked: func(r *http.Request) bool {
			c, ok := r.Context().Value(scrubKey{}).(*push.Scrub)
			return ok && c.Masked()
		},
	}
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: headWithin, ReadTimeout: bodyWithin, WriteTimeout: answerWithin, IdleTimeout: quietWithin,
		MaxHeaderBytes: headBytesMax, ErrorLog: slog.NewLogLogger(l.log().Handler(), slog.LevelDebug),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, scrubKey{}, c) },
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	ended := make(chan error, 1)
	go func() {
		ended <- s.Serve(&scrubbed{Listener: in, room: make(chan struct{}, connsMax), full: func() { l.trouble(line, TooMany) }})
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
	defer cancel()
	if s.Shutdown(leave) != nil {
		_ = s.Close() // whoever hangs on is cut off
	}
	<-ended
	return context.Cause(ctx)
}

// scrubbed is a listener whose connections are scrubbed, and are few.
type scrubbed struct {
	net.Listener
	room chan struct{}
	full func()
}

// Accept gives a connection that nobody has read.
func (s *scrubbed) Accept() (net.Conn, error) {
	for {
		c, err := s.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case s.room <- struct{}{}:
			return push.NewScrub(&counted{Conn: c, left: sync.OnceFunc(func() { <-s.room })}), nil
		default:
			s.full()
			_ = c.Close() // it was never spoken to
		}
	}
}

// counted gives its place back when it is closed.
type counted struct {
	net.Conn
	left func()
}

// Close may be called more than once.
func (c *counted) Close() error {
	c.left()
	return c.Conn.Close()
}

// probe looks whether a terminal's port opens. That says nothing of how it serves people, and does not count as a word
// from it.
func (l *Listener) probe(ctx context.Context, t Terminal) error {
	tick := time.NewTicker(cmp.Or(l.ProbeEvery, probeEvery))
	defer tick.Stop()
	for {
		link := terminal.Offline
		if reach(ctx, t.Probe) {
			link = terminal.Online
		}
		if ctx.Err() == nil {
			_ = l.hear(terminal.Report{ // the terminal is on the board: Run has put it there
				ID: t.ID, By: terminal.Probe, Received: time.Now(), Aside: true, Says: map[terminal.Axis]terminal.Value{terminal.Link: link},
			})
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// reach opens a connection and closes it; not a byte is sent.
func reach(ctx context.Context, addr string) bool {
	ctx, cancel := context.WithTimeout(ctx, probeWithin)
	defer cancel()
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return false
	}
	return c.Close() == nil
}
