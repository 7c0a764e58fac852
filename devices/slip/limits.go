package slip

const (
	// WidthMin and WidthMax bound the paper, in dots: 384 is 58 mm paper at 203 dpi less its margins; 832 is the widest
	// head sold with 112 mm paper. Printers in use have 384, 512 or 576.
	WidthMin = 128
	WidthMax = 832

	// HeightMax bounds a slip, in dots: 4,000 dots are 50 cm at 203 dpi, twice the longest result sheet, and
	// 832/8 x 4,000 = 416,000 bytes, 1.3 s on a line at 3 Mbit/s and 36 s at 115,200 baud.
	HeightMax = 4000

	// SizeMin and SizeMax bound letters, in dots per em: below 16 a Latin letter at 203 dpi has strokes of one dot;
	// at 400 the four characters of a token (2.4 em) are wider than any paper, Fit shrinks them.
	SizeMin = 16
	SizeMax = 400

	// SizeDefault is what a Text without a Size gets: 28 dots are 3.5 mm at 203 dpi, the size of a cash receipt.
	SizeDefault = 28

	// nastaliqSizeMin is the smallest Nastaliq whose dots stay apart on a head of 203 dpi, in dots per em. Smaller Urdu is
	// drawn at this size.
	nastaliqSizeMin = 28

	// blocksMax bounds a Doc: at the least height a text can have, SizeMin/2 + 1 dots, 400 blocks already pass HeightMax.
	blocksMax = 400

	// edgeDots is white on either side of a text: paper wanders by 1 mm in its guides, 8 dots at 203 dpi.
	edgeDots = 8

	// A rule of 32 dots is 4 mm: more is a band, and bands are hard on the head and on paper. A dash is 1 mm at 203 dpi.
	ruleThickMax = 32
	dashDots     = 8

	// textRunesMax bounds one Text: a paper of 576 x 4,000 dots holds some 3,600 letters of 16 dots per em.
	textRunesMax = 4000

	// fitRunesMax is where Fit gives up before it tries: the widest paper holds 832 / 4 letters of a quarter of SizeMin.
	fitRunesMax = WidthMax / (SizeMin / 4)

	// qrBytesMax bounds the data of a code: version 20 at level M holds 666 bytes, and its 97 + 8 modules of 3 dots are
	// 315 dots wide, which the narrowest paper in use (384) still holds.
	qrBytesMax = 666

	// Modules of 3 dots are 0.375 mm at 203 dpi, the least that cheap phone cameras read from thermal paper; above 12 a
	// code only wastes paper.
	moduleDotsMin = 3
	moduleDotsMax = 12

	// quietModules is the white frame of a QR code, ISO/IEC 18004 section 6.3.8.
	quietModules = 4

	// besideLetters is the least room beside a QR code, in ems: an Urdu word of six letters is some 2.5 em wide.
	besideLetters = 3

	// cacheBytesMax bounds each of the two generations of glyph masks: a bilingual slip uses some 250 masks of 100 to
	// 9,000 bytes, 90 kB in all; 1 MiB a generation holds every slip of a centre and costs at most 2 MiB.
	cacheBytesMax = 1 << 20

	// maskEntryBytes is what a mask costs besides its dots: key 24, mask 24, Bitmap 56, the map's share and slack 56.
	maskEntryBytes = 160
)
