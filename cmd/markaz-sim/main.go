// Command markaz-sim plays a centre: simulated devices around the real box and the real headquarters.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"markaz.example/cmd/markaz-sim/chaos"
	"markaz.example/cmd/markaz-sim/crowd"
	"markaz.example/cmd/markaz-sim/day"
	"markaz.example/cmd/markaz-sim/hostile"
	"markaz.example/cmd/markaz-sim/lab"
	"markaz.example/cmd/markaz-sim/nation"
	"markaz.example/cmd/markaz-sim/play"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/cmd/markaz-sim/year"
	"markaz.example/edge/id"
)

type commands struct {
	Play    playCmd      `cmd:"" help:"Run a centre that can be played with in a browser."`
	Day     dayCmd       `cmd:"" help:"Play a scripted day with faults, and compare every count."`
	Crowd   crowdCmd     `cmd:"" help:"Fill a hall, press at a steady rate, and time each press until every screen shows it."`
	HQ3     hq3Cmd       `cmd:"" name:"hq3" help:"Run three headquarters nodes as one group, until Ctrl-C; the next run goes on with them."`
	Device  deviceCmd    `cmd:"" help:"Run one simulated device by itself, to try a driver or a configuration with."`
	OneBox  oneBoxCmd    `cmd:"" hidden:""`
	Fleet   fleetCmd     `cmd:"" help:"Run 154 centres on this machine, half of them cut off for a day, and compare every record."`
	Sync    chaosSyncCmd `cmd:"" name:"chaos-sync" help:"Harm boxes, nodes and lines at random, and compare every record."`
	Year    yearCmd      `cmd:"" help:"Play a generated year of one centre through its queue, and judge the promised waits."`
	Hostile hostileCmd   `cmd:"" help:"Let a hundred strangers of every kind loose on a box beside a working floor, and compare."`
	Crew    crewCmd      `cmd:"" name:"hostile-crew" hidden:""`
	Chaos   chaosCmd     `cmd:"" name:"chaos-print" help:"Print with a fault at a random byte of every paper, and count the papers."`
	Theft   theftCmd     `cmd:"" help:"Play a day, steal disk, logs and core, and look for everybody in them."`
	Robbed  carelessCmd  `cmd:"" name:"careless" hidden:""`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	line := kong.Parse(&commands{}, kong.Name("markaz-sim"),
		kong.Description("Simulated devices and a simulated day for markaz. Every person and number is made up."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	line.FatalIfErrorf(line.Run())
}

type playCmd struct {
	Dir      string  `default:"run" type:"path" help:"Everything of the centre is kept here; delete it to begin anew."`
	Profiles string  `default:"firmware-configs" type:"existingdir" help:"Device profiles."`
	Clips    string  `default:"clips" type:"path" help:"Clips of the voice; nobody is called aloud when they are not there."`
	Port     int     `default:"8300" help:"Of the page that shows everything. The box, headquarters and the desks take the next three."`
	Speed    float64 `default:"3" help:"Devices are so many times quicker than real ones."`
}

// Run plays until Ctrl-C.
func (c playCmd) Run(ctx context.Context) error {
	bin, err := programs()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", c.Port))
	if err != nil {
		return fmt.Errorf("%w: is another play running? choose another --port", err)
	}
	s, err := stage.SetUp(ctx, stage.Config{
		Dir: c.Dir, Bin: bin, Profiles: c.Profiles, Clips: c.Clips, Full: true, Fast: c.Speed, Log: slog.Default(),
		BoxPort: c.Port + 1, PagePort: c.Port + 2, DesksPort: c.Port + 3, FramePort: c.Port,
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	page := &play.Page{Stage: s, Addresses: play.Addresses(s)}
	go announce(ctx, s, c.Port)
	return both(ctx, s.Run, func(ctx context.Context) error { return page.Serve(ctx, l) })
}

type dayCmd struct {
	Visits int    `default:"600" help:"How many people come."`
	Seed   uint64 `default:"1" help:"Of who wants what."`
	alone
}

// Run plays the day; it fails when any two counts differ.
func (c dayCmd) Run(ctx context.Context) error {
	return c.onStage(ctx, stage.Config{Fast: unpaced}, func(s *stage.Stage) error {
		d := &day.Day{Stage: s, Visits: c.Visits, Seed: c.Seed, Out: os.Stdout}
		return d.Run(ctx)
	})
}

type crowdCmd struct {
	Screens int           `default:"8" help:"Hall screens."`
	Phones  int           `default:"300" help:"People who wait, each with a phone that watches."`
	Rate    float64       `default:"20" help:"Presses a second: one in four at a kiosk, the others at the desks."`
	For     time.Duration `default:"10m" help:"How long."`
	alone
}

// Run presses; it fails when a press did not come to every screen, or a bar was missed.
func (c crowdCmd) Run(ctx context.Context) error {
	return c.onStage(ctx, stage.Config{Fast: unpaced}, func(s *stage.Stage) error {
		run := &crowd.Crowd{Stage: s, Desks: stage.Desks(), Screens: c.Screens, Phones: c.Phones, Rate: c.Rate, For: c.For, Out: os.Stdout}
		return run.Run(ctx)
	})
}

type hostileCmd struct {
	Each int           `default:"100" help:"Strangers of every kind."`
	For  time.Duration `default:"30s" help:"How long, with and without them in turn."`
	Only string        `help:"One kind, as the report names it."`
	alone
}

// Run plays; it fails when a bar was missed.
func (c hostileCmd) Run(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return c.onStage(ctx, stage.Config{Fast: unpaced, Own: hostile.Network}, func(s *stage.Stage) error {
		run := &hostile.Run{Stage: s, Self: self, Each: c.Each, Only: c.Only, For: c.For, Out: os.Stdout}
		return run.Play(ctx)
	})
}

type crewCmd struct {
	Public, Desks, Root, Only string
	Each                      int
	For                       time.Duration
}

// Run is the crew. It prints what came of it.
func (c crewCmd) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.For)
	defer cancel()
	crew := &hostile.Crew{Public: c.Public, Desks: c.Desks, Root: c.Root, Each: c.Each, Only: c.Only}
	crew.Run(ctx)
	return json.NewEncoder(os.Stdout).Encode(crew.Tally())
}

type yearCmd struct {
	World string `default:"usual" enum:"usual,heavy" help:"How much the centre has to do: usual or heavy."`
	Days  int    `default:"300" help:"How many business days."`
	Seed  uint64 `default:"1" help:"Of everything that is drawn."`
	Every int    `default:"40" help:"A promise is made and judged for one stop of so many."`
	Blind bool   `help:"The control: an estimator that overlooks desks."`
}

// Run plays the year and prints its figures.
func (c yearCmd) Run(ctx context.Context) error {
	worlds := year.Worlds()
	world := worlds[slices.IndexFunc(worlds, func(w year.World) bool { return w.Name == c.World })]
	r, err := year.Year{World: world, Days: c.Days, Seed: c.Seed, Every: c.Every, Blind: c.Blind}.Run(ctx)
	if err != nil {
		return err
	}
	r.Print(os.Stdout)
	return nil
}

type chaosCmd struct {
	Jobs int    `default:"1000" help:"How many papers are printed, a fault at a random byte of each."`
	Seed uint64 `help:"Of the faults and their bytes; 0 draws one."`
	Only string `help:"One kind of fault, as the report names it."`
	Liar bool   `help:"The control: the printer answers before it prints, and the run must fail."`
	alone
}

// Run prints; it fails when a paper is lost, or printed twice without the word for it.
func (c chaosCmd) Run(ctx context.Context) error {
	if c.Seed == 0 {
		c.Seed = rand.Uint64()
	}
	return c.onStage(ctx, stage.Config{Fast: chaos.Speed, Baud: chaos.Baud}, func(s *stage.Stage) error {
		run := &chaos.Chaos{Stage: s, Jobs: c.Jobs, Seed: c.Seed, Out: os.Stdout, Only: c.Only, Liar: c.Liar}
		return run.Run(ctx)
	})
}

type fleetCmd struct {
	Number int           `short:"n" default:"154" help:"How many centres, each in a district of its own."`
	Day    time.Duration `default:"3m" help:"How long a day of 24 hours takes here."`
	Nodes  int           `default:"1" help:"Of headquarters: 1, 3 or 5."`
	People int           `default:"60" help:"How many come to each centre in a day."`
	Keep   string        `type:"path" placeholder:"DIR" help:"Leave data and logs in this new directory."`
}

// Run plays the day; it fails when headquarters lacks anything.
func (c fleetCmd) Run(ctx context.Context) error {
	bin, err := programs()
	if err != nil {
		return err
	}
	return inDir(c.Keep, func(dir string) error {
		n, err := nation.SetUp(ctx, nation.Config{
			Dir: dir, Bin: bin, Count: c.Number, Nodes: c.Nodes, Pace: float64(24*time.Hour) / float64(c.Day), People: c.People, Log: slog.Default(),
		})
		if err != nil {
			return err
		}
		d := &nation.Day{Nation: n, Length: c.Day, Out: os.Stdout}
		return d.Run(ctx)
	})
}

type chaosSyncCmd struct {
	Centres int           `default:"8" help:"How many boxes."`
	Nodes   int           `default:"3" help:"Of headquarters."`
	Seed    uint64        `help:"Of what is harmed and when; 0 draws one."`
	For     time.Duration `default:"10m" help:"How long there is harm."`
	Relay   bool          `help:"Through relays on loopback, even where network namespaces can be made."`
	Liar    bool          `help:"The control: boxes say that a record is saved before it is, and the run must fail."`
	Keep    string        `type:"path" placeholder:"DIR" help:"Leave data and logs in this new directory."`
}

// Run harms and judges; it fails when an acknowledged record is lost, doubled or changed.
func (c chaosSyncCmd) Run(ctx context.Context) error {
	bin, err := programs()
	if err != nil {
		return err
	}
	if c.Seed == 0 {
		c.Seed = rand.Uint64()
	}
	return inDir(c.Keep, func(dir string) (err error) {
		config := nation.Config{
			Dir: dir, Bin: bin, Count: c.Centres, Nodes: c.Nodes, Children: true, Liar: c.Liar, Store: true, Pace: 400, People: 600,
			Log: slog.New(slog.DiscardHandler),
		}
		if !c.Relay {
			if config.Lab, err = makeLab(ctx); err != nil {
				return err
			}
		}
		if config.Lab != nil {
			defer func() { err = errors.Join(err, config.Lab.Close()) }()
		}
		n, err := nation.SetUp(ctx, config)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, n.Close()) }()
		run := &nation.Chaos{Nation: n, Seed: c.Seed, Length: c.For, Out: os.Stdout}
		return run.Run(ctx)
	})
}

// makeLab is nil where there can be none, and says so.
func makeLab(ctx context.Context) (*lab.Lab, error) {
	l, err := lab.New(ctx)
	if errors.Is(err, lab.ErrNone) {
		fmt.Printf("%v\nboxes go through relays on loopback instead\n", err)
		return nil, nil
	}
	return l, err
}

type oneBoxCmd struct {
	Dir          string    `arg:"" help:"Of the box."`
	Centre       id.Centre `arg:"" help:"Its code."`
	Headquarters []string  `help:"Addresses of nodes."`
	Pace         float64   `help:"So many times quicker than life."`
	People       int       `help:"That come in a day."`
	Liar         bool      `help:"A control: it says that a record is saved before it is."`
}

// Run is one box of a nation, as a process of its own.
func (c oneBoxCmd) Run(ctx context.Context) error {
	b, err := nation.Alone(c.Dir, c.Centre)
	if err != nil {
		return err
	}
	b.Addresses, b.Pace, b.People, b.Liar = c.Headquarters, c.Pace, c.People, c.Liar
	return b.RunAlone(ctx)
}

// inDir gives a directory that is gone afterwards, unless it is to be kept.
func inDir(keep string, use func(dir string) error) error {
	if keep != "" {
		return use(keep)
	}
	dir, err := os.MkdirTemp("", "markaz-sim-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return use(dir)
}

// alone is a stage that one run has for itself.
type alone struct {
	Profiles string `default:"firmware-configs" type:"existingdir" help:"Device profiles."`
	Keep     string `type:"path" placeholder:"DIR" help:"Leave data and logs in this new directory."`
}

// unpaced is a printer that takes no time, so that a day takes a minute.
var unpaced = math.Inf(1)

// onStage sets a stage up in a directory that is gone afterwards, unless it is to be kept.
func (a alone) onStage(ctx context.Context, c stage.Config, play func(*stage.Stage) error) error {
	bin, err := programs()
	if err != nil {
		return err
	}
	return inDir(a.Keep, func(dir string) error {
		c.Dir, c.Bin, c.Profiles, c.Log = dir, bin, a.Profiles, slog.Default()
		s, err := stage.SetUp(ctx, c)
		if err != nil {
			return err
		}
		return play(s)
	})
}

// programs is the directory of this program: markaz and markaz-hq lie beside it.
func programs() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	dir := filepath.Dir(self)
	for _, name := range []string{"markaz", "markaz-hq"} {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err != nil {
			return "", fmt.Errorf("%w: build it first, with make build", err)
		}
	}
	return dir, nil
}

// announce prints the addresses once everything serves, and opens the page where there is a screen.
func announce(ctx context.Context, s *stage.Stage, port int) {
	if stage.Await(ctx, s.BoxURL("/healthz")) != nil || stage.Await(ctx, s.HQURL("/")) != nil {
		return
	}
	all := fmt.Sprintf("http://127.0.0.1:%d/", port)
	fmt.Printf(`
The centre is open. Everything on one page:

  %s

One by one:
  kiosk         %s
  hall screen   %s
  desk          %s
  floor         %s
  headquarters  %s

Desk and floor are encrypted by a certificate of this centre's own, so a browser warns the first time: go on for this once.

Logs are in %s. Ctrl-C closes the centre; what was recorded is there next time.

`, all, s.BoxURL("/kiosk"), s.BoxURL("/hall"), s.BoxURL("/desk"), s.BoxURL("/floor"), s.HQURL("/"), s.Dir)
	if os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" {
		_ = exec.CommandContext(ctx, "xdg-open", all).Run()
	}
}

// both runs two parts until the context ends or one of them does.
func both(ctx context.Context, a, b func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 2)
	for _, part := range []func(context.Context) error{a, b} {
		go func() { ended <- part(ctx) }()
	}
	err := <-ended
	stop()
	return errors.Join(err, <-ended)
}
