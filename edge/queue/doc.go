// Package queue decides who is next, and tells what that means for those who wait.
//
// It is arithmetic on values: no ledger, no clock, no floating point in a decision. Times are milliseconds on one axis
// that the caller chooses, the same for every argument of a call. The same arguments give the same answer on every
// machine, so a decision can be repeated from the records of the day.
//
// It promises a bound on how long anybody is passed over. Call a desk W's if it is open, serves W's service and has what
// W needs. Whoever W's desk calls although they stand behind W in seniority has overtaken W. Then:
//
//   - once W has waited Rules.CeilingMs, besides emergencies only such people overtake W as have waited the ceiling too or
//     have an appointment in its window;
//   - nobody who came more than max(Rules.CeilingMs, Rules.LeadMs()) after W ever overtakes W, emergencies excepted: past
//     the ceiling every wait grows by the clock alone, so whoever is behind by more never catches up;
//   - and so W is called at the latest when W's desks have called those who stand before W by seniority, those who came in
//     that time after W, and the emergencies that came meanwhile. With n and m of them, k desks and at most s per person, W
//     waits (n + m)/k x s + s at most, or the ceiling, and s/k more for each emergency.
//
// With the default rules that time is an hour. The bound supposes that W has a desk; TestNobodyStarves checks it for any mix
// of classes, desks and arrivals, and finds rules without the brake guilty. Why the brake is made so: ADR 29. How waits are
// estimated, and how well: DESIGN.md.
//
// Read next.go for the order itself, rules.go for what can be set.
package queue
