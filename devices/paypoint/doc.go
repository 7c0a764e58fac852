// Package paypoint hears how the partner banks' ATMs and POS terminals are. It reads only: the box is never in the path
// of a payment, and sends a bank nothing but the answers that a protocol wants.
//
// A [Listener] is one device of the rack: a line for each way in which a bank tells (signed JSON, a copy of NDC status
// messages, ISO 8583), and the box's own probe of a terminal's port. What they hear goes to one board (package
// terminal). What is wrong with a message is counted by name and shown, and ends nothing but its connection.
//
// Card data is dropped inside the decoders, in the buffer that the kernel wrote it to, and nothing else ever sees it:
// TestNoCardDataAnywhere looks for it in the ledger, the log and the whole memory of a process after a busy day. How each
// decoder does it is told in the packages iso, ndc and push.
//
// [Sim] is two banks with their terminals, for tests and for playing. Read listener.go.
package paypoint
