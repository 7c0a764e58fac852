// Package report is the figures of a day: how long people waited and were served, whether the promises held, who came
// before whom and why.
//
// It is pure: visits go in as values, figures come out; it knows no ledger and no clock. Times are milliseconds. The
// definitions stand at the fields of Figures, Fairness and Counts, once, and every page, paper and file takes its numbers
// from here. Read visit.go for what goes in, figures.go for what comes out.
package report
