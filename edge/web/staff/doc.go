// Package staff is the pages on which staff sign in, hand over, approve, and are looked after; and the guard before every
// page of desks and of the floor.
//
// It promises: once the centre has a staff, a desk's pages and sockets are shown to the one console that has the desk, and
// the manager's pages to a manager's consoles, the door to whoever may say what makes somebody come sooner; a console that lost its desk is told who has it, at once; a console is a
// random word in a cookie that no script reads and no other site sends, and the ledger knows its hash alone, so that a
// restart of the box signs nobody out.
//
// It owns nothing on disk. Read guard.go.
package staff
