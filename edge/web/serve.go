package web

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
)

// Serve answers on both listeners until ctx ends, and closes them: visitors in the clear, desks over TLS. Sockets are ended
// by Run. When one of the two fails both end.
func (s *Site) Serve(ctx context.Context, public, desks net.Listener, secure *tls.Config) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	s.ports.Store(&ports{public: portOf(public), desks: portOf(desks)})
	var wg sync.WaitGroup
	var failed [2]error
	shake := strangersShake
	if len(s.Own) > 0 {
		shake = strangersShakeOwn
	}
	for i, on := range []struct {
		net.Listener
		http.Handler
	}{{door{public, s.crowd, strangersDial}, s.Public()}, {tls.NewListener(door{desks, s.crowd, shake}, secure), s.Desks()}} {
		wg.Go(func() {
			defer end()
			failed[i] = s.answer(ctx, on.Listener, on.Handler)
		})
	}
	wg.Wait()
	return errors.Join(failed[:]...)
}

// ServePublic is Serve for a box that has no configuration and so no desks.
func (s *Site) ServePublic(ctx context.Context, public net.Listener) error {
	s.ports.Store(&ports{public: portOf(public)})
	return s.answer(ctx, door{public, s.crowd, strangersDial}, s.Public())
}

func (s *Site) answer(ctx context.Context, on net.Listener, pages http.Handler) error {
	server := &http.Server{
		Handler: pages, MaxHeaderBytes: headerBytesMax, ConnState: hear,
		ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, WriteTimeout: answerTime, IdleTimeout: idleTime,
		ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug), // what strangers send is no alarm
	}
	ctx, end := context.WithCancel(ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		shutdown(context.WithoutCancel(ctx), server)
	}()
	err := server.Serve(on)
	end()
	<-stopped
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func shutdown(ctx context.Context, server *http.Server) {
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		server.Close()
	}
}

// portOf is the port of a listener.
func portOf(on net.Listener) string {
	_, port, _ := net.SplitHostPort(on.Addr().String()) // a listener's address has one
	return port
}
