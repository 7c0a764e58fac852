package paper

const (
	// SettledMax bounds the jobs that one decision withdraws, as visit.SettledMax does for visits.
	SettledMax = 2000

	// wordBytesMax bounds forms and reasons, which are codes.
	wordBytesMax = 32

	// printerBytesMax bounds a printer's name: "printer/hall".
	printerBytesMax = 64
)
