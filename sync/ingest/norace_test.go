//go:build !race

package ingest_test

// simSeeds take 10 s of one core.
const simSeeds = 2000
