package outlet

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"

	"markaz.example/devices/fault"
	"markaz.example/devices/port"
)

// Memory is an outlet without a kernel. The driver opens it itself: a Memory is a port.Opener, and works inside a
// testing/synctest bubble. Set the fields before Run; the other methods may be called from any goroutine.
type Memory struct {
	Device Device
	Script *fault.Script // what befalls the device and its cable, from the start of Run; nil means nothing

	once   sync.Once
	cables chan net.Conn // from Open to Run

	mu   sync.Mutex
	in   bool     // guarded by mu: the plug is in
	live net.Conn // guarded by mu: the device's end of the last cable
}

func (m *Memory) init() { m.once.Do(func() { m.cables = make(chan net.Conn) }) }

// Run is the device's life, and its cables'.
func (m *Memory) Run(ctx context.Context) error {
	m.init()
	var parts sync.WaitGroup
	defer parts.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts.Go(func() { _ = m.Device.Run(ctx) })
	var fate *fault.Fate
	if m.Script != nil {
		fate = m.Script.Start(hooks(m.Device, m.Plug))
		parts.Go(func() { _ = fate.Run(ctx) })
	}
	for {
		select {
		case far := <-m.cables:
			wire := wrapped(fate, far)
			parts.Go(func() { _ = m.Device.Serve(ctx, wire) })
		case <-ctx.Done():
			return nil
		}
	}
}

// Open plugs a cable into the driver. port.ErrGone while the plug is out at the device. It waits for Run.
func (m *Memory) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	m.init()
	near, far := net.Pipe()
	m.mu.Lock()
	in := m.in
	if in {
		m.live = far
	}
	m.mu.Unlock()
	if !in {
		return nil, fmt.Errorf("open the device in memory: %w", port.ErrGone)
	}
	select {
	case m.cables <- far:
		return port.Wrap(near, "device in memory", 0, 0), nil
	case <-ctx.Done():
		near.Close()
		far.Close()
		return nil, context.Cause(ctx)
	}
}

// Plug puts the plug in, or pulls it.
func (m *Memory) Plug(in bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.in = in; !in && m.live != nil {
		m.live.Close()
	}
}

// Plugged reports where the plug is.
func (m *Memory) Plugged() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.in
}

func wrapped(f *fault.Fate, wire io.ReadWriteCloser) io.ReadWriteCloser {
	if f == nil {
		return wire
	}
	return f.Wrap(wire)
}
