package aead

import "golang.org/x/crypto/chacha20poly1305"

// Admission is the variable of the environment without which a program that was built to hide nothing does not start.
const Admission = "MARKAZ_SEALS_NOTHING"

// Sizes in bytes. What is sealed is TagBytes longer than the plain text.
const (
	KeyBytes   = chacha20poly1305.KeySize
	NonceBytes = chacha20poly1305.NonceSizeX
	TagBytes   = chacha20poly1305.Overhead
)
