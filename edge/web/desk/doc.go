// Package desk is the screens of staff: choosing a desk, the console of a desk.
//
// A press is one form. With our module it is sent without leaving the page and its effect comes back over the socket;
// without, it is an ordinary form. Either way a refusal is shown in words with what to do, and the state stays as it is.
//
// The console is five parts: the state of the desk, who is in hand, the acts of the flow, what else can be done (more), and
// who is not at the desk (aside). What opens in place stands in the part that changes least, and says of whom it is, so
// that a push keeps what was filled in about one person and never carries it over to the next. Reasons are buttons, people
// in the lists are one group of radio buttons: both work with arrows, with a finger, and without our module.
package desk
