// Package seek looks for known secrets in bytes, as a thief with a disk image would: in clear, in the usual encodings, and
// inside whatever compressed streams lie among them.
//
// It promises: what is there in an encoding that it knows is found, wherever it lies and however the reader cuts it; memory
// and time are bounded whatever a stream claims to hold. It owns nothing on disk.
package seek
