// Package lab is hosts in network namespaces of this machine, joined by a switch, with a fault at each port: real
// processes on a real kernel's TCP, whose lines can be cut, slowed, made lossy or one-way while they run.
//
// It needs root, and Debian's iproute2 and nftables; New reports ErrNone where it cannot work. Everything it makes has
// its prefix, and Close takes it all away. Nothing leaves the namespaces.
package lab
