// Package pin turns a PIN of six digits into a verifier that may stand in a ledger, and checks a PIN against one.
//
// A ledger is copied to headquarters, to sticks and to backups, and six digits are only a million: at 29 ms a try, one
// core has tried them all in eight hours. So a verifier is argon2id of an HMAC under a secret that this box alone holds and
// that stands in no ledger: without the secret there is nothing to try. With it, on a stolen box, argon2id is what is left.
//
// It promises that at most a few PINs are hashed at once and a few wait, whoever asks; that a verifier made with another
// box's secret is told from a wrong PIN; and that comparing takes no hint from how much fits. It owns the file pin.secret,
// of 64 hexadecimal digits. See docs/adr/0026.
package pin
