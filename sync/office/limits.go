package office

const (
	nestingMax  = 4  // an act, a list in it, an entry of the list, and one to spare
	elementsMax = 64 // the longest list of an act
)
