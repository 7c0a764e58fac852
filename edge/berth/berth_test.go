package berth_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"markaz.example/edge/berth"
)

const asked = "MARKAZ_BERTHS"

// Two processes that ask at once are never given the same port, though neither has begun to listen.
func TestNoPortIsGivenTwice(t *testing.T) {
	if os.Getenv(asked) != "" {
		for _, port := range many(t, 300) {
			fmt.Println("port", port)
		}
		fmt.Scanln() // until the other has taken its own
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNoPortIsGivenTwice$")
	cmd.Env = append(os.Environ(), asked+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var theirs strings.Builder
	cmd.Stdout = &theirs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	taken := map[string]bool{}
	for _, port := range many(t, 300) {
		taken[fmt.Sprint("port ", port)] = true
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Count(theirs.String(), "port ")
	if lines != 300 || len(taken) != 300 {
		t.Fatalf("%d and %d ports were given, want 300 each", len(taken), lines)
	}
	for line := range strings.Lines(theirs.String()) {
		if taken[strings.TrimSpace(line)] {
			t.Errorf("%s was given twice", strings.TrimSpace(line))
		}
	}
}

func many(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		port, err := berth.Ports(1)
		if err != nil {
			t.Fatal(err)
		}
		ports = append(ports, port)
	}
	return ports
}

// A port on which somebody listens, on whichever address, is not given; those in a row are all free.
func TestPortsInARowAreFree(t *testing.T) {
	first, err := berth.Ports(3)
	if err != nil {
		t.Fatal(err)
	}
	for port := first; port < first+3; port++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			t.Error(err)
			continue
		}
		defer l.Close()
	}
}
