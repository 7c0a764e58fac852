package uru

import (
	"encoding/binary"
	"errors"
	"fmt"

	"markaz.example/devices/finger"
)

// errBroken: the transfer holds no whole picture, as happens when a finger is just being put down. Take another.
var errBroken = errors.New("broken picture")

// The head of a transfer: rows at 4, key number at 6, blocks at 16.
const (
	headerBytes = 64
	rowsAt      = 4
	keyAt       = 6
	blocksAt    = 16
	blocksMax   = 15
)

// Flags of a block.
const (
	blockAbsent    = 0x01 // not sent: stays blank
	blockScrambled = 0x02
	blockNoStep    = 0x04 // the scrambler stands still
	blockNewKey    = 0x80
)

// block is a band of rows.
type block struct {
	flags byte
	rows  int
}

func (b block) is(flag byte) bool { return b.flags&flag != 0 }

// raw is a transfer as it came: turned, inverted, perhaps scrambled.
type raw struct {
	key    byte // number of the first key
	blocks []block
	pix    []byte // the rows that were sent
}

// parse reads a transfer; it keeps the bytes, no copy is made. errBroken if it is not whole.
func parse(b []byte) (raw, error) {
	if len(b) < headerBytes {
		return raw{}, fmt.Errorf("%w: %d bytes", errBroken, len(b))
	}
	rows := int(binary.LittleEndian.Uint16(b[rowsAt:]))
	if rows < 1 || rows > rowsMax || len(b) < headerBytes+rows*rowBytes {
		return raw{}, fmt.Errorf("%w: %d rows in %d bytes", errBroken, rows, len(b))
	}
	blocks, sent := parseBlocks(b[blocksAt:headerBytes], rows)
	if sent == 0 {
		return raw{}, fmt.Errorf("%w: no block of its %d rows was sent", errBroken, rows)
	}
	return raw{key: b[keyAt], blocks: blocks, pix: b[headerBytes : headerBytes+sent*rowBytes]}, nil
}

// parseBlocks reads the list of blocks and cuts it where it promises more rows than were sent or than the sensor has.
func parseBlocks(b []byte, rows int) (blocks []block, sent int) {
	for i, all := 0, 0; i < blocksMax && b[2*i+1] != 0 && all < rowsMax && sent < rows; i++ {
		k := block{flags: b[2*i], rows: min(int(b[2*i+1]), rowsMax-all)}
		if !k.is(blockAbsent) {
			k.rows = min(k.rows, rows-sent)
			sent += k.rows
		}
		all += k.rows
		blocks = append(blocks, k)
	}
	return blocks, sent
}

// scrambled reports whether the reader has scrambled the picture: a block says that it may be, and the first two rows
// look it. The flags alone do not tell, as some readers set them always.
func (r raw) scrambled() bool {
	marked := false
	for _, k := range r.blocks {
		marked = marked || k.is(blockScrambled)
	}
	return marked && len(r.pix) >= 2*rowBytes && spread(r.pix) >= scrambledSpread
}

// spread is the variance over the columns of the first two rows, added up.
func spread(pix []byte) int {
	var sum, squares int
	for i := range rowBytes {
		v := int(pix[i]) + int(pix[rowBytes+i])
		sum, squares = sum+v, squares+v*v
	}
	return (rowBytes*squares - sum*sum) / (rowBytes * rowBytes)
}

// unscramble clears the picture in place. keyOf asks the reader for a key by its number.
func (r raw) unscramble(keyOf func(number byte) (scrambler, error)) error {
	number := r.key
	s, err := keyOf(number)
	if err != nil {
		return err
	}
	at := 0
	for _, k := range r.blocks {
		if k.is(blockNewKey) {
			number++
			if s, err = keyOf(number); err != nil {
				return err
			}
		}
		n := k.rows * rowBytes
		switch {
		case k.is(blockNoStep):
		case k.is(blockScrambled) && !k.is(blockAbsent):
			s = s.clear(r.pix[at : at+n])
		default:
			s = s.skip(n)
		}
		if !k.is(blockAbsent) {
			at += n
		}
	}
	return nil
}

// picture turns the rows upright: dark ridges, tip at the top. Rows that were not sent are blank.
func (r raw) picture() finger.Picture {
	p := finger.Picture{Width: rowBytes, Height: rowsMax, DPI: dpi, Pix: make([]byte, rowBytes*rowsMax)}
	to, from := 0, 0 // bytes of the whole, turned picture and of those that were sent
	for _, k := range r.blocks {
		n := k.rows * rowBytes
		if !k.is(blockAbsent) {
			turn(p.Pix, to, r.pix[from:from+n])
			from += n
		} else {
			blank(p.Pix, to, n)
		}
		to += n
	}
	blank(p.Pix, to, len(p.Pix)-to)
	return p
}

// turn puts a band, inverted, where it belongs when the picture is turned by half a turn.
func turn(pix []byte, at int, band []byte) {
	for i, v := range band {
		pix[len(pix)-1-at-i] = ^v
	}
}

func blank(pix []byte, at, n int) {
	for i := range n {
		pix[len(pix)-1-at-i] = 0xff
	}
}

// look is what a picture shows, in percent of its area.
type look struct{ ridged, smeared int }

// lookAt sorts the tiles of a picture: ridges have dark and light in them, a film of water is dark alone, the glass is
// light alone.
func lookAt(p finger.Picture) look {
	var l look
	tiles := 0
	for y := 0; y+tile <= p.Height; y += tile {
		for x := 0; x+tile <= p.Width; x += tile {
			tiles++
			switch darkest, lightest := greys(p, x, y); {
			case int(lightest)-int(darkest) >= tileContrast:
				l.ridged++
			case lightest < tileDark:
				l.smeared++
			}
		}
	}
	return look{ridged: 100 * l.ridged / max(tiles, 1), smeared: 100 * l.smeared / max(tiles, 1)}
}

func greys(p finger.Picture, x, y int) (darkest, lightest byte) {
	darkest = 0xff
	for row := y; row < y+tile; row++ {
		for _, v := range p.Pix[row*p.Width+x : row*p.Width+x+tile] {
			darkest, lightest = min(darkest, v), max(lightest, v)
		}
	}
	return darkest, lightest
}
