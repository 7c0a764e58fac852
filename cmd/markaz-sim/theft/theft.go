package theft

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/cmd/markaz-sim/theft/seek"
	"markaz.example/devices/finger/synth"
	"markaz.example/edge/aead"
)

// ErrTold is reported when the loot tells something; ErrBlind when a control does not find what is there.
var (
	ErrTold  = errors.New("what was stolen tells")
	ErrBlind = errors.New("a control did not find what is there: nothing is proven")
)

// Config is a theft.
type Config struct {
	Dir      string   // an empty one
	Bin      string   // of markaz and markaz-hq
	Unsealed string   // of the same, built to seal nothing: the control
	Profiles string   // of devices
	Families int      // how many are registered
	Seed     uint64   // of who they are
	Fast     float64  // devices are so many times quicker than real ones
	Careless []string // a command that calls Careless with its standard input: the control of the core
	Out      io.Writer
	Log      *slog.Logger
}

// passphrase is what nobody guesses who has read this file; the box is anybody's.
const passphrase = "lantern orchard pebble monsoon"

// theft is one that is under way.
type theft struct {
	Config
	disk     disk
	stage    *stage.Stage
	families []family
}

// Run plays the day, steals and looks; then it does the same with programs that seal nothing. It reports ErrTold and ErrBlind.
func Run(ctx context.Context, c Config) error {
	if err := c.at("sealed").with(ctx, (*theft).judge); err != nil {
		return err
	}
	if err := os.Setenv(aead.Admission, "control"); err != nil {
		return err
	}
	control := c.at("unsealed")
	control.Bin = c.Unsealed
	if err := control.with(ctx, (*theft).judgeUnsealed); err != nil {
		return fmt.Errorf("the control, with sealing off: %w", err)
	}
	return c.judgeCareless(ctx)
}

// at is the same theft in a directory below.
func (c Config) at(name string) Config {
	c.Dir = filepath.Join(c.Dir, name)
	return c
}

// with plays the day and judges what is left of it.
func (c Config) with(ctx context.Context, judge func(*theft, context.Context) error) (err error) {
	t := &theft{Config: c, families: families(c.Seed, c.Families)}
	if t.disk, err = newDisk(c.Dir); err != nil {
		return err
	}
	if !t.disk.Whole() {
		c.say("no file system in a file can be mounted here: free space is not looked at")
	}
	if err := t.day(ctx); err != nil {
		return errors.Join(err, t.disk.leave())
	}
	return judge(t, ctx)
}

func (c Config) say(format string, args ...any) { fmt.Fprintf(c.Out, format+"\n", args...) }

// day is everything up to the crash.
func (t *theft) day(ctx context.Context) (err error) {
	if err := allowCores(); err != nil {
		t.say("cores stay forbidden here: %v", err)
	}
	t.stage, err = stage.SetUp(ctx, stage.Config{
		Dir: filepath.Join(t.disk.Dir, "centre"), Bin: t.Bin, Profiles: t.Profiles, Full: true, Fast: t.Fast, Log: t.Log,
	})
	if err != nil {
		return err
	}
	t.stage.Box.Args = append(t.stage.Box.Args, "--debug")
	if err := t.tool(ctx, passphrase+"\n"+passphrase+"\n", "seal", "passphrase"); err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- t.stage.Run(running) }()
	err = t.play(ctx)
	stop()
	return errors.Join(err, <-ended)
}

// tool runs a command of markaz.
func (t *theft) tool(ctx context.Context, typed string, words ...string) error {
	c := exec.CommandContext(ctx, filepath.Join(t.Bin, "markaz"), append(words, "--config", t.config())...)
	c.Stdin = strings.NewReader(typed)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("markaz %s: %w\n%s", strings.Join(words, " "), err, out)
	}
	return nil
}

func (t *theft) config() string { return filepath.Join(t.stage.Dir, "box.toml") }

func (t *theft) play(ctx context.Context) error {
	healthy := t.stage.BoxURL("/healthz")
	if err := stage.Await(ctx, healthy); err != nil {
		return err
	}
	if err := until(ctx, "the door", func() (bool, error) { return t.tool(ctx, passphrase+"\n", "unlock") == nil, nil }); err != nil {
		return err
	}
	if err := stage.Await(ctx, healthy); err != nil {
		return err
	}
	c := newCentre(t.stage)
	start := time.Now()
	for n, f := range t.families {
		if err := errors.Join(c.register(ctx, n, f)); err != nil {
			return err
		}
		if n%4 == 0 {
			if err := c.touch(ctx, n, f); err != nil {
				return err
			}
		}
	}
	t.say("%d families were registered, every fourth showed a finger, in %v", len(t.families), time.Since(start).Round(time.Second))
	return t.crash(ctx)
}

// crash has the kernel end the box as it ends a program that went wrong, cores allowed.
func (t *theft) crash(ctx context.Context) error {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", t.stage.Box.PID()))
	if err != nil {
		return err
	}
	for _, line := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(line, "VmSwap") || strings.HasPrefix(line, "VmLck") {
			t.say("the box's memory: %s", strings.Join(strings.Fields(line), " "))
		}
	}
	t.stage.Box.Hold(true)
	if err := t.stage.Box.Signal(syscall.SIGABRT); err != nil {
		return err
	}
	return until(ctx, "the box to be gone", func() (bool, error) { return !t.stage.Box.Up(), nil })
}

// judge looks through the loot.
func (t *theft) judge(ctx context.Context) error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	left, err := cores(here)
	if err != nil {
		return err
	}
	owner, err := keyed(t.config(), passphrase)
	if err != nil {
		return errors.Join(err, t.disk.leave())
	}
	keys, err := owner.loot()
	dump, err2 := t.dump(ctx)
	if err := errors.Join(err, err2, t.disk.leave()); err != nil {
		return err
	}
	people, prints := secrets(t.families)
	found, err := t.search(seek.New(slices.Concat(people, prints, keys, witnesses())), dump)
	if err != nil {
		return err
	}
	seen := len(found)
	found = slices.DeleteFunc(found, func(f seek.Found) bool { return strings.HasPrefix(f.Secret, witness) })
	if seen-len(found) != len(witnesses()) {
		return fmt.Errorf("%w: the loot is not the day's", ErrBlind)
	}
	for _, f := range found {
		t.say("TOLD: %s, as %s in %s at %d", f.Secret, f.Way, f.Source, f.At)
	}
	for _, core := range left {
		t.say("TOLD: the box left its core: %s", core)
	}
	if len(found)+len(left) > 0 {
		return fmt.Errorf("%w: %d secrets, %d cores", ErrTold, len(found), len(left))
	}
	t.say("%d secrets of people, %d fingers and %d keys of the box: none found", len(people), len(prints), len(keys))
	return nil
}

// judgeUnsealed must find every name and number.
func (t *theft) judgeUnsealed(context.Context) error {
	if err := t.disk.leave(); err != nil {
		return err
	}
	people, _ := secrets(t.families)
	found, err := t.search(seek.New(people), nil)
	if err != nil {
		return err
	}
	t.say("control, the same day with sealing off: %d of %d secrets of people found", len(found), len(people))
	if len(found) != len(people) {
		return fmt.Errorf("%w: %d of %d", ErrBlind, len(found), len(people))
	}
	return nil
}

// witnesses stand in what is stolen and tell nothing: they show that it was looked through.
func witnesses() []seek.Secret {
	return []seek.Secret{
		{Name: witness + "of the disk", Forms: []seek.Form{{Way: "raw", Bytes: []byte("markaz-sealed-1\n")}}},
		{Name: witness + "of the log", Forms: []seek.Form{{Way: "raw", Bytes: []byte(`"msg":"serving"`)}}},
		{Name: witness + "of the records", Forms: []seek.Form{{Way: "raw", Bytes: []byte("person.registered/1")}}},
	}
}

const witness = "witness "

// secrets are those of the people and of their fingers.
func secrets(families []family) (people, prints []seek.Secret) {
	for n, f := range families {
		people = append(people, f.secrets()...)
		if n%4 == 0 {
			prints = append(prints, f.prints(synth.Shape{Width: 256, Height: 288, DPI: 500}))
		}
	}
	return people, prints
}

// dump is every record, out of its compressed columns.
func (t *theft) dump(ctx context.Context) ([]byte, error) {
	c := exec.CommandContext(ctx, filepath.Join(t.Bin, "markaz"), "ledger", "dump", filepath.Join(t.stage.Dir, "box", "ledger.db"))
	return c.Output()
}

// search looks through disk and records. The log of the box and of headquarters are on the disk.
func (t *theft) search(s *seek.Seeker, dump []byte) ([]seek.Found, error) {
	start := time.Now()
	err := errors.Join(t.disk.scan(s), s.Scan("records", bytes.NewReader(dump)))
	t.say("%d byte strings were looked for in %d MiB, %d bytes of records among them, in %v",
		s.Patterns(), s.Bytes>>20, len(dump), time.Since(start).Round(time.Millisecond))
	return s.Found(), err
}

// judgeCareless must find everybody and every finger in the core of a program that conceals nothing.
func (c Config) judgeCareless(ctx context.Context) error {
	if !coresHere() {
		c.say("control of the core: left out, cores of this machine go elsewhere (%s)", corePattern)
		return nil
	}
	people, prints := secrets(families(c.Seed, c.Families))
	all := slices.Concat(people, prints)
	var held []byte
	for _, s := range all {
		held = append(held, s.Forms[0].Bytes...)
	}
	core, err := carelessCore(ctx, c.Careless, c.Dir, held)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBlind, err)
	}
	s := seek.New(all)
	if err := scanFile(s, core); err != nil {
		return err
	}
	c.say("control, the core of a careless program: %d of %d found, fingers among them", len(s.Found()), len(all))
	if len(s.Found()) != len(all) {
		return fmt.Errorf("%w: a core of a careless program, %d of %d", ErrBlind, len(s.Found()), len(all))
	}
	return os.Remove(core)
}
