// Package wire is the messages that a box and headquarters exchange, and their bytes.
//
// It promises that no message is decoded before its size was bounded, that no block is decompressed past the size it
// announced, and that a batch which passed Verify is exactly the run of records its signed checkpoint speaks for.
//
// It owns no file and knows no transport: a message is one frame, whatever carries it. FORMAT.md beside it is the
// specification, testdata/vectors.json the test of it. Read sync/link for the transport, sync/uplink and sync/ingest
// for who sends what when.
package wire
