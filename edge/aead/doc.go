// Package aead is the cipher under which everything here is sealed: XChaCha20-Poly1305, a key of 32 bytes and a nonce of 24 that is
// drawn anew each time. What is sealed, for which place, and under which key is said in edge/vault and edge/strongbox.
//
// With the build tag unsealed it hides nothing. Such a program is the control of `markaz-sim theft`, which must find everybody in
// what it leaves; it refuses to start unless it is told that it is one.
package aead
