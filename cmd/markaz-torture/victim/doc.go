// Package victim is the real writers of this project, run so that somebody outside can take their disk away: the ledger of
// a box opened as the box opens it, the archive of headquarters, and its raft log with the archive behind it.
//
// A victim is a process of its own. It opens what it finds, judges that against what earlier ones acknowledged, says so
// on its standard output, and then works until it is killed, saying what is acknowledged as soon as it is. The lines are
// in line.go. Every person and number is made up. Read victim.go next.
package victim
