package paypoint

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"markaz.example/devices/profile"
)

func TestMain(m *testing.M) {
	if os.Getenv(childVar) != "" {
		child()
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func load(t interface{ Fatal(...any) }, name string) profile.Paypoint {
	p, err := profile.LoadPaypoint("../../firmware-configs/" + name + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var secret = []byte("a secret of the test, long enough")

// day is two banks on four lines.
func day(t interface{ Fatal(...any) }) (lines []Line) {
	for _, l := range []struct{ name, bank, profile string }{
		{"hbl-atm", "hbl", "paypoint-atm-ndc"}, {"hbl-pos", "hbl", "paypoint-pos-iso8583-bcd"},
		{"bafl-push", "bafl", "paypoint-bank-push"}, {"bafl-pos", "bafl", "paypoint-pos-iso8583-ascii"},
	} {
		lines = append(lines, Line{Name: l.name, Bank: l.bank, Profile: load(t, l.profile), Addr: "127.0.0.1:0", Secret: secret})
	}
	return lines
}

func plain(all []*SimTerminal) (out []Terminal) {
	for _, t := range all {
		out = append(out, t.Terminal)
	}
	return out
}
