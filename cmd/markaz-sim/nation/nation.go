package nation

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"markaz.example/cmd/markaz-sim/cable"
	"markaz.example/cmd/markaz-sim/lab"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/edge/id"
	"markaz.example/sync/fleet/district"
	"markaz.example/sync/roster"
	"markaz.example/sync/uplink"
)

// Nation is a headquarters whose nodes are processes, and centres with a line each. Make it with SetUp.
type Nation struct {
	Nodes   []*Node
	Page    string // of the first node
	Centres []Centre

	bin   string
	store *store // nil without PostgreSQL
}

// Centre is one box, its line, and how it runs.
type Centre struct {
	*Box
	Line  Line
	Child *stage.Process // nil when the box runs in this process

	relay relayed // nil in a lab
}

// Config is what a nation is made of.
type Config struct {
	Dir      string   // everything is kept here
	Bin      string   // directory of markaz-hq and markaz-sim
	Count    int      // of centres, one in a district; at most 154
	Nodes    int      // of headquarters
	Lab      *lab.Lab // where nodes and boxes are hosts; nil: on loopback, boxes behind relays
	Children bool     // boxes are processes of their own
	Liar     bool     // see Box
	Store    bool     // with a PostgreSQL of its own
	Pace     float64
	People   int // in a day of each centre
	Log      *slog.Logger
}

const (
	hqName  = "hq.sim"
	dialMax = 10 * time.Second // a day is minutes long here
)

// ErrCount is reported for more centres than there are districts.
var ErrCount = errors.New("there are 154 districts, and a centre in each: ask for 1 to 154")

// SetUp makes the authority, the list of centres, every certificate and every line.
func SetUp(ctx context.Context, c Config) (*Nation, error) {
	all := district.All()
	if c.Count < 1 || c.Count > len(all) {
		return nil, fmt.Errorf("%w, not %d", ErrCount, c.Count)
	}
	a, err := roster.NewAuthority(time.Now())
	if err != nil {
		return nil, err
	}
	n := &Nation{bin: c.Bin}
	if c.Store {
		if n.store, err = openStore(ctx); err != nil {
			return nil, err
		}
	}
	if err := n.group(ctx, c, a, all[:c.Count]); err != nil {
		return nil, err
	}
	for _, d := range all[:c.Count] {
		if err := n.centre(ctx, c, a, centreOf(d)); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func centreOf(d district.District) id.Centre { return id.Centre(d.Code + "-01") }

func rosterText(all []district.District) string {
	var b strings.Builder
	for _, d := range all {
		fmt.Fprintf(&b, "[[centre]]\ncode = %q\nname = %q\nname_ur = %q\ndistrict = %q\n\n", centreOf(d), d.Name, d.NameUR, d.Name)
	}
	return b.String()
}

func (n *Nation) centre(ctx context.Context, c Config, a *roster.Authority, code id.Centre) error {
	dir := filepath.Join(c.Dir, "boxes", string(code))
	secret, err := identity(dir, a, code)
	if err != nil {
		return err
	}
	b := &Box{Dir: dir, Centre: code, TLS: secret, Pace: c.Pace, People: c.People, DialMax: dialMax, Liar: c.Liar, Log: quiet()}
	centre := Centre{Box: b}
	if c.Lab == nil {
		err = centre.behindRelays(n.Nodes)
	} else {
		centre.Line, err = n.atSwitch(ctx, c.Lab, b)
	}
	if err != nil {
		return err
	}
	if c.Children {
		centre.Child = b.process(filepath.Join(c.Bin, "markaz-sim"), centre.Line, c.Log)
	}
	n.Centres = append(n.Centres, centre)
	return nil
}

func identity(dir string, a *roster.Authority, code id.Centre) (*tls.Config, error) {
	pair, err := a.IssueBox(code, time.Now())
	if err != nil {
		return nil, err
	}
	secrets := filepath.Join(dir, tlsName)
	if err := errors.Join(os.MkdirAll(dir, 0o700), a.SaveBox(secrets, pair)); err != nil {
		return nil, err
	}
	return roster.ClientTLS(secrets, hqName, roster.MachineClock)
}

func (c *Centre) behindRelays(nodes []*Node) error {
	for _, node := range nodes {
		r, err := cable.Listen("127.0.0.1:0", node.road)
		if err != nil {
			return err
		}
		c.relay = append(c.relay, r)
		c.Addresses = append(c.Addresses, r.Address())
	}
	c.Line = c.relay
	return nil
}

func (n *Nation) atSwitch(ctx context.Context, l *lab.Lab, b *Box) (*lab.Host, error) {
	for _, node := range n.Nodes {
		b.Addresses = append(b.Addresses, node.road)
	}
	return l.Add(ctx)
}

// Run runs headquarters, lines and boxes until the context ends, boxes first to end.
func (n *Nation) Run(ctx context.Context) error {
	below, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	inner, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var base, boxes sync.WaitGroup
	for _, node := range n.Nodes {
		base.Go(func() { fail(node.Process.Run(below)) })
	}
	for _, c := range n.Centres {
		base.Go(func() { fail(c.relayWhile(below)) })
		boxes.Go(func() { fail(c.run(inner)) })
	}
	boxes.Wait()
	stop()
	base.Wait()
	if err := context.Cause(inner); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

func (c Centre) relayWhile(ctx context.Context) error {
	if c.relay == nil {
		<-ctx.Done()
		return nil
	}
	return c.relay.Run(ctx)
}

func (c Centre) run(ctx context.Context) error {
	if c.Child != nil {
		return c.Child.Run(ctx)
	}
	return c.Box.Run(ctx)
}

// State is how the road stands; false before anything is known.
func (c Centre) State() (uplink.State, bool) {
	if c.Child != nil {
		return c.told()
	}
	return c.Box.State()
}

// CloseDoors keeps people from coming; what waits is still sent.
func (c Centre) CloseDoors() error {
	if c.Child != nil {
		return c.tellClosed()
	}
	c.Box.CloseDoors()
	return nil
}

// Close lets go of PostgreSQL, when everything was judged.
func (n *Nation) Close() error {
	if n.store == nil {
		return nil
	}
	return n.store.server.Close()
}

// Judge compares everything, when Run has ended.
func (n *Nation) Judge(ctx context.Context) (Verdict, error) {
	boxes, archives := map[id.Centre]string{}, []string{}
	for _, c := range n.Centres {
		boxes[c.Centre] = c.Dir
	}
	for _, node := range n.Nodes {
		archives = append(archives, node.Archive())
	}
	return Judge(ctx, boxes, archives)
}

// Standing is how far all centres are together.
type Standing struct {
	Linked       int
	Head, Behind uint64
}

// Standing sums up what the boxes know.
func (n *Nation) Standing() (s Standing) {
	for _, c := range n.Centres {
		state, _ := c.State()
		s.Head += state.Head.Seq
		s.Behind += state.Behind
		if state.Up {
			s.Linked++
		}
	}
	return s
}
