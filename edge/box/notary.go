package box

import (
	"context"
	"crypto/x509"
	"log/slog"
	"path/filepath"

	"markaz.example/edge/clock"
	"markaz.example/edge/ledger"
	"markaz.example/edge/notary"
)

// DesksDir is the directory of the authority for the desks' pages, below data.
func (c Config) DesksDir() string { return filepath.Join(c.Data, "tls") }

// openNotary makes what the desks' pages are served with, before there is a ledger: a box whose ledger is broken says so
// over TLS too.
func (b *Box) openNotary() (err error) {
	b.notary, err = notary.Open(b.Config.notary(b.Secrets, b.Log))
	return err
}

// MakeAuthority makes an authority for the desks' pages in the place of another, and its certificate. A box that runs goes
// on with the old one until it is started again.
func MakeAuthority(c Config, o Options) (*x509.Certificate, error) {
	secrets, err := c.secrets(o)
	if err != nil {
		return nil, err
	}
	if err := notary.Renounce(c.DesksDir(), secrets.drawer("desks")); err != nil {
		return nil, err
	}
	n, err := notary.Open(c.notary(secrets, slog.New(slog.DiscardHandler)))
	if err != nil {
		return nil, err
	}
	return n.Root(), nil
}

func (c Config) notary(s Secrets, log *slog.Logger) notary.Config {
	names := notary.Names{Configured: c.Web.names()}
	return notary.Config{Dir: c.DesksDir(), Centre: string(c.Centre.Code), Names: names, Log: log, Secrets: s.drawer("desks"), Locked: s.locked()}
}

// certifying renews the certificate by the ledger's clock, which knows how far it may be trusted.
func (b *Box) certifying(l *ledger.Ledger) part {
	return func(ctx context.Context) error {
		return b.notary.Run(ctx, func() notary.Reading {
			now := l.Clock().Now()
			return notary.Reading{At: now.Time(), Trusted: now.Grade >= clock.Human}
		})
	}
}
