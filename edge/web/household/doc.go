// Package household is the page of a registration desk: a family is found by a number from a card, or registered, and the
// visit in hand is theirs.
//
// Names and numbers are masked on it. What was typed is on the page of the answer to that form alone, and what somebody
// asked to see in full goes from the screen by itself after a minute; neither is in an address, nor pushed over a socket.
// The forms are ordinary ones, so that they work by keyboard, by touch, with a scanner that types, and without our module.
package household
