package office

const (
	nestingMax  = 4  // an act, a list in it, an entry of the list, and one to spare
	elementsMax = 64 // the longest list of an act

	// kindBytesMax bounds a letter's kind, as sync/wire does.
	kindBytesMax = 64

	// packsBytesMax bounds all packs: 16 of the largest. They are in the raft log and in the archive of every node.
	packsBytesMax = 1 << 30

	// newsMax bounds what one act reports of a chain: it is a list.
	newsMax = elementsMax

	// subjectBytesMax and wordBytesMax bound what a question says, as the box's records do.
	subjectBytesMax = 64
	wordBytesMax    = 32
)
