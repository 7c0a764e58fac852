package backup

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"markaz.example/edge/id"
)

// Format is the format that this program writes, and the only one it reads.
const Format = 1

// The files that a backup may hold, in the order in which they stand in it.
const (
	Ledger   = "ledger.db" // the chain with its views, at the manifest's head
	Vault    = "vault.db"  // keys of households; only where there is a vault
	VaultKey = "vault.key" // what opens them
	BoxKey   = "box.key"   // what signs this chain's checkpoints
	Config   = "box.toml"  // the configuration as it stood
)

// known are the files that a reader takes.
var known = []string{Ledger, Vault, VaultKey, BoxKey, Config}

// File is one file of a backup.
type File struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

// Manifest says what a backup is. Hash and Key are hexadecimal in a file.
type Manifest struct {
	Format       int       `json:"format"`
	Centre       id.Centre `json:"centre"`
	Incarnation  string    `json:"incarnation"`    // of the chain: chain.Incarnation's text
	Head         uint64    `json:"head"`           // the newest record in it
	HeadHash     string    `json:"head_hash"`      //
	Confirmed    uint64    `json:"confirmed"`      // what headquarters held, as far as the box was told
	Base         uint64    `json:"base,omitempty"` // records up to this one had been pruned
	Made         time.Time `json:"made"`           // by the box's clock
	Grade        string    `json:"grade"`          // how far that clock could be trusted
	Software     string    `json:"software"`       // "markaz 0.1.0"
	LedgerFormat int       `json:"ledger_format"`  //
	Key          HexBytes  `json:"key"`            // Ed25519, public: signs the backup and this chain's checkpoints
	Files        []File    `json:"files"`          // in order
}

// HexBytes are bytes that are written as hexadecimal digits.
type HexBytes []byte

// MarshalText writes digits.
func (h HexBytes) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

// UnmarshalText reads digits.
func (h *HexBytes) UnmarshalText(b []byte) (err error) {
	*h, err = hex.AppendDecode(nil, b)
	return err
}

func (m Manifest) encode() ([]byte, error) { return json.MarshalIndent(m, "", "  ") }

// decodeManifest reads what encode wrote. It reports ErrMalformed.
func decodeManifest(b []byte) (m Manifest, err error) {
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("%w: manifest: %w", ErrMalformed, err)
	}
	return m, m.check()
}

func (m Manifest) check() error {
	if m.Format != Format {
		return fmt.Errorf("%w: format %d, this program reads %d", ErrMalformed, m.Format, Format)
	}
	if err := m.Centre.Check(); err != nil {
		return fmt.Errorf("%w: manifest: %w", ErrMalformed, err)
	}
	if !strings.HasPrefix(m.Incarnation, string(m.Centre)+"/") || len(m.Key) != ed25519.PublicKeySize || m.Confirmed > m.Head || m.Base > m.Head {
		return fmt.Errorf("%w: the manifest contradicts itself", ErrMalformed)
	}
	return m.checkFiles()
}

// checkFiles holds that a ledger comes first, that all are known, each once, in order, and how much they are together.
func (m Manifest) checkFiles() error {
	at, total := -1, int64(0)
	for _, f := range m.Files {
		place := slices.Index(known, f.Name)
		if place <= at || f.Bytes < 0 || f.Bytes > unpackedBytesMax {
			return fmt.Errorf("%w: file %q of %d bytes has no place here", ErrMalformed, f.Name, f.Bytes)
		}
		at, total = place, total+f.Bytes
	}
	if len(m.Files) == 0 || m.Files[0].Name != Ledger || total > unpackedBytesMax {
		return fmt.Errorf("%w: %d files of %d bytes, want a ledger and at most %d bytes", ErrMalformed, len(m.Files), total, int64(unpackedBytesMax))
	}
	return nil
}
