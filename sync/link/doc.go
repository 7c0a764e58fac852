// Package link is one WebSocket connection between a box and headquarters, carrying wire messages.
//
// It promises that at most one goroutine writes to the socket, that nothing waits without a deadline, that no message
// is read past its bound, and that the end of a link has a reason. Deadlines watch progress, not whole messages: a
// mebibyte may take an hour at 1200 bit/s as long as some of it moves.
//
// The links of one process may share a Room, which bounds the memory of large frames and of batches that wait for their
// commit; a Gate under TLS bounds the handshakes. limits.go has the sums.
//
// A link does not reconnect: a new one is dialled. Read sync/uplink and sync/ingest for the two who hold it.
package link
