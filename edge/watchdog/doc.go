// Package watchdog feeds systemd's watchdog for a loop on which everything depends, so that a program whose loop has
// stopped is started again.
//
// It has no timer: it speaks to systemd only when the loop says that it has gone round. While there is no such loop yet,
// or none any more because what it works on could not be opened, the watchdog is off: a page that says what is wrong must
// stay up. Without systemd nothing happens.
package watchdog
