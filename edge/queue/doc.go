// Package queue decides who is next, and tells what that means for those who wait.
//
// It is arithmetic on values: no ledger, no clock, no floating point in a decision. Times are milliseconds on one axis
// that the caller chooses, the same for every argument of a call. The same arguments give the same answer on every
// machine, so a decision can be repeated from the records of the day.
//
// It promises a bound on how long anybody is passed over. Call a desk W's if it is open, serves W's service and has what
// W needs. Whoever W's desk calls although they stand behind W in seniority has overtaken W. Then:
//
//   - once W has waited Rules.CeilingMs, only emergencies overtake W, whatever their line;
//   - so everybody else who ever overtakes W is called in W's first CeilingMs: at most once per call of W's desks in that
//     time, which is ceil(CeilingMs / shortest service time) for each desk, and never more than came in that time;
//   - and W is called at the latest when W's desks have called, after the ceiling, all those who stand before W by
//     seniority and the emergencies that came meanwhile. With n before W, k desks and at most s per person, W waits
//     CeilingMs + (n/k + 1) x s at most, and s/k more for each emergency.
//
// With the default of 45 minutes, two desks and services of five minutes or more, 18 others pass W at most. The bound
// supposes that W has a desk; TestNobodyStarves checks it for any mix of classes, desks and arrivals, and finds rules
// without the brake guilty.
//
// Read next.go for the order itself, rules.go for what can be set.
package queue
