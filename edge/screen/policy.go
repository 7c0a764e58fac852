package screen

import (
	"net/http"
	"strings"
)

// Policy is what a page may do: load what its own program serves and nothing else in the world. No script or style
// stands in a page. Frames are the origins that may show it inside theirs; usually none.
func Policy(frames []string) string {
	ancestors := "'none'"
	if len(frames) > 0 {
		ancestors = strings.Join(frames, " ")
	}
	return strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "img-src 'self'",
		"connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors " + ancestors,
	}, "; ")
}

// Guard marks an answer with the policy before a page is written.
func Guard(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}
