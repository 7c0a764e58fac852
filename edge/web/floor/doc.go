// Package floor is the screens of the manager: the floor at a glance with what can be done about it, the figures of a day,
// and the paper book for the hours without a printer.
//
// A press is one form, as at a desk: with our module it is sent without leaving the page, without it is an ordinary form.
package floor
