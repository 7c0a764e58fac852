// Package update brings a box to another version of the program, and back when the new one does not come up.
//
// An update is one file: Debian's package under a signature of the release key. The box, which has no root, looks at it and
// puts it where Updater, which is root and has a program of its own, finds it. Updater trusts nobody: it copies the file
// to a directory that only root writes, checks the signature again, makes sure that it can go back, installs, waits
// until the box serves as it did before, and else goes back and remembers never to try that one again.
//
// It promises: whatever step the power goes at, the next start goes on from there, and ends with the old version or the
// new one whole; the version only rises, unless the release key ordered one step back by name; a version that did not
// come up is not tried twice.
//
// It owns the directory of Updater: journal.json (the step under way), next.deb, back.deb, bad.json, outcome.json; and of
// the box's data directory update/staged. FORMAT.md has the bytes of an update.
package update
