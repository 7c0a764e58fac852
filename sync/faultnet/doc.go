// Package faultnet is a network in memory that delays, cuts, swallows and replays, by seed.
//
// It has two halves. Agenda is for the simulation of values with a step method: one queue of what will happen, one
// seed, and a trace that is equal when two runs were. Net is for goroutines: connections with buffers and deadlines
// (net.Pipe has neither, and two ends that both write hang for ever) that a test may hand to TLS and HTTP. It knows
// nothing of the road. It owns no file, and no product links it.
package faultnet
