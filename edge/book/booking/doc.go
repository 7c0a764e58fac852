// Package booking is the book of appointments: who booked which place of which slot, and whether they came.
//
// A slot is a time of a day at which a plan has places. Its places are numbered from 1; those above the walk-ins' share can
// not be booked. Each place belongs to one chain: to the box whose own share it is in, or to whom headquarters lent its
// number. So two boxes that are cut off never sell the same place, and one box never sells more than it may.
//
// It promises that a place of a slot is one booking's at a time, and that whoever came, cancelled or was released does
// nothing of that twice. It knows nobody by name: a household is a random word, and may be missing.
//
// Read plan.go, then booked.go. The view is described in view.go.
package booking
