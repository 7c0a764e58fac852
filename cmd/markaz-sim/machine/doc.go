// Package machine is the simulated devices as a person meets them: on a cable, with a plug, with something to press, to
// open or to put on them, and with something to see.
//
// Whatever a person or fate can do has a name, an act: "paper", "press 1 wet", "put 4250". A page, a test and a line of
// text use the same names. The acts of a switch throw it the other way each time.
//
//	printer    paper cover jam mains plug
//	finger     press PERSON good|wet|small, lift, plug
//	scale      put GRAMS, wriggle, mains, plug
//	atm        empty, paper, jam, supervisor, link, service
//	pos        paper, jam, link, service
//
// Every person, finger and bank is made up. Read machine.go next.
package machine
