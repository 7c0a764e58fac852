package cable_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"testing"
	"time"

	"markaz.example/cmd/markaz-sim/cable"
)

// lay starts an echo server and a cable to it; both end with the test.
func lay(t *testing.T) *cable.Cable {
	t.Helper()
	echo, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { echo.Close() })
	go func() {
		for {
			conn, err := echo.Accept()
			if err != nil {
				return
			}
			go func() { defer conn.Close(); _, _ = io.Copy(conn, conn) }()
		}
	}()
	c, err := cable.Listen("127.0.0.1:0", echo.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return c
}

func dial(t *testing.T, c *cable.Cable) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", c.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func ask(conn net.Conn, wait time.Duration) (string, error) {
	if _, err := conn.Write([]byte("hello\n")); err != nil {
		return "", err
	}
	if err := conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return "", err
	}
	return bufio.NewReader(conn).ReadString('\n')
}

func TestCutBreaksAndMendsForNewConnections(t *testing.T) {
	c := lay(t)
	conn := dial(t, c)
	if got, err := ask(conn, 5*time.Second); got != "hello\n" {
		t.Fatal(got, err)
	}
	c.Set(cable.Cut)
	if got, err := ask(conn, 5*time.Second); err == nil {
		t.Errorf("through a cut cable came %q", got)
	}
	if got, err := ask(dial(t, c), 5*time.Second); err == nil {
		t.Errorf("a new connection through a cut cable got %q", got)
	}
	c.Set(cable.Whole)
	if got, err := ask(dial(t, c), 5*time.Second); got != "hello\n" {
		t.Errorf("after mending got %q, %v", got, err)
	}
}

func TestFrozenStaysOpenAndSilent(t *testing.T) {
	c := lay(t)
	conn := dial(t, c)
	c.Set(cable.Frozen)
	_, err := ask(conn, 50*time.Millisecond)
	if e, ok := err.(net.Error); !ok || !e.Timeout() {
		t.Errorf("got %v, want silence on an open line", err)
	}
	c.Set(cable.Whole)
	if got, err := ask(dial(t, c), 5*time.Second); got != "hello\n" {
		t.Errorf("after thawing got %q, %v", got, err)
	}
}
