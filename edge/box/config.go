package box

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/pelletier/go-toml/v2"

	"markaz.example/edge/backup"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// ErrConfig is reported when the configuration cannot be used. The text says where and what to write instead.
var ErrConfig = errors.New("the configuration cannot be used")

// Config is a box's configuration, a TOML file read strictly: an unknown key is an error. Paths are relative to the
// file. The comments here are its manual; docs/box.toml is an example.
type Config struct {
	Data     string `toml:"data"`       // directory of ledger.db and box.key; made if missing
	Vault    string `toml:"vault"`      // directory of vault.db and vault.key; empty means vault/ below data
	TPM      string `toml:"tpm"`        // device that may seal the box's key; empty means /dev/tpmrm0
	Profiles string `toml:"profiles"`   // directory of device profiles: firmware-configs/
	USB      string `toml:"usb_socket"` // of markaz-usb; empty means its usual place

	text []byte // of the file, for a backup

	Centre       Centre        `toml:"centre"`
	Web          Web           `toml:"web"`
	Headquarters *Headquarters `toml:"headquarters"` // without it nothing is sent, and the floor page says so
	Backup       Backup        `toml:"backup"`
	Devices      []Device      `toml:"device"` // printers among them in order of preference

	Banks     []Bank     `toml:"bank"`     // on which lines banks tell how their terminals are
	Terminals []Terminal `toml:"terminal"` // payment terminals in the centre

	Languages []page.Lang `toml:"languages"` // that visitors can choose, Urdu first; Urdu and English when left out
	Queue     Queue       `toml:"queue"`
	Journeys  []Journey   `toml:"journey"`  // templates of visits
	Transfers []Transfer  `toml:"transfer"` // which place a transfer takes, where it does not keep its own

	Services   []Service   `toml:"service"`
	Situations []Situation `toml:"situation"`
	Desks      []Desk      `toml:"desk"`
	Slots      []Slots     `toml:"slots"` // times that can be booked; without any there are no appointments

	Growth       *Growth       `toml:"growth"` // where children are measured; without it no child is scored here
	Hall         Hall          `toml:"hall"`
	Screens      []Screen      `toml:"screen"`      // besides /hall, which shows everything in silence
	Rooms        []Room        `toml:"room"`        // whose name or colour is not the usual one
	Notices      []Notice      `toml:"notice"`      // shown in turn, between what people are to bring
	Voice        Voice         `toml:"voice"`       // heard where a screen or a loudspeaker speaks
	Loudspeakers []Loudspeaker `toml:"loudspeaker"` // of the box itself
}

// Centre is where the box stands.
type Centre struct {
	Code   id.Centre `toml:"code"`
	NameEn string    `toml:"name_en"`
	NameUr string    `toml:"name_ur"`
}

// Web is where pages are served: visitors' in the clear, those of desks over TLS.
type Web struct {
	Listen         string   `toml:"listen"`          // kiosks, halls, phones: "0.0.0.0:8080"
	Desks          string   `toml:"desks"`           // desks, floor, staff: "0.0.0.0:8443"; left out, port 8443 beside listen
	Names          []string `toml:"names"`           // host names and addresses by which desks reach the box: "markaz.lan"
	Own            []string `toml:"own"`             // addresses or networks of kiosks, screens and desks: "10.1.0.0/26"
	Public         string   `toml:"public"`          // what the slip's QR points to: "http://10.1.0.1:8080"
	FrameAncestors []string `toml:"frame_ancestors"` // origins that may show these pages in a frame; usually none
}

// Headquarters is who the ledger is sent to.
type Headquarters struct {
	Address  string `toml:"address"`  // host:port of a node; of a group all of them, with commas between
	Name     string `toml:"name"`     // as its certificate says
	DialMax  int    `toml:"dial_max"` // longest pause between dials, seconds; 0 means 120, and less is for a box alone
	Identity string `toml:"identity"` // directory of the box's certificate and key, and of the root that signed both ends
}

// Backup is how copies of the box are kept.
type Backup struct {
	Recipients []string `toml:"recipients"` // who can open them besides headquarters: "age1…", whose keys lie in a safe
	Days       int      `toml:"days"`       // after which the box says that the newest is old; 0 means 7
}

// Device is one device of the centre and the wire it is on. Its class stands in its profile.
type Device struct {
	Name    string `toml:"name"`    // "hall-1", as on its label
	Profile string `toml:"profile"` // file in the directory of profiles
	Serial  string `toml:"serial"`  // device node, "/dev/markaz/printer-1", or "usb:serial=A50285BI", "usb:socket=1-2.4"; or
	TCP     string `toml:"tcp"`     // host:port, usually port 9100; or
	USB     string `toml:"usb"`     // "only", "1-2.4", "05ba:000a", "serial=X5K"; or
	Service string `toml:"service"` // a reader behind its maker's program on this machine: its serial number, or "any"
}

// Bank is one line on which one bank tells how its terminals are. A bank may have several.
type Bank struct {
	Name    string `toml:"name"`    // of the line: "hbl-atm"
	Bank    string `toml:"bank"`    // whose terminals it may speak of: "hbl"
	Profile string `toml:"profile"` // file in the directory of profiles
	Listen  string `toml:"listen"`  // host:port
	Secret  string `toml:"secret"`  // of a push: file with what the box and the bank share, one line
}

// Terminal is one payment terminal of the centre.
type Terminal struct {
	Bank  string `toml:"bank"`  // code: "hbl"
	Name  string `toml:"name"`  // as its label and the bank's pushes call it: "047"
	Kind  string `toml:"kind"`  // "atm" or "pos"
	LUNO  string `toml:"luno"`  // its number in NDC messages; empty: not heard that way
	TID   string `toml:"tid"`   // its number in ISO 8583 messages; empty: not heard that way
	Probe string `toml:"probe"` // host:port that the box may connect to, to see whether it is there; empty: not probed
}

// Service is something people come for.
type Service struct {
	Code      id.Service `toml:"code"`
	Letter    string     `toml:"letter"` // of its tokens
	NameEn    string     `toml:"name_en"`
	NameUr    string     `toml:"name_ur"`
	Pictogram string     `toml:"pictogram"` // of the kiosk; the code when empty
	Room      string     `toml:"room"`
	WayEn     string     `toml:"way_en"`
	WayUr     string     `toml:"way_ur"`
	BringEn   []string   `toml:"bring_en"` // papers to have ready
	BringUr   []string   `toml:"bring_ur"`

	In map[string]Words `toml:"in"` // in further languages, by their codes

	Target   int          `toml:"target_min"` // of serving one visit; 0 means none is set
	Wait     int          `toml:"wait_min"`   // that people should wait at most; 0 means none is set
	Outcomes []string     `toml:"outcomes"`   // codes that a stop may end with, the usual one first; done, referred and papers-missing when left out
	Machine  string       `toml:"machine"`    // class of what has to work at the desk: scale; none when empty
	After    []id.Service `toml:"after"`      // in a journey without an order, those that come before
}

// Desk is a place that people are called to.
type Desk struct {
	Code    id.Desk      `toml:"code"`
	NameEn  string       `toml:"name_en"`
	NameUr  string       `toml:"name_ur"`
	Room    string       `toml:"room"`
	Serves  []id.Service `toml:"serves"`  // in order of preference
	Devices []string     `toml:"devices"` // readers and scales that stand there, by their names

	Registers bool `toml:"registers"` // families: mothers, children and their numbers
	Measures  bool `toml:"measures"`  // children, by [growth]

	Skills    []string `toml:"skills"`    // of whoever sits there by turns; those of the one signed in come on top
	Languages []string `toml:"languages"` // codes
	Sex       string   `toml:"sex"`       // of the staff, f or m; empty when it changes
	Stairs    bool     `toml:"stairs"`    // there is no way to it without them
}

// Load reads a configuration file. It reports ErrConfig with the line at fault.
func Load(path string) (Config, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("read configuration: %w", err)
	}
	c, err := parse(b)
	if err != nil {
		return Config{}, fmt.Errorf("%s: %w", path, err)
	}
	c.text = b
	c.resolve(filepath.Dir(path))
	return c, nil
}

func parse(b []byte) (c Config, err error) {
	d := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("%w:\n%s", ErrConfig, explain(err))
	}
	return c, c.check()
}

// explain shows the line with the fault underlined, where the parser knows it.
func explain(err error) string {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) {
		return unknown.String() + "\nthere is no such key: put its name right, or take it out"
	}
	var at *toml.DecodeError
	if errors.As(err, &at) {
		row, column := at.Position()
		return fmt.Sprintf("line %d, column %d\n%s", row, column, at.String())
	}
	return err.Error()
}

// resolve makes paths relative to the configuration file's directory.
func (c *Config) resolve(dir string) {
	c.Voice.Recorded = cmp.Or(c.Voice.Recorded, filepath.Join("clips", "recorded"))
	paths := []*string{&c.Data, &c.Vault, &c.Profiles, &c.USB, &c.Voice.Clips, &c.Voice.Recorded}
	for i := range c.Banks {
		paths = append(paths, &c.Banks[i].Secret)
	}
	if h := c.Headquarters; h != nil {
		paths = append(paths, &h.Identity)
	}
	if g := c.Growth; g != nil {
		paths = append(paths, &g.Figures)
	}
	for _, p := range paths {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
}

// check finds every fault, one a line.
func (c Config) check() error {
	faults := []error{
		filled("data", c.Data, `the directory for the ledger, for example "/var/lib/markaz"`),
		filled("centre.name_en", c.Centre.NameEn, "the centre's name in English, as on its door"),
		filled("centre.name_ur", c.Centre.NameUr, "the centre's name in Urdu, as on its door"),
		c.Centre.check(),
		c.Web.check(),
		checkDevices(c.Devices),
		c.checkDesks(),
		c.checkSlots(),
		c.checkLanguages(),
		c.checkHalls(),
		c.Queue.check(),
		c.Backup.check(),
	}
	if len(c.Devices)+len(c.Banks) > 0 {
		faults = append(faults, filled("profiles", c.Profiles, "the directory of device profiles, firmware-configs/"))
	}
	if h := c.Headquarters; h != nil {
		faults = append(faults, h.check())
	}
	if g := c.Growth; g != nil {
		faults = append(faults, g.check(c.Services))
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("%w:\n%w", ErrConfig, err)
	}
	return nil
}

func (c Centre) check() error {
	if err := c.Code.Check(); err != nil {
		return fmt.Errorf("centre.code: %w", err)
	}
	return nil
}

func filled(key, value, what string) error {
	if value == "" {
		return fmt.Errorf("%s is missing: %s", key, what)
	}
	return nil
}

func (w Web) check() error {
	return errors.Join(w.checkListen(), w.checkDesks(), w.checkNames(), w.checkOwn(), w.checkPublic())
}

func (w Web) checkListen() error {
	if _, _, err := net.SplitHostPort(w.Listen); err != nil {
		return fmt.Errorf(`web.listen %q: want host:port, for example "0.0.0.0:8080"`, w.Listen)
	}
	return nil
}

func (w Web) checkDesks() error {
	if _, _, err := net.SplitHostPort(w.Desks); w.Desks != "" && err != nil {
		return fmt.Errorf(`web.desks %q: want host:port, for example "0.0.0.0:8443"`, w.Desks)
	}
	return nil
}

func (w Web) checkNames() error {
	for _, name := range w.Names {
		if net.ParseIP(name) == nil && !hostName.MatchString(name) {
			return fmt.Errorf(`web.names %q: want a host name or an address without a port, for example "markaz.lan"`, name)
		}
	}
	return nil
}

// hostName is letters, digits and hyphens, with dots between.
var hostName = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*$`)

func (w Web) checkOwn() error {
	_, err := w.own()
	return err
}

// own are the networks of the centre's own machines.
func (w Web) own() (out []netip.Prefix, err error) {
	for _, text := range w.Own {
		p, err := netip.ParsePrefix(text)
		if a, addr := netip.ParseAddr(text); err != nil && addr == nil {
			p, err = a.Prefix(a.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf(`web.own %q: want an address or a network, for example "10.1.0.21" or "10.1.0.0/26"`, text)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// desks is where the desks' pages are served.
func (w Web) desks() string {
	host, _, _ := net.SplitHostPort(w.Listen) // checked
	return cmp.Or(w.Desks, net.JoinHostPort(host, "8443"))
}

// names are all by which the box is reached: the host of public is one.
func (w Web) names() []string {
	names := slices.Clone(w.Names)
	if u, err := url.Parse(w.Public); err == nil { // checked
		names = append(names, u.Hostname())
	}
	return names
}

func (w Web) checkPublic() error {
	u, err := url.Parse(w.Public)
	if err != nil || u.Host == "" || u.Path != "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf(`web.public %q: want scheme and host as phones in the hall reach this box, for example "http://10.1.0.1:8080"`, w.Public)
	}
	return nil
}

func (h Headquarters) check() error {
	faults := []error{
		filled("headquarters.name", h.Name, "the name in headquarters' certificate"),
		filled("headquarters.identity", h.Identity, "the directory that markaz-hq authority issue-box made for this box"),
	}
	for _, a := range h.addresses() {
		if _, _, err := net.SplitHostPort(a); err != nil {
			faults = append(faults, fmt.Errorf(`headquarters.address %q: want host:port, for example "hq.example:443"`, a))
		}
	}
	if h.DialMax < 0 {
		faults = append(faults, fmt.Errorf("headquarters.dial_max %d: want seconds, or 0 for the usual two minutes", h.DialMax))
	}
	return errors.Join(faults...)
}

func (b Backup) check() error {
	var faults []error
	for _, r := range b.Recipients {
		if _, err := backup.ParseRecipient(r); err != nil {
			faults = append(faults, fmt.Errorf("backup.recipients: %w", err))
		}
	}
	if b.Days < 0 {
		faults = append(faults, fmt.Errorf("backup.days %d: want days, or 0 for 7", b.Days))
	}
	return errors.Join(faults...)
}

// checkDevices also holds that no two have one name: jobs and conditions go by it.
func checkDevices(devices []Device) error {
	seen := map[string]bool{}
	var faults []error
	for _, d := range devices {
		if seen[d.Name] {
			faults = append(faults, fmt.Errorf("device %q is there twice: give each a name of its own, as on its label", d.Name))
		}
		seen[d.Name] = true
		faults = append(faults, d.check())
	}
	return errors.Join(faults...)
}

func (d Device) check() error {
	faults := []error{
		filled("device.name", d.Name, `as on its label, for example "hall-1"`),
		filled("device.profile", d.Profile, "a file in the directory of device profiles"),
	}
	if d.wires() != 1 {
		faults = append(faults, fmt.Errorf("device %q: give one of serial, tcp, usb and service: how the box reaches it", d.Name))
	}
	if _, _, err := net.SplitHostPort(d.TCP); d.TCP != "" && err != nil {
		faults = append(faults, fmt.Errorf(`device %q: tcp %q: want host:port, for example "10.1.0.9:9100"`, d.Name, d.TCP))
	}
	return errors.Join(faults...)
}

// wires is how many ways to reach it are given.
func (d Device) wires() (n int) {
	for _, w := range []string{d.Serial, d.TCP, d.USB, d.Service} {
		if w != "" {
			n++
		}
	}
	return n
}

// checkDesks reports devices at desks that are not configured.
func (c Config) checkDesks() error {
	var faults []error
	for _, d := range c.Desks {
		for _, name := range d.Devices {
			if !slices.ContainsFunc(c.Devices, func(own Device) bool { return own.Name == name }) {
				faults = append(faults, fmt.Errorf("desk %s: there is no device %q: use the name of a [[device]]", d.Code, name))
			}
		}
	}
	return errors.Join(faults...)
}

// catalogue is what the floor offers, as configured.
func (c Config) catalogue() desk.Catalogue {
	out := desk.Catalogue{Situations: c.situations(), Journeys: c.journeys(), Transfers: c.transfers()}
	for _, s := range c.Services {
		out.Services = append(out.Services, desk.Service{
			Code: s.Code, Letter: s.Letter, NameEn: s.NameEn, NameUr: s.NameUr, Pictogram: cmp.Or(s.Pictogram, string(s.Code)),
			Room: s.Room, WayEn: s.WayEn, WayUr: s.WayUr, BringEn: s.BringEn, BringUr: s.BringUr, In: s.in(),
			Target: time.Duration(s.Target) * time.Minute, Wait: time.Duration(s.Wait) * time.Minute,
			Outcomes: s.Outcomes, Machine: s.Machine, After: s.After,
		})
	}
	for _, d := range c.Desks {
		out.Desks = append(out.Desks, desk.Desk{
			Code: d.Code, NameEn: d.NameEn, NameUr: d.NameUr, Room: d.Room, Serves: d.Serves, Registers: d.Registers,
			Skills: d.Skills, Languages: d.Languages, Sex: d.Sex, Ground: !d.Stairs, Measures: d.Measures,
		})
	}
	out.Slots, _ = c.plans() // check holds
	return out
}
