// Package uru drives the DigitalPersona U.are.U 4000, 4000B and 4500: USB readers that give the picture of a finger and
// nothing else. There is no template and no match in the device, so its pictures work with any matcher, today's or a
// later one.
//
// # What happens
//
// The reader is woken once to prove that it works, then switched off; its light is on only while somebody is asked for a
// finger. Every Capture wakes it, waits for a finger, takes pictures until one is whole, and lets the reader wait for
// the finger to be lifted, so that one press is never taken twice. A reader that falls silent, babbles or answers by
// halves is named in State within five seconds and looked after until it is well again; only an unplug ends Run.
//
// # The picture
//
// It comes turned by half a turn and inverted, and on many readers scrambled with a 32-bit shift register whose key the
// reader tells in a register, hidden by a number of our choice. That is no secrecy worth the name: whoever can listen on
// the cable can unscramble it. The transfer is wiped as soon as the picture was taken out of it.
//
// # Sources
//
// The maker published nothing. Registers, start sequence, interrupts, header and scrambling are as found by the libfprint
// project (driver uru4000); every number here was proved by that project's library against a simulator of this kind.
// Microsoft's reader of the same family (045e:00ca) wants an AES answer before it wakes and is not spoken to.
//
// codec.go is the numbers, picture.go the picture, driver.go what others call, session.go the conversation with wake.go,
// capture.go and register.go below it, [Sim] the device. Read driver.go next.
package uru
