// Package peer is what the nodes of one headquarters say to each other: one TLS listener a node, with certificates of our
// root on both sides, on which the protocol that the handshake agrees on tells raft from requests.
//
// It promises that nobody speaks who is not let in by name, that a node that answers at another's address is not taken
// for it, that every request and answer is bounded before it is read, and that a call ends with its context.
//
// It knows neither raft nor batches, and owns no file. Read sync/quorum next.
package peer
