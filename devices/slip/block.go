package slip

// Doc is a slip from top to bottom.
type Doc struct {
	Blocks []Block
}

// Block is one of Text, Row, QR, Picture, Rule and Gap.
type Block interface {
	// lay measures the block on paper of the given width in dots and says how to draw it.
	lay(s *setter, width int) (strip, error)
}

// strip is a block that knows its height, in dots, and can be drawn with its first row at top.
type strip struct {
	height int
	draw   func(paper *Bitmap, top int)
}

// Align places a line on its paper.
type Align uint8

// Start is the side on which reading begins: right for Urdu, left for English.
const (
	Centre Align = iota
	Start
	End
	atLeft // the edges of a Row, whatever the direction
	atRight
)

// Base is the direction in which a paragraph is read.
type Base uint8

// Auto takes the direction of the first letter, and left to right when there is none.
const (
	Auto Base = iota
	RTL
	LTR
)

// Text is one or more paragraphs, separated by "\n", wrapped at words to the paper.
// Urdu and Latin may be mixed: numbers with signs (2026-11-21, 0300-1234567, 50%) keep their order inside Urdu; wrap
// anything longer that must stay left to right in Isolate. In a line read from the left, a number after an Urdu word
// is drawn to the right of it. Control characters are drawn as spaces.
type Text struct {
	Text    string
	Size    int // dots per em, SizeMin to SizeMax; 0 is SizeDefault. Urdu is never drawn below 28
	Bold    bool
	Align   Align
	Base    Base
	Reverse bool   // white on a black band across the paper; in a Row, on a black box
	Naskh   bool   // Arabic letters upright, as Sindhi and Pashto are printed: Nastaliq lacks some of theirs
	Lang    string // of Arabic letters, by which a face chooses their forms: "sd"; empty is Urdu
	Fit     bool   // one line: the size shrinks until the line fits the paper; the Text may not hold "\n"
}

// Row is up to three texts side by side, empty ones left out. The middle one takes what it needs, up to half of the paper,
// the outer ones share the rest and wrap in it. Cells of one size share a baseline, others are centred on each other.
// Align is ignored: the outer cells keep to their edges.
type Row struct {
	Left, Middle, Right Text
}

// QR is a code for a phone's camera, in its white frame of four modules: centred, or at the left with a text beside it.
// Data of capital letters, digits and " $%*+-./:" makes a code a third smaller.
type QR struct {
	Data   string
	Level  Level
	Module int  // dots a module; 0 takes the largest with which the code and its frame fill no more than half the paper
	Beside Text // optional; takes the room to the right, which Urdu begins from
}

// Level is how much of a QR code may be lost to folds and thumbs.
type Level uint8

// Medium survives the loss of 15 %, Low of 7 %, Quarter of 25 %, High of 30 %.
const (
	Medium Level = iota
	Low
	Quarter
	High
)

// Picture is a ready bitmap: the sign of a service, a logo, a growth curve. Start is left.
type Picture struct {
	Bitmap *Bitmap
	Align  Align
}

// Rule is a line across the paper.
type Rule struct {
	Thick  int  // dots, up to 32; 0 is 2
	Dashed bool // for the edge along which a slip is torn or folded
}

// Gap is white paper, in dots.
type Gap int
