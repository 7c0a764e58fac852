// Package theft plays a day at a centre and then takes what a thief takes: the image of the disk with its free space, what
// the box wrote to its log with everything switched on, and the core of the process, made to crash. It looks through all of it
// for every identity number, name and fingerprint of the day, and for every secret of the box.
//
// The controls must find them all: the disk of the same day, played with programs that seal nothing; and the core of a program
// that conceals nothing, fingers too, which no box writes anywhere. Every person is made up.
package theft
