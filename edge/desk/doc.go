// Package desk is what people may do at a desk, a kiosk, a phone or the hall screen.
//
// A method is one decision, taken inside the ledger's write transaction, or one question, answered from one snapshot.
// Every error is a *Refusal: a stable code, what the person here can do now, and the cause for the log. Every answer
// carries Seq, the newest record it knows of, so that a screen can say how fresh it is.
//
// What a desk does for people besides calling them is a tool: a package above this one, which does not know it. A tool
// decides with DecideServed or Decide, looks with LookServed or Look, lets an act of two people pass with Approved,
// queues papers with QueuePaper, and says with Told what its own books report.
//
// It owns nothing on disk. Read book/visit and book/paper for what it records, and spool for who prints.
package desk
