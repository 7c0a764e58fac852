// Package registration is the tool of a desk that registers families: a household is found by a number from a card or
// formed, its members are added, corrected, looked at and forgotten, and the visit in hand is theirs.
//
// It stands on a Floor and decides about the visit that a desk serves: no desk sees into a family that is not before it.
// Who people are is sealed in the vault before it is recorded; what comes out is masked, except of a person whom somebody
// asked to see, and that is recorded first. Other tools ask it who is in hand (InHand, FamilyOf, BioOf). Errors are
// *desk.Refusal.
//
// Read book/person and book/household for what it records, and edge/vault for the keys.
package registration
