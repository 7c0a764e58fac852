// Package iso hears POS terminals, and the banks that speak for them, by ISO 8583: whether they are there, and that a
// payment was made. It answers what the protocol wants answered and refuses whatever asks for money.
//
// Card data never gets past the [Codec]. Before anything else reads a message its fields are walked over in the
// connection's own buffer, and every field that is not on a short list of harmless ones is overwritten there: not only
// the card number (2), its expiry (14), the tracks (34, 35, 36, 45), PIN (52, 53) and chip data (55), but all that a bank
// may fill as it likes (20, 43 to 48, 54, 56 to 63, 102 to 127). A list of what may stay cannot forget a field. A
// message that cannot be walked to its last byte is overwritten whole and counted. Only then does
// github.com/moov-io/iso8583 see it; its types do not leave this package.
//
// Fields are those of ISO 8583:1987 (types of message 0xxx) and 1993 (1xxx), in table.go, with a bank's differences from
// its profile. Read scrub.go, then server.go. The folder judge holds messages' other witness: npm iso_8583.
package iso
