// Package sbi takes fingers through MOSIP's secure biometric interface, so that certified readers work here whose own
// protocols are closed: their makers deliver a device service that runs on this machine and speaks HTTP, with verbs of
// its own, on a port of 127.0.0.1 from 4501 to 4600.
//
// # What is believed
//
// Nothing that is not signed. Device information and every capture are JSON web tokens; the certificate in a token's
// header must lead to a trust root that the centre was given, and the token must be signed with its key. A capture must
// also be of this reader, this transaction, this environment, purpose and finger, made while we waited, asked for with our
// quality, and be the next link of the transaction's chain of hashes. What fails one of these is refused with an error that says
// which, and is never passed on.
//
// # What is kept
//
// Nothing. A certified reader's picture is not opened here: Capture.Signed is the token as it came, for headquarters or
// the agency to check again, and its owner wipes it. Copies that decoding makes are overwritten as far as Go allows; none
// is logged or stored, and no error carries a part of an answer.
//
// # Manners
//
// Looking for a service asks each port of the range once, a few at a time and only on this machine; a port that answers
// something else is left alone. Redirects are not followed, and the address that a service gives for itself is ignored in
// favour of the one where it was found, so that no answer can make the box talk to anything else.
//
// Sources: MOSIP secure biometric interface 0.9.5 and 1.0, sections device discovery, device info, registration capture,
// error codes and cryptography; the info verb is MOSIPDINFO there and MOSIPINFO in its schema, so both are tried. That the
// chain joins bytes and not letters is as in the project's own mock service.
//
// wire.go is the messages, token.go whom to believe, check.go what, client.go the HTTP, driver.go what others call, [Sim]
// a device service. Read driver.go next.
package sbi
