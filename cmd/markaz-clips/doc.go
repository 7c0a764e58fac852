// Markaz-clips makes the clips that the box calls people with, by Debian's espeak-ng, when the product is built.
//
//	markaz-clips DIR
//
// It writes DIR/LANG/NAME.wav for every clip of every language whose words are known, and DIR/made, which names what they
// were made from; when that has not changed it does nothing. With --script LANG it prints what a person reads aloud to
// record the clips of a language, one a line, as file and words.
package main
