package notary

import (
	"net"
	"os"
)

// thisMachine is what the system says. A machine that cannot say it has what was configured, and localhost.
func thisMachine() (name string, addresses []net.IP) {
	name, _ = os.Hostname()
	networks, _ := net.InterfaceAddrs()
	for _, n := range networks {
		if own, ok := n.(*net.IPNet); ok {
			addresses = append(addresses, own.IP)
		}
	}
	return name, addresses
}
