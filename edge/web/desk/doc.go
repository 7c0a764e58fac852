// Package desk is the screens of staff: choosing a desk, the console of a desk.
//
// A press is one form. With our module it is sent without leaving the page and its effect comes back over the socket;
// without, it is an ordinary form. Either way a refusal is shown in words with what to do, and the state stays as it is.
package desk
