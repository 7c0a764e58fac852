// Package cut takes the power from real writers at random moments, starts them again on what the disk kept, and counts
// what was acknowledged and is gone.
//
// A Run has a disk of package platter mounted, and a victim on it, a process of its own. Power goes off at a drawn I/O, the
// process is killed, the platter decides by a drawn image what survives, and the next victim judges what it finds against
// what was noted outside. Every so many cuts a new disk begins, so that cuts fall into the making of files too; a cut may
// fall into the opening that follows another cut. Read run.go next.
package cut
