// Package push hears banks' monitoring by signed JSON messages: the contract that a bank is offered, docs/paypoint-push.md.
//
// It promises: a message counts once, by (source, terminal, seq); what is missing from it is unknown, not fine; what it
// does not know it refuses, naming it. The contract has no member for card data. Should a bank send some by mistake, the
// [Scrub] connection under the HTTP server overwrites each card number before the server has seen a byte of it, and the
// message is refused.
//
// [Handler] is the box's end, [Client] the bank's. Read message.go, then handler.go.
package push
