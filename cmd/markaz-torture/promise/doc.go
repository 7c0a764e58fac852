// Package promise is the table of what this project promises of a broken world, and the runs that show it.
//
// A row is one promise: how often it is tried in the quick way, which is part of `make test`, and in the full way of `make
// torture`; the run; and its control, something that is made to break the promise and must be caught. A control that is
// not caught makes the row fail as a broken promise does. Rows run in turn, and the next runs whatever the one before came
// to. What cannot be run in one sitting, or is not there yet, is listed as not run. Read row.go next, then rows.go.
package promise
