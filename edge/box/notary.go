package box

import (
	"context"
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
	names := notary.Names{Configured: b.Web.names()}
	b.notary, err = notary.Open(notary.Config{Dir: b.DesksDir(), Centre: string(b.Centre.Code), Names: names, Log: b.Log})
	return err
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
