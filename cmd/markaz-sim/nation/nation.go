package nation

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"markaz.example/cmd/markaz-sim/cable"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/edge/id"
	"markaz.example/sync/fleet/district"
	"markaz.example/sync/roster"
)

// Nation is a headquarters as processes, and centres with a cable each, in this process. Make it with SetUp.
type Nation struct {
	Dir   string
	Nodes []*stage.Process
	Page  string // of the first node
	Boxes []*Box
	Lines []*cable.Cable // of the boxes, in their order

	archives []string
}

// Config is what a nation is made of.
type Config struct {
	Dir    string // everything is kept here
	Bin    string // directory of markaz-hq
	Count  int    // of centres, one in a district; at most 154
	Pace   float64
	People int // in a day of each centre
	Log    *slog.Logger
}

const (
	hqName  = "hq.sim"
	dialMax = 10 * time.Second // a day is minutes long here
)

// ErrCount is reported for more centres than there are districts.
var ErrCount = errors.New("there are 154 districts, and a centre in each: ask for 1 to 154")

// SetUp makes the authority, the list of centres, every certificate and every cable.
func SetUp(c Config) (*Nation, error) {
	all := district.All()
	if c.Count < 1 || c.Count > len(all) {
		return nil, fmt.Errorf("%w, not %d", ErrCount, c.Count)
	}
	a, err := roster.NewAuthority(time.Now())
	if err != nil {
		return nil, err
	}
	n := &Nation{Dir: c.Dir}
	road, err := n.headquarters(c, a, all[:c.Count])
	if err != nil {
		return nil, err
	}
	for _, d := range all[:c.Count] {
		if err := n.centre(c, a, centreOf(d), road); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func centreOf(d district.District) id.Centre { return id.Centre(d.Code + "-01") }

// headquarters gives the address that boxes dial.
func (n *Nation) headquarters(c Config, a *roster.Authority, all []district.District) (string, error) {
	pair, err := a.IssueHQ([]string{hqName}, time.Now())
	if err != nil {
		return "", err
	}
	doors, err := freeAddresses(2)
	if err != nil {
		return "", err
	}
	data := filepath.Join(c.Dir, "hq")
	config := fmt.Sprintf("name = \"hq-1\"\ndir = %q\nroster = %q\ncertificates = %q\nroad = %q\npage = %q\n",
		data, filepath.Join(c.Dir, "roster.toml"), filepath.Join(c.Dir, "hq-tls"), doors[0], doors[1])
	err = errors.Join(
		os.MkdirAll(c.Dir, 0o700), a.SaveHQ(filepath.Join(c.Dir, "hq-tls"), pair),
		os.WriteFile(filepath.Join(c.Dir, "roster.toml"), []byte(rosterText(all)), 0o600),
		os.WriteFile(filepath.Join(c.Dir, "hq.toml"), []byte(config), 0o600),
	)
	n.Page, n.archives = "http://"+doors[1]+"/", []string{filepath.Join(data, "archive.db")}
	n.Nodes = []*stage.Process{{
		Name: "markaz-hq", Path: filepath.Join(c.Bin, "markaz-hq"), Args: []string{"run", "--config", filepath.Join(c.Dir, "hq.toml")},
		Log: filepath.Join(c.Dir, "hq.log"), Slog: c.Log,
	}}
	return doors[0], err
}

func rosterText(all []district.District) string {
	var b strings.Builder
	for _, d := range all {
		fmt.Fprintf(&b, "[[centre]]\ncode = %q\nname = %q\nname_ur = %q\ndistrict = %q\n\n", centreOf(d), d.Name, d.NameUR, d.Name)
	}
	return b.String()
}

func (n *Nation) centre(c Config, a *roster.Authority, code id.Centre, road string) error {
	pair, err := a.IssueBox(code, time.Now())
	if err != nil {
		return err
	}
	dir := filepath.Join(c.Dir, "boxes", string(code))
	secrets := filepath.Join(dir, "tls")
	if err := errors.Join(os.MkdirAll(dir, 0o700), a.SaveBox(secrets, pair)); err != nil {
		return err
	}
	secret, err := roster.ClientTLS(secrets, hqName)
	if err != nil {
		return err
	}
	line, err := cable.Listen("127.0.0.1:0", road)
	if err != nil {
		return err
	}
	n.Lines = append(n.Lines, line)
	n.Boxes = append(n.Boxes, newBox(c, dir, code, line.Address(), secret))
	return nil
}

func newBox(c Config, dir string, code id.Centre, address string, secret *tls.Config) *Box {
	return &Box{
		Dir: dir, Centre: code, Addresses: []string{address}, TLS: secret, Pace: c.Pace, People: c.People, DialMax: dialMax,
		Log: slog.New(slog.DiscardHandler),
	}
}

// Run runs headquarters, cables and boxes until the context ends, boxes first to end.
func (n *Nation) Run(ctx context.Context) error {
	below, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	inner, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var base, boxes sync.WaitGroup
	for _, p := range n.Nodes {
		base.Go(func() { fail(p.Run(below)) })
	}
	for _, l := range n.Lines {
		base.Go(func() { fail(l.Run(below)) })
	}
	for _, b := range n.Boxes {
		boxes.Go(func() { fail(b.Run(inner)) })
	}
	boxes.Wait()
	stop()
	base.Wait()
	if err := context.Cause(inner); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// Judge compares everything, when Run has ended.
func (n *Nation) Judge(ctx context.Context) (Verdict, error) {
	boxes := map[id.Centre]string{}
	for _, b := range n.Boxes {
		boxes[b.Centre] = b.Dir
	}
	return Judge(ctx, boxes, n.archives)
}

// Standing is how far all centres are together.
type Standing struct {
	Linked       int
	Head, Behind uint64
}

// Standing sums up what the boxes know.
func (n *Nation) Standing() (s Standing) {
	for _, b := range n.Boxes {
		state, _ := b.State()
		s.Head += state.Head.Seq
		s.Behind += state.Behind
		if state.Up {
			s.Linked++
		}
	}
	return s
}

// freeAddresses are addresses that nobody listened on a moment ago.
func freeAddresses(n int) (out []string, err error) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		out = append(out, l.Addr().String())
	}
	return out, nil
}
