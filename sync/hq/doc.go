// Package hq is one running headquarters node composed from a config: archive, raft, the door for boxes, the page,
// the door for other nodes when it is one of a group, and the admin door.
//
// It promises that Open either gives a whole node or leaves nothing open, that Run stops everything when the first part
// ends, and that nobody is answered after the archive or the raft log could no longer be trusted.
//
// It owns the directory of its config, with what archive and quorum keep there, and the socket admin.sock in it. Read cmd/markaz-hq next.
package hq
