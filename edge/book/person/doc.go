// Package person is the book of registered people: who was registered, what was corrected, and every look at what is
// sealed.
//
// Name, number and birth date stand in its records sealed (edge/vault) under the key of the household that the person was
// registered in, subject "household/NAME", at the place of their record, under the field names "name", "number" and
// "birth". Plain text is the name, thirteen digits, or the date as 2025-03-14. A number is found by its mark. In the clear
// are sex, how well the birth date is known, and what staff confirmed. A correction is a record of its own; what was
// registered stays.
//
// The view keeps one Person each, with the newest of each field. Read view.go next.
package person
