// Package printer drives the token printer: a slip goes in as a picture, and what comes out is one of three words.
//
//   - nil: the printer itself confirmed, after the cut, that it had worked through the slip;
//   - [ErrNotSent]: no byte of the slip left the box; try again freely;
//   - [ErrUncertain]: bytes left and no proof came back; a person must look at the paper before anything is printed again.
//
// That is what lets the layers above promise that a ticket is printed at most once, so nothing here retries a slip.
//
// # The proof
//
// After the cut stands GS r 1, which a printer answers from its queue: only when everything before it is done. A byte of
// 00 is also what a touched cable says, so it is asked in pairs and, once answered alone on a quiet line, a second time.
// That costs 40 ms a slip and no paper. Real-time answers (DLE EOT) never prove anything; they only say sooner that no
// proof will come.
//
// # An interrupted slip
//
// A printer whose paper ends in the middle of a slip goes off-line, keeps the rest in its buffer and prints it as soon
// as there is paper again, minutes later and with nobody asking. If the desk has given the visitor a new slip by then,
// two come out. So the driver, the moment it gives up on a slip, tells the printer to throw its buffer away, tells it
// again at every status round and once more before anything else when the printer is back, then ends the open picture
// block with zeros, initialises, cuts off the scrap, and waits for the printer to answer from behind all of that.
// Until it has, every Print is refused with ErrNotSent. Run begins the same way, since a program that was killed may
// have left half a slip behind.
//
// What remains uncertain: whether the paper that is already out shows a whole ticket. That is why ErrUncertain exists.
// A printer may also print what its buffer holds in the instant between its recovery and our clearing, if it did not
// obey while off-line; it can print no more than its buffer, and the slip is never started anew.
//
// # A line that cannot be believed
//
// Every 2 s, and around every slip, the printer is asked how it is: a round of three questions, four if it is in trouble.
// A round counts only when all of it was answered on a line that says little else; otherwise it is asked again soon, and
// a [port.Ear] says within 5 s whether the printer is silent, babbles, or answers in part, as copies do that know half of
// the commands. State.Line has its word, and while it does no slip is begun. A port of the USB printer class also tells
// of paper and errors past the command queue: that is believed when it is bad news and the printer itself says nothing or
// is in trouble, never when it is good news, since many ports say nothing else. Its reset ends a picture that broke off.
//
// # Wiring and sources
//
// Serial: 8N1 at the speed of the profile, printer's DTR to our CTS when the profile says rts-cts. TCP: port 9100.
// USB: class 7, by a port that implements [port.SideChannel] besides reading and writing.
// Commands: Epson "ESC/POS Command Reference" (GS v 0, GS ( L, ESC *, GS V, GS r, GS a, GS I, GS ( E, ESC @, ESC J, FS .,
// DLE EOT, DLE ENQ, DLE DC4 function 8), checked against the TM-T88III and TM-L90 command pages, the Bixolon SRP-350 and SRP-F310 command manuals
// and the Citizen CT-S300 and CT-E351 command manuals. Where they differ, a profile key decides.
//
// codec.go and picture.go are the bytes, session.go, status.go and job.go the conversation over one open port, driver.go,
// identity.go and apply.go what others call, [Sim] the far end of the wire. Package judge below this one lets software by
// other hands look at both ends. Read driver.go next.
package printer
