//go:build race

package ingest_test

// simSeeds is few: the worlds have one goroutine each, in which there is nothing to race, and the detector makes them five
// times slower. "make test" plays the rest in a step without it.
const simSeeds = 200
