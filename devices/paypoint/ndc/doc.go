// Package ndc hears ATMs by a copy of the status messages that they exchange with their bank's host in NCR's NDC
// language. The bank copies them; the box says nothing on that line.
//
// Messages of class 11, which ask for money and bear a card's track, are wiped as they arrive and never looked at. A bank
// is asked to take them out; this holds for when it does not. In what is left a field with a character of tracks
// (';' '=' '?') is overwritten before it is read. What remains cannot hold a card number: numbers of terminals, letters
// of devices, digits of condition.
//
// Source of the layouts: NCR's APTRA Advance NDC reference, as restated by public decoders. Devices are told apart by
// their letter in device.go. Read message.go, then server.go.
package ndc
