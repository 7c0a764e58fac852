// Package enrol is how a box gets its certificate: the code that a technician reads over the telephone, the messages
// between box and headquarters, and the box's end of enrolment and of renewal.
//
// It promises that a box trusts no headquarters whose root is not the one in the code, that its keys never leave it, that
// asking again after a lost answer or a power cut gives the same certificate, and that a code with a character misread is
// refused before anything is sent.
//
// It owns no file: sync/roster writes those of the identity. FORMAT.md is the specification of code and messages.
// Headquarters' end is sync/registrar.
package enrol
