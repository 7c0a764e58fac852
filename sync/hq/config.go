package hq

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"
)

// ErrConfig is reported when the config file has a mistake; the text says where.
var ErrConfig = errors.New("the config file has a mistake")

// Config is the file of a headquarters node. Paths that are not absolute count from the directory of the file.
type Config struct {
	// Name is this node's in the raft group. It is written into the raft log at the first start and never changes:
	// name = "hq-1"
	Name string `toml:"name"`

	// Dir holds archive.db (every chain), raft.db and snapshots/ (the order they came in). Back it up as a whole.
	// dir = "/var/lib/markaz-hq"
	Dir string `toml:"dir"`

	// Roster is the list of centres that may speak:
	// roster = "/etc/markaz-hq/roster.toml"
	Roster string `toml:"roster"`

	// Certificates is the directory with hq.crt, hq.key and root.crt, made by "markaz-hq authority issue-hq":
	// certificates = "/etc/markaz-hq/tls"
	Certificates string `toml:"certificates"`

	// Road is where boxes dial, with TLS and certificates on both sides:
	// road = ":8443"
	Road string `toml:"road"`

	// Page is where people look at the fleet. It is plain HTTP without sign-in, so it must be on loopback:
	// page = "127.0.0.1:8480"
	Page string `toml:"page"`

	// FrameAncestors are the origins that may show the page in a frame; usually none:
	// frame_ancestors = ["http://127.0.0.1:8300"]
	FrameAncestors []string `toml:"frame_ancestors"`

	// Enrolment is where this node makes certificates of boxes; without it boxes are enrolled at other nodes, or not at all.
	Enrolment *Enrolment `toml:"enrolment"`
}

// Enrolment is the table [enrolment].
type Enrolment struct {
	// Issuer is the directory with issuer.crt, issuer.key and root.crt, made by "markaz-hq authority issue-issuer":
	// issuer = "/etc/markaz-hq/issuer"
	Issuer string `toml:"issuer"`
}

// LoadConfig reads a config file strictly: an unknown key is an error. It reports ErrConfig.
func LoadConfig(path string) (Config, error) {
	var c Config
	b, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("read the config: %w", err)
	}
	if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(&c); err != nil {
		return c, fmt.Errorf("%s: %w: %w", path, ErrConfig, explain(err))
	}
	if err := c.Check(); err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	paths := []*string{&c.Dir, &c.Roster, &c.Certificates}
	if c.Enrolment != nil {
		paths = append(paths, &c.Enrolment.Issuer)
	}
	for _, p := range paths {
		if !filepath.IsAbs(*p) {
			*p = filepath.Join(filepath.Dir(path), *p)
		}
	}
	return c, nil
}

// explain shows the line and underlines the word, where the decoder knows them.
func explain(err error) error {
	if e, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		return fmt.Errorf("unknown key:\n%s", e.String())
	}
	if e, ok := errors.AsType[*toml.DecodeError](err); ok {
		return fmt.Errorf("%w:\n%s", err, e.String())
	}
	return err
}

// Check reports ErrConfig.
func (c Config) Check() error {
	for _, f := range []struct{ key, value string }{
		{"name", c.Name}, {"dir", c.Dir}, {"roster", c.Roster}, {"certificates", c.Certificates}, {"road", c.Road}, {"page", c.Page},
	} {
		if f.value == "" {
			return fmt.Errorf("%w: %s is missing", ErrConfig, f.key)
		}
	}
	if c.Enrolment != nil && c.Enrolment.Issuer == "" {
		return fmt.Errorf("%w: enrolment.issuer is missing", ErrConfig)
	}
	if _, _, err := net.SplitHostPort(c.Road); err != nil {
		return fmt.Errorf("%w: road: %w", ErrConfig, err)
	}
	host, _, err := net.SplitHostPort(c.Page)
	if err != nil {
		return fmt.Errorf("%w: page: %w", ErrConfig, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%w: page: %q is not loopback; the page has no sign-in, so reach it through a tunnel or a proxy that has one", ErrConfig, c.Page)
	}
	return nil
}

// ArchivePath is where a node of that config keeps its archive.
func ArchivePath(c Config) string { return filepath.Join(c.Dir, "archive.db") }
