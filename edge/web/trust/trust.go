// Package trust is the page that hands out the certificate of the box's own authority, so that a desk's machine takes the
// desks' pages for what they are.
//
// It promises nothing about who hands it out: the page is plain HTTP, so whoever installs the certificate compares its
// fingerprint with the one that `markaz tls` prints at the machine. It owns nothing on disk.
package trust

import (
	"crypto/x509"
	"embed"
	"net/http"

	"markaz.example/edge/notary"
	"markaz.example/edge/web/page"
)

//go:embed trust.tmpl
var templates embed.FS

// Config is what the page needs.
type Config struct {
	Root   *x509.Certificate
	Centre string                     // code, for the name of the file
	Desks  func(*http.Request) string // origin of the desks' pages, for whoever asks
}

// Trust serves the page and the file. Any goroutine may call it.
type Trust struct {
	Config
	screen *page.Screen
}

// New reads the template.
func New(kit *page.Kit, c Config) (*Trust, error) {
	screen, err := kit.Screen(templates, "trust")
	return &Trust{c, screen}, err
}

// Routes adds the page, and the certificate as it is (DER), which Windows and Android open by themselves.
func (t *Trust) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /trust", t.show)
	mux.HandleFunc("GET "+t.file(), t.give)
}

func (t *Trust) file() string { return "/trust/markaz-" + t.Centre + ".crt" }

// trustPage is the struct of trust.tmpl.
type trustPage struct {
	File        string   // address of the certificate
	Name        string   // of the authority, as a list of authorities shows it
	Fingerprint []string // four lines of eight pairs
	Desks       string   // where to go afterwards
	Ways        []string // machines and browsers whose way is described; keys of texts
}

func (t *Trust) show(w http.ResponseWriter, r *http.Request) {
	text := notary.Fingerprint(t.Root)
	p := trustPage{
		File: t.file(), Name: t.Root.Subject.CommonName, Desks: t.Desks(r) + "/desk",
		Ways: []string{"windows", "firefox", "android", "linux"},
	}
	const line = len("AB:") * 8
	for len(text) > line {
		p.Fingerprint = append(p.Fingerprint, text[:line-1])
		text = text[line:]
	}
	p.Fingerprint = append(p.Fingerprint, text)
	t.screen.Write(w, http.StatusOK, page.Frame{Lang: page.LangOf(r), Title: "trust.title", Self: r.URL, Data: p})
}

func (t *Trust) give(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/x-x509-ca-cert")
	w.Header().Set("Content-Disposition", "attachment")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(t.Root.Raw) // a browser that left is no error of ours
}
