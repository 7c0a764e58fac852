package printer

import (
	"bytes"

	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
)

const (
	esc, fs, gs, dle = 0x1b, 0x1c, 0x1d, 0x10

	nul, eot, enq, dc4 = 0x00, 0x04, 0x05, 0x14
)

var (
	initialise  = []byte{esc, '@'}
	cancelKanji = []byte{fs, '.'}
	askPaper    = []byte{gs, 'r', 1, gs, 'r', 1} // each answered in the queue: only when all before it is done
	clearDLEENQ = []byte{dle, enq, 2}
	clearDLEDC4 = []byte{dle, dc4, 8, 1, 3, 20, 1, 6, 2, 8}
)

// encode writes the slip as commands, in pieces between which a real-time question may be asked: the set-up, picture
// blocks of at most rows_per_block rows, and feed, cut and the question that proves the end.
func encode(p profile.Printer, b *slip.Bitmap) [][]byte {
	pieces := make([][]byte, 0, b.Height/p.Image.RowsPerBlock+3)
	pieces = append(pieces, prologue(p))
	for y := 0; y < b.Height; y += p.Image.RowsPerBlock {
		pieces = append(pieces, block(p.Image.Command, b, y, min(y+p.Image.RowsPerBlock, b.Height)))
	}
	return append(pieces, epilogue(p))
}

func prologue(p profile.Printer) []byte {
	out := bytes.Clone(initialise)
	if p.KanjiOff {
		out = append(out, cancelKanji...)
	}
	out = append(out, settings(p)...)
	if p.Image.Command == profile.ImageESCStar {
		out = append(out, stripsBySpacing...)
	}
	return out
}

// settings is what ESC @ makes the printer forget.
func settings(p profile.Printer) (out []byte) {
	f := p.Firmware
	if f.CodePage != nil {
		out = append(out, esc, 't', byte(*f.CodePage))
	}
	if f.NearStop != nil {
		out = append(out, esc, 'c', '4', bit(*f.NearStop, 0x03))
	}
	if f.Buttons != nil {
		out = append(out, esc, 'c', '5', bit(!*f.Buttons, 0x01))
	}
	if p.Status == profile.StatusASB {
		out = append(out, gs, 'a', byte(valueOr(f.AutoStatus, allChanges)))
	}
	return out
}

// allChanges asks with GS a for the drawer, on-line, errors and paper.
const allChanges = 0x0f

func valueOr(n *int, otherwise int) int {
	if n == nil {
		return otherwise
	}
	return *n
}

func bit(on bool, mask byte) byte {
	if on {
		return mask
	}
	return 0
}

func epilogue(p profile.Printer) []byte {
	return append(cut(p), askPaper...)
}

// cut feeds the last row past the blade first. Without a cutter the same feed brings it to the tear bar.
func cut(p profile.Printer) []byte {
	out := []byte{esc, 'J', byte(p.FeedBeforeCut)}
	switch p.Cutter {
	case profile.CutFull:
		out = append(out, gs, 'V', 0)
	case profile.CutPartial:
		out = append(out, gs, 'V', 1)
	}
	return out
}

// ask is the real-time question about n: 1 printer, 2 cause of being off-line, 3 cause of the error, 4 paper.
func ask(n byte) []byte { return []byte{dle, eot, n} }

// questions counts the real-time questions that stand in a picture by chance. Printers answer those too.
// Source: Epson ESC/POS Command Reference, notes on real-time commands.
func questions(piece []byte) (n int) {
	for i := 0; i+2 < len(piece); i++ {
		if piece[i] == dle && piece[i+1] == eot && piece[i+2] >= 1 && piece[i+2] <= 4 {
			n++
		}
	}
	return n
}

// clearing throws the printer's buffer away, even while it is off-line. The zeros before it complete the head of a
// picture block that broke off there: a printer that does not obey, because it is on-line, would take the command's own
// bytes for the size of a picture larger than any zeros could fill.
func clearing(p profile.Printer) []byte {
	zeros := make([]byte, blockHead)
	if clearAnswers(p) {
		return append(zeros, clearDLEDC4...)
	}
	return append(zeros, clearDLEENQ...)
}

// clearAnswers says whether the printer answers clearing, with 37 25 00.
func clearAnswers(p profile.Printer) bool { return p.Clear == profile.ClearDLEDC4 }

// flush ends a picture block wherever it broke off: as many zeros as the largest block has bytes, white rows inside a
// block and nothing outside of one. A printer that was left in its user setting mode is led out of it. Then it is set up
// and the scrap is cut off.
func flush(p profile.Printer) []byte {
	out := make([]byte, blockHead+p.Image.RowsPerBlock*p.WidthDots/8)
	if p.Firmware.Density != nil || p.Firmware.Speed != nil {
		out = append(out, leaveSetting...)
	}
	out = append(out, prologue(p)...)
	return append(append(out, cut(p)...), askPaper...)
}

// proofsAsked is how many answers askPaper brings: one byte of 00 is also what a touched cable says. proofRounds is
// how often it is put, the second time after the first was answered.
const (
	proofsAsked = 2
	proofRounds = 2
)

// answerKind sorts what a printer says.
type answerKind byte

const (
	answerNone    answerKind = iota // not complete yet, or flow control
	answerStatus                    // one byte to DLE EOT
	answerPaper                     // one byte to GS r: all before it is done
	answerChange                    // four bytes of automatic status
	answerCleared                   // the buffer was thrown away
	answerText                      // who it is
	answerCustom                    // a value of its own memory, or its word that it lets us set one
	answerHalf                      // began well and was cut short
	answerNoise                     // no printer says this
)

// answer is one thing the printer said.
type answer struct {
	kind  answerKind
	value byte    // of answerStatus, answerPaper
	asb   [4]byte // of answerChange
	text  string  // of answerText, and of answerCustom after its 37
}

// Heads of the answers that end with a zero, and what stands in them.
// Source: Epson ESC/POS Command Reference, GS I, GS ( E functions 1 and 6, DLE DC4 function 8.
const (
	textHead      = 0x5f
	blockHeadByte = 0x37
	clearedHead   = 0x25 // after 37: the buffer was thrown away
	settingHead   = 0x20 // after 37: in user setting mode
	customHead    = 0x27 // after 37: number, separator, value
	separator     = 0x1f

	xon, xoff = 0x11, 0x13
)

// decoder sorts bytes by the fixed bits that each kind of answer has.
// Source: Epson ESC/POS Command Reference, GS a, "identification of statuses".
type decoder struct {
	asb  [4]byte
	have int    // bytes of an automatic status so far
	head byte   // of a block answer, while in one
	body []byte // of a block answer after its head
}

// reset forgets half an answer; called when the line fell silent in the middle of one. It reports whether there was.
func (d *decoder) reset() (half bool) {
	half = d.have > 0 || d.head != 0
	*d = decoder{}
	return half
}

func (d *decoder) feed(b byte) answer {
	switch {
	case b == xon || b == xoff:
		return answer{}
	case d.head != 0:
		return d.blockByte(b)
	case d.have > 0 && b&0x90 == 0:
		return d.asbByte(b)
	case b == blockHeadByte || b == textHead:
		d.have, d.head = 0, b
		return answer{}
	case b&0x93 == 0x12:
		d.have = 0
		return answer{kind: answerStatus, value: b}
	case b&0x93 == 0x10:
		d.have = 1
		d.asb[0] = b
		return answer{}
	case b == 0x00 || b == 0x03 || b == 0x0c || b == 0x0f:
		return answer{kind: answerPaper, value: b}
	}
	d.reset()
	return answer{kind: answerNoise}
}

func (d *decoder) asbByte(b byte) answer {
	d.asb[d.have] = b
	d.have++
	if d.have < len(d.asb) {
		return answer{}
	}
	d.have = 0
	return answer{kind: answerChange, asb: d.asb}
}

// blockByte collects up to the closing zero.
func (d *decoder) blockByte(b byte) answer {
	if b != nul && len(d.body) < blockDataMax {
		d.body = append(d.body, b)
		return answer{}
	}
	head, text := d.head, string(d.body)
	d.reset()
	switch {
	case b != nul:
		return answer{kind: answerNoise}
	case head == textHead:
		return answer{kind: answerText, text: text}
	case text == "":
		return answer{kind: answerNoise}
	case text == string(rune(clearedHead)):
		return answer{kind: answerCleared}
	case text[0] == settingHead || text[0] == customHead:
		return answer{kind: answerCustom, text: text}
	}
	return answer{kind: answerNoise}
}
