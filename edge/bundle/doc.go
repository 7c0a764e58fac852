// Package bundle puts what somebody needs who helps from afar into one file: what the doctor found, the configuration, the newest
// lines of the log, facts of the machine.
//
// It promises that everything in it went through package mask, names of its files excepted, that it is small, and that it says
// what is in it. It owns no file but the one that it is asked to write.
package bundle
