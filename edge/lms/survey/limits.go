package survey

const (
	// lineBytesMax bounds a row: a survey of 1,000 columns of 60 letters.
	lineBytesMax = 64 << 10

	// columnsMax bounds the columns of a file.
	columnsMax = 2000

	// The most that is a child's, each in the file's unit: beyond it somebody wrote grams or millimetres. WHO's tables end
	// at 120 cm; a scale for children at 300 kg would be none.
	weightMaxKG  = 300
	statureMaxCM = 250
	roundMaxCM   = 100

	// ageMaxDays is a hundred years: beyond it somebody wrote a year or a date.
	ageMaxDays = 36_525

	// outBytes is how much is gathered before it is written.
	outBytes = 64 << 10
)
