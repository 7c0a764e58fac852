// Package slip draws a slip of paper as a picture: a column of blocks (bilingual text, rows, QR, rules, pictures) becomes
// a Bitmap that any printer can raster, because no receipt printer can join Urdu letters by itself.
//
// Promises. Urdu is shaped and sloped as in a book (Noto Nastaliq Urdu), Latin words, token numbers and dates inside it
// keep their order, lines wrap at words and never touch each other. One program draws one Doc at one width always in the
// same dots. A rune that no font has is drawn as an empty box and is never an error: a slip with one odd letter in a name
// is worth more than no slip. Time and memory are bounded (limits.go).
//
// The package owns the font files in fonts/ and shares them (Fonts), so that paper and screens write alike. It knows no
// printer and touches no disk. Read Doc and the blocks in block.go first, then Composer, then paragraph.go for the way
// from a string to placed glyphs.
package slip
