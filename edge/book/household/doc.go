// Package household is the book of households: a mother with her children, or whoever is registered together, and on
// which visits they came.
//
// Nothing in it names anybody: people are id.Person, whom the book of people knows. A household's key in the vault, under
// Subject, seals what identifies its members.
//
// The view keeps one Household each and finds it by member and by visit. Read view.go next.
package household
