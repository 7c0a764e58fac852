// Package notary is the box's own authority for the pages of its desks: it makes itself at the first start, signs one
// certificate for the names and addresses by which desks reach the box, and renews that by itself.
//
// It promises: whoever installs the authority on a desk's machine lets it speak for the centre's own names and for private
// addresses, and for nothing on the Internet, whoever steals its key; a box whose clock stands in 1970, or jumps, goes on
// with a certificate that browsers with the right time take; no certificate lives longer than any browser takes from an
// authority that a person installed.
//
// It owns, in one directory, authority.key and authority.crt, which are made once, and desks.pem, the certificate with its
// key, which is made anew whenever that is wanted. Read authority.go first, then validity.go.
package notary
