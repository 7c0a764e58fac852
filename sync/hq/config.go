package hq

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"

	"markaz.example/sync/roster"
)

// ErrConfig is reported when the config file has a mistake; the text says where.
var ErrConfig = errors.New("the config file has a mistake")

// Config is the file of a headquarters node. Paths that are not absolute count from the directory of the file.
type Config struct {
	// Name is this node's in the raft group. It is written into the raft log at the first start and never changes:
	// name = "hq-1"
	Name string `toml:"name"`

	// Dir holds archive.db (every chain), raft.db and snapshots/ (the order they came in), and the socket admin.sock. Back
	// it up as a whole.
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

	// Peer is where the other nodes of a group reach this one, host and port. It must be in the node's certificate,
	// node.crt, which "markaz-hq authority issue-node" puts beside hq.crt. Without it the node is alone and opens no port:
	// peer = "10.1.0.11:8444"
	Peer string `toml:"peer"`

	// PeerListen is where the node listens for the others, when that is not Peer:
	// peer_listen = ":8444"
	PeerListen string `toml:"peer_listen"`

	// Join makes an empty node wait until "markaz-hq member add", on a node of the group, takes it in. Without it an
	// empty node begins a headquarters of its own:
	// join = true
	Join bool `toml:"join"`

	// FrameAncestors are the origins that may show the page in a frame; usually none:
	// frame_ancestors = ["http://127.0.0.1:8300"]
	FrameAncestors []string `toml:"frame_ancestors"`

	// Warehouse is the PostgreSQL that is kept up to date for those who work with the data; may be left out.
	// warehouse = { url = "postgres:///markaz?host=/run/postgresql" }
	Warehouse WarehouseConfig `toml:"warehouse"`

	// Enrolment is where this node makes certificates of boxes; without it boxes are enrolled at other nodes, or not at all.
	Enrolment *Enrolment `toml:"enrolment"`

	// Fonts are those that the pages are set in, by the names of package devices/slip. It is not in the file; nil leaves
	// the choice to the browser.
	Fonts fs.FS `toml:"-"`

	// Beat is called while the node's loops go round: see quorum.Config. It is not in the file; it may be nil.
	Beat func() `toml:"-" json:"-"`
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
	c.Warehouse.beside(path)
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
	if err := c.checkPeer(); err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(c.Page)
	if err != nil {
		return fmt.Errorf("%w: page: %w", ErrConfig, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%w: page: %q is not loopback; the page has no sign-in, so reach it through a tunnel or a proxy that has one", ErrConfig, c.Page)
	}
	return c.Warehouse.check()
}

func (c Config) checkPeer() error {
	if c.Peer == "" && (c.Join || c.PeerListen != "") {
		return fmt.Errorf("%w: join and peer_listen need peer", ErrConfig)
	}
	for _, f := range []struct{ key, value string }{{"peer", c.Peer}, {"peer_listen", c.PeerListen}} {
		if f.value == "" {
			continue
		}
		if _, _, err := net.SplitHostPort(f.value); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrConfig, f.key, err)
		}
	}
	if c.Peer == "" {
		return nil
	}
	if err := roster.CheckNodeName(c.Name); err != nil {
		return fmt.Errorf("%w: name: %w", ErrConfig, err)
	}
	return nil
}

// ArchivePath is where a node of that config keeps its archive.
func ArchivePath(c Config) string { return filepath.Join(c.Dir, "archive.db") }
