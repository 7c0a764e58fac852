package staff

const (
	// nameBytesMax bounds what colleagues call somebody: 24 letters of Urdu are 48 bytes.
	nameBytesMax = 64

	// wordsMax bounds the skills and the languages of one person.
	wordsMax = 16

	// wordBytesMax bounds a code: "sign-language" has 13.
	wordBytesMax = 24

	// verifierBytesMax bounds a verifier: a salt of 16 bytes, a hash of 32, and their parameters are 110.
	verifierBytesMax = 200

	// aboutBytesMax bounds what an approval is about: a subject of a record.
	aboutBytesMax = 64

	// auditKept is how many of the newest acts that need a look the view holds; the others are in the chain. A day has ten
	// to fifty of them.
	auditKept = 200

	// glassKept is how many rights that were taken are kept when a manager has seen them: as many as run at once at the most.
	glassKept = 32

	// floorConsoles is how many consoles one person may have on the manager's pages: a screen, a phone, and one of each
	// that was forgotten.
	floorConsoles = 4
)
