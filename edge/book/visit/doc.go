// Package visit is the book of visits: who came today under which number, and where each stands.
//
// It promises: one number is given once a day; a visit waits only after its paper was confirmed; a person is called by
// one desk at a time; an event that the table of states does not allow is refused inside the decision. Order is the
// sequence of records, never the time of day.
//
// Its view "visit" is described in view.go: visits whole, and indexes that follow from them. Read opened.go for what an
// event looks like, state.go for the table of states, query.go for what can be asked.
package visit
