package push

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"time"
)

// Headers of a signed body.
const (
	HeaderTime      = "Markaz-Time"      // when it was signed: seconds since 1970
	HeaderSignature = "Markaz-Signature" // base64 of HMAC-SHA256 over the time as sent, a line feed, and the body
)

// Sign makes the two headers' values. Base64, because a hexadecimal signature has, once in a few hundred, digits that
// look like a card number.
func Sign(secret []byte, at time.Time, body []byte) (stamp, signature string) {
	stamp = strconv.FormatInt(at.Unix(), 10)
	return stamp, base64.StdEncoding.EncodeToString(mac(secret, stamp, body))
}

func mac(secret []byte, stamp string, body []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(stamp))
	h.Write([]byte{'\n'})
	h.Write(body)
	return h.Sum(nil)
}

// signed says whether the body is the bank's, and when it signed.
func signed(secret []byte, stamp, signature string, body []byte) (time.Time, bool) {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	sum, errSum := base64.StdEncoding.DecodeString(signature)
	if err != nil || errSum != nil || len(secret) == 0 || !hmac.Equal(sum, mac(secret, stamp, body)) {
		return time.Time{}, false
	}
	return time.Unix(seconds, 0), true
}
