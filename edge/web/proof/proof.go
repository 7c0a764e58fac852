// Package proof shows that a form came from a page of ours: every browser at the desks has a word in a cookie that no script
// reads and no other site sends, and every form that it is given carries what is made of that word.
//
// It promises: a page of another site, a program that was not given a page, and a plain page of this very host can press
// nothing at a desk, whatever else a browser may fail to check; no form is without the field, because it is put into
// every page and every pushed part as they leave; nothing of it is kept, so that a restart of the box voids no page.
//
// It owns nothing on disk.
package proof

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"
)

const (
	// cookie is the word of a browser. The prefix makes browsers take it over TLS alone, from this host alone.
	cookie = "__Host-browser"

	// Field of a form, and Header of what programs send, have the proof.
	Field  = "proof"
	Header = "Markaz-Proof"

	wordBytes   = 32                    // 256 bits
	yearSeconds = 365 * 24 * 60 * 60    // the word is of a browser, not of somebody's shift
	opening     = `<form method="post"` // how every form of ours begins that changes something
)

type key struct{}

// Of is what a browser's proof is.
func Of(word string) string {
	mac := hmac.New(sha256.New, []byte(word))
	mac.Write([]byte("a form of our own"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

// From is the proof of the browser that a request came from; empty where none is asked for.
func From(ctx context.Context) string {
	proof, _ := ctx.Value(key{}).(string)
	return proof
}

// Know gives a browser its word if it has none, and the request its proof.
func Know(w http.ResponseWriter, r *http.Request) *http.Request {
	word := wordOf(r)
	if word == "" {
		word = Word()
		http.SetCookie(w, &http.Cookie{
			Name: cookie, Value: word, Path: "/", MaxAge: yearSeconds, Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		})
	}
	return r.WithContext(context.WithValue(r.Context(), key{}, Of(word)))
}

// Holds says whether a request that Know has seen carries the proof of its browser. The form must have been parsed.
func Holds(r *http.Request) bool {
	got := r.Header.Get(Header)
	if got == "" {
		got = r.PostForm.Get(Field)
	}
	return wordOf(r) != "" && subtle.ConstantTimeCompare([]byte(got), []byte(From(r.Context()))) == 1
}

// wordOf is the word of the browser; empty for none, or one that we never drew.
func wordOf(r *http.Request) string {
	c, err := r.Cookie(cookie)
	if err != nil || len(c.Value) != base64.RawURLEncoding.EncodedLen(wordBytes) {
		return ""
	}
	return c.Value
}

// Word draws the word of a browser.
func Word() string {
	var b [wordBytes]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Fill puts the proof into every form of a piece of page. Templates write no ">" and no form of their values unescaped, so
// the first ">" ends the tag.
func Fill(html []byte, proof string) []byte {
	if proof == "" || !bytes.Contains(html, []byte(opening)) {
		return html
	}
	field := []byte(`<input type="hidden" name="` + Field + `" value="` + proof + `">`)
	out := make([]byte, 0, len(html)+512)
	for {
		_, rest, found := bytes.Cut(html, []byte(opening))
		end := bytes.IndexByte(rest, '>')
		if !found || end < 0 {
			return append(out, html...)
		}
		end += len(html) - len(rest) + 1
		out = append(append(out, html[:end]...), field...)
		html = html[end:]
	}
}

// Writer fills the forms of what is written as HTML. Pages are written whole.
type Writer struct {
	http.ResponseWriter
	Proof string
}

func (w Writer) Write(b []byte) (int, error) {
	if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		return w.ResponseWriter.Write(b)
	}
	if _, err := w.ResponseWriter.Write(Fill(b, w.Proof)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Unwrap is for http.ResponseController.
func (w Writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// AtDesks says whether the page at a path is on the desks' listener, for programs that know no page.
func AtDesks(path string) bool {
	for _, own := range []string{"/desk", "/floor", "/door", "/api/", "/style"} {
		if strings.HasPrefix(path, own) {
			return true
		}
	}
	return false
}

// Browser is a transport for programs that press at desks: it has a word of its own, and proves every request by it.
type Browser struct {
	http.RoundTripper
	Word string
}

// RoundTrip adds cookie and proof to what goes over TLS.
func (b Browser) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "https" {
		r = r.Clone(r.Context())
		Prove(r, b.Word)
	}
	return b.RoundTripper.RoundTrip(r)
}

// CloseIdleConnections is for http.Client, which asks its transport for it.
func (b Browser) CloseIdleConnections() {
	if t, ok := b.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Prove adds a browser's word and its proof to a request.
func Prove(r *http.Request, word string) {
	r.AddCookie(&http.Cookie{Name: cookie, Value: word})
	r.Header.Set(Header, Of(word))
}
