// Package hostile is a hundred strangers of every kind on the hall's Wi-Fi, and a floor that works beside them.
//
// The crew (Crew) does what people with a phone and an afternoon can do: it holds connections in every state that they can
// be in, sends what no browser sends, forges, guesses and reconnects. A run (Run) lets clerks work with and without it in
// turn and compares: how long a press at a desk takes, what the box holds of memory and connections, and whether every number
// that was given is one that a kiosk of the centre asked for.
//
// Strangers come from addresses 127.1.0.0/16 and the centre's machines from 127.0.9.0/24, so that the box tells them apart on
// one machine. The crew runs as a process of its own at the lowest priority: strangers bring their own processors.
package hostile
