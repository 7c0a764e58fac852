package lms

const (
	// fileBytesMax bounds a file of figures before it is decompressed. WHO's take 60 KiB; another edition may take more.
	fileBytesMax = 512 << 10

	// bodyBytesMax bounds it afterwards: 9 tables, 2 sexes, curveRowsMax rows of 3 numbers of 5 bytes are 810,000.
	bodyBytesMax = 1 << 20

	// headBytesMax and headLinesMax bound the lines that people read: nine checksums of 64 digits and some sentences.
	headBytesMax = 8 << 10
	headLinesMax = 64

	// curveRowsMax bounds one curve: WHO's longest has 1,857 days with its tail, or 651 lengths.
	curveRowsMax = 3000

	// keyMax bounds where a curve may begin: 3,000 days, or 3,000 tenths of a centimetre.
	keyMax = 3000

	// powerMax, medianMax and variationMax bound L, M and S as whole numbers: L of 3, M of 200 cm, S of 0.5. In the
	// standards |L| is at most 1.1, M at most 110 and S at most 0.26.
	powerMax     = 30_000
	medianMax    = 2_000_000
	variationMax = 50_000

	// scoreMax is 10,000 standard deviations in hundredths. Readings that far off are no readings.
	scoreMax = 1_000_000

	// womanCutOffMin and womanCutOffMax: protocols in use say 210 to 230 mm; 21 typed for 210 is below.
	womanCutOffMin = 180 * Millimetre
	womanCutOffMax = 260 * Millimetre
)
