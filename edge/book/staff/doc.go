// Package staff is the book of a centre's staff: who they are, what their PINs are checked against, who sits where, and
// what a second person approved.
//
// It promises: a code is given once; at most one person, from one console, sits at a desk, and whoever takes a desk over
// says from whom; failures to sign in are counted for the person and for the place and survive a restart; nothing in it
// opens anything by itself, since a verifier needs the box's own secret besides (package pin) and a console is known by
// the hash of a random word.
//
// A record's subject is the person it is about; its actor is who did it. Its view "staff" is described in view.go. Read
// role.go for who may do what, enrolled.go for what an event looks like.
package staff
