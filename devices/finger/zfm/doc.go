// Package zfm drives the serial fingerprint modules of the ZFM-20 family: ZFM-20 and ZFM-70, R305, R307, AS608, R503 and
// what is sold under many other names.
//
// A module takes a picture, finds the features in it, and matches them with a template or with the library that it keeps
// itself. [Driver] is all of that as methods, and a finger.Reader. The picture is what is worth keeping: templates are in
// the maker's own format, so they are a cache that [Driver.TemplateOf] fills again from a picture, on any module.
// It is a consumer part: it knows no dead finger from a living one and has no certificate. Good for staff who sign in and
// for a queue, never in place of a certified reader.
//
// # The line
//
// Half duplex, 3.3 V TTL, 8N1, 57,600 baud from the factory. Only the host starts; every command has one answer; data
// packets have none. Nothing has a number, so after a time-out the answer may still come and would be taken for that of
// the next command. Therefore a session that missed an answer waits until the line is silent, asks for the parameters,
// and believes nothing before an answer of just that length. See session.resync.
//
// # Secrets
//
// Pictures and templates are wiped from every buffer of this package once they were handed on. Nothing logs them, nor the
// password; a [Template] prints as its size.
//
// # Sources
//
// Hangzhou Zhian, "ZFM-20 Series Fingerprint Identification Module User Manual" v2.0, 2010; the ZFM-70 manual; the
// R503 user manual for its sensor; the constants of Adafruit's library where those are silent.
//
// command.go is the commands and codec.go their bytes; session.go is the conversation over one open port, work.go what it
// can do there, driver.go what others call; [Sim] is a module at the far end of the wire. Read driver.go next.
package zfm
