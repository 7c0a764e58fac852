package stage

import (
	"bytes"
	_ "embed"
	"os"
	"strconv"
	"text/template"

	"markaz.example/devices/paypoint"
)

//go:embed box.toml.tmpl
var boxText string

// settings is the struct of box.toml.tmpl.
type settings struct {
	Data, Profiles, Identity string
	Clips                    string // empty when there are none
	BoxPort, DesksPort       int
	Own                      string // network of the centre's machines; empty for none
	Frames                   string // a list of origins, as TOML
	HQ, HQName               string // address and name
	Devices                  []wired
	Banks                    []line
	Terminals                []*paypoint.SimTerminal
	Beside                   map[string][]string // names of devices, by desk
}

// wired is a device and how the box reaches it.
type wired struct {
	Name, Profile, Link string
	Desk                string // that it stands at; empty for none
}

// line is a bank's line, as the box has it.
type line struct {
	Name, Bank, Profile, Addr string
	Secret                    string // file
}

// boxConfig is the box's configuration.
func (s *Stage) boxConfig(frames string) ([]byte, error) {
	page, err := template.New("box.toml").Funcs(template.FuncMap{"q": strconv.Quote}).Parse(boxText)
	if err != nil {
		return nil, err
	}
	c := settings{
		Data: s.path("box"), Profiles: s.Profiles, Identity: s.path("box-tls"), BoxPort: s.BoxPort, DesksPort: s.DesksPort, Own: s.Own, Frames: frames,
		HQ: s.Cable.Address(), HQName: hqName, Devices: s.wired, Banks: s.lines, Beside: map[string][]string{},
	}
	if _, err := os.Stat(s.Clips); err == nil {
		c.Clips = s.Clips
	}
	for _, d := range s.wired {
		c.Beside[d.Desk] = append(c.Beside[d.Desk], d.Name)
	}
	if s.Bank != nil {
		c.Terminals = s.Bank.Sim.Terminals
	}
	var out bytes.Buffer
	err = page.Execute(&out, c)
	return out.Bytes(), err
}
