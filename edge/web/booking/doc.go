// Package booking is the pages of appointments: the list of a day, where the manager or the helper at the door books,
// moves and cancels, and the page on which a desk books the next visit of whoever it serves.
//
// They show passes, times and services, and nobody's name.
package booking
