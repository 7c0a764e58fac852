// Package civil is who somebody is, as papers say it: identity number, name, birth date, sex.
//
// It promises: what was parsed has the shape its comment gives, whatever digits, dashes and spaces it was typed with; and
// a value that identifies a person prints masked, by whatever verb or encoder it comes to a log, a record or a page. Who
// means to show it asks for it by a method that says so (Digits, Text, Date).
//
// It owns nothing on disk: numbers, names and birth dates are kept sealed only, see edge/vault.
package civil
