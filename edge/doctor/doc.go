// Package doctor looks at a box's machine and says what is wrong, each with what a technician can do.
//
// It promises to change nothing but one probe file in the data directory, which it removes, and to find what it can while the
// box runs, while it is stopped, and before there is a configuration. Each check is a value: a name and a function from the
// patient to findings. Where the running box knows better, its own conditions are told.
//
// It owns no file. Read doctor.go, then any check.
package doctor
