package boxtest_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"markaz.example/edge/box"
	"markaz.example/edge/boxtest"
	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/sync/archive"
	"markaz.example/sync/enrol"
	"markaz.example/sync/fleet"
	"markaz.example/sync/hq"
	"markaz.example/sync/registrar"
)

var heads = flag.Int("heads", 1, "how many random mixes of backups, clones and old files TestHeads plays")

const neighbour = `
[[centre]]
code = "LHE-02"
name = "Lahore Johar Town"
name_ur = "لاہور جوہر ٹاؤن"
district = "Lahore"
`

// pair is a headquarters with two centres: ISB-01, whose disks are meddled with, and LHE-02, which is to notice nothing.
type pair struct {
	*seat
	config box.Config // of ISB-01's box, as it is now
	beside *boxtest.Box
	calm   func() // ends the neighbour's traffic
}

func newPair(t testing.TB) *pair {
	t.Helper()
	p := &pair{seat: newSeatOf(t, listed+neighbour)}
	p.config = p.bare(t)
	p.admit(t, p.config)
	p.fill(t, 16)

	other := p.bare(t)
	other.Centre.Code = "LHE-02"
	p.admit(t, other)
	fill(t, other, 16)
	p.beside = &boxtest.Box{Config: other}
	p.beside.Up(t)
	p.calm = boxtest.Run(t, func(ctx context.Context) error {
		for pace := time.NewTicker(50 * time.Millisecond); ctx.Err() == nil; <-pace.C {
			press(t, p.beside)
		}
		return nil
	})
	return p
}

// press is somebody at a kiosk.
func press(t testing.TB, b *boxtest.Box) {
	r, err := b.Browser().PostForm(b.URL("/kiosk"), url.Values{"k": {"1"}, "lang": {"ur"}, "service": {"kafaalat"}})
	if err != nil {
		t.Error(err)
		return
	}
	r.Body.Close()
}

// bare is the configuration of a new machine.
func (p *pair) bare(t testing.TB) box.Config {
	c := boxtest.Config(t.TempDir())
	c.Devices = nil
	p.place(&c, t.TempDir())
	return c
}

// admit is a person's act: a code, read out and typed.
func (p *pair) admit(t testing.TB, c box.Config) {
	t.Helper()
	var given registrar.Issued
	persist(t, "a code", func() error {
		return p.call(t, hq.VerbEnrol, registrar.Order{Centre: c.Centre.Code, By: "test"}, &given)
	})
	code, err := enrol.ParseCode(given.Code)
	if err != nil {
		t.Fatal(err)
	}
	enrolled(t, c, box.Enrolment{Code: code})
}

func fileOf(c box.Config) string { return filepath.Join(c.Data, "ledger.db") }

func (p *pair) fill(t testing.TB, visits int) { t.Helper(); fill(t, p.config, visits) }

// send lets the box run until headquarters holds its chain up to what it had, and stops it.
func (p *pair) send(t testing.TB) {
	t.Helper()
	in, head := headOf(t, p.config)
	b := &boxtest.Box{Config: p.config}
	b.Up(t)
	b.Await(t, "headquarters to hold "+in.String(), func() bool { press(t, b); return p.held(t, in) > head })
	b.Down()
}

// held is how far headquarters holds a chain.
func (p *pair) held(t testing.TB, in chain.Incarnation) uint64 {
	t.Helper()
	var out registrar.Standing
	if err := p.call(t, hq.VerbCentre, hq.CentreQuestion{Centre: in.Centre}, &out); err != nil {
		t.Fatal(err)
	}
	for _, c := range out.Chains {
		if c.Chain == in.String() {
			return c.Records
		}
	}
	return 0
}

func headOf(t testing.TB, c box.Config) (chain.Incarnation, uint64) {
	t.Helper()
	l, err := ledger.OpenReadOnly(fileOf(c), box.Books())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Incarnation(), l.Acknowledged().Seq
}

// outrun is a backup that box and headquarters have gone on from since.
func (p *pair) outrun(t *testing.T) (dir string) {
	t.Helper()
	p.send(t)
	dir = p.backup(t)
	p.fill(t, 16)
	p.send(t)
	return dir
}

// backup is a copy of the ledger of a box that is down, and its key in the clear, as an unpacked backup has it.
func (p *pair) backup(t testing.TB) (dir string) {
	t.Helper()
	dir = t.TempDir()
	key, err := secrets(t, p.config).Drawer("box").Read(filepath.Join(p.config.Data, "box.key"))
	records, err2 := os.ReadFile(fileOf(p.config))
	if err = errors.Join(err, err2); err == nil {
		err = errors.Join(os.WriteFile(filepath.Join(dir, "box.key"), key, 0o600), os.WriteFile(filepath.Join(dir, "ledger.db"), records, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// again is a copy of a backup.
func (p *pair) again(t testing.TB, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// putBack is a new machine with a backup on it, not enrolled yet.
func (p *pair) putBack(t testing.TB, dir string) ledger.Handover {
	t.Helper()
	p.config = p.bare(t)
	h, err := box.PutBack(t.Context(), p.config, quietly(t), dir, "the disk died", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(p.config.Data, "box.key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the restored key lies in the clear: %v", err)
	}
	return h
}

// swap puts a backup's ledger into the place of the present one, as a hand does that means well. The box does not go on
// with it by itself, if it is an older one.
func (p *pair) swap(t testing.TB, dir string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "ledger.db"))
	if err == nil {
		err = os.WriteFile(fileOf(p.config), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(fileOf(p.config), ledger.Options{Books: box.Books(), Software: "markaz test"})
	if err == nil {
		t.Error("the head went back, and the box goes on", l.Close())
	}
	if !errors.Is(err, ledger.ErrBehind) && !errors.Is(err, ledger.ErrOther) {
		t.Errorf("an older file: %v", err)
	}
}

// clone is a second machine with a copy of the box's disk, as it was at a backup: the same keys, the same certificate.
func (p *pair) clone(t testing.TB, dir string) {
	t.Helper()
	const keys = "strongbox"
	if err := os.CopyFS(filepath.Join(dir, keys), os.DirFS(filepath.Join(p.config.Data, keys))); err != nil {
		t.Fatal(err)
	}
	p.config.Data = dir
}

func (p *pair) goOn(t testing.TB) ledger.Handover {
	t.Helper()
	h, err := box.GoOn(p.config, "an older file lay here")
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (p *pair) centre(code id.Centre) fleet.Centre {
	for _, c := range p.Fleet().Report().Centres {
		if c.Code == code {
			return c
		}
	}
	return fleet.Centre{}
}

// judge stops everything and looks: headquarters' archive is whole, no record is in it twice, it has the box's chain to its end
// and whatever that goes on after, the neighbour's is complete, and the box's views are the same when made anew.
func (p *pair) judge(t testing.TB) (faults []string) {
	t.Helper()
	p.calm()
	p.beside.Down()
	in, head := headOf(t, p.beside.Config)
	p.beside.Up(t)
	p.beside.Await(t, "the neighbour's records", func() bool { return p.held(t, in) > head })
	p.beside.Down()
	p.down()
	a, err := archive.OpenReadOnly(hq.ArchivePath(p.seat.config))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.Verify(t.Context(), nil); err != nil {
		faults = append(faults, err.Error())
	}
	faults = append(faults, twice(a)...)
	faults = append(faults, lacks(t, a, p.config)...)
	faults = append(faults, lacks(t, a, p.beside.Config)...)
	_, before := state(t, fileOf(p.config))
	if _, err := ledger.RebuildFile(t.Context(), fileOf(p.config), box.Books(), nil); err != nil {
		faults = append(faults, err.Error())
	}
	if _, after := state(t, fileOf(p.config)); after != before {
		faults = append(faults, "views made anew differ")
	}
	return faults
}

// twice names records that headquarters took as two.
func twice(a *archive.Archive) (faults []string) {
	seen := map[[32]byte]string{}
	for _, c := range a.Chains() {
		for s, err := range a.Records(c.Incarnation, 0) {
			if err != nil {
				return append(faults, err.Error())
			}
			sum := sha256.Sum256(append([]byte(c.Incarnation.Centre), s.Bytes...))
			if where, ok := seen[sum]; ok {
				return append(faults, fmt.Sprintf("record %d of %s is in %s too", s.At.Seq, c.Incarnation, where))
			}
			seen[sum] = c.Incarnation.String()
		}
	}
	return faults
}

// lacks names what headquarters does not have of a closed ledger.
func lacks(t testing.TB, a *archive.Archive, c box.Config) (faults []string) {
	t.Helper()
	l, err := ledger.OpenReadOnly(fileOf(c), box.Books())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, before := range l.Ancestors() {
		if !onSomeStrand(a, before.In, before.End) {
			faults = append(faults, fmt.Sprintf("headquarters lacks %s of %s", before.End, before.In))
		}
	}
	at := l.Confirmed()
	if h, err := a.HashAt(l.Incarnation(), at.Seq); err != nil || h != at.Hash {
		faults = append(faults, fmt.Sprintf("headquarters' record %d of %s is not the box's: %v", at.Seq, l.Incarnation(), err))
	}
	return faults
}

func onSomeStrand(a *archive.Archive, in chain.Incarnation, at chain.Position) bool {
	if h, err := a.HashAt(in, at.Seq); err == nil && h == at.Hash {
		return true
	}
	c, _ := a.Chain(in)
	return slices.ContainsFunc(c.Branches, func(b archive.Branch) bool {
		for s, err := range a.BranchRecords(in, b.Name) {
			if err == nil && s.At == at {
				return true
			}
		}
		return false
	})
}

func report(t testing.TB, faults []string) {
	t.Helper()
	for _, f := range faults {
		t.Error(f)
	}
}

// A backup is put back on a new machine while the centre has gone on: the machine goes on in a new incarnation once a person
// let it, headquarters keeps what the lost one had besides and says how much, and the old disk stays out.
func TestBackupPutBackUnderTraffic(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.send(t)
	dir := p.backup(t)
	p.fill(t, 32)
	p.send(t)
	old, newest := headOf(t, p.config)
	lost := p.config

	h := p.putBack(t, dir)
	if h.From != old || h.End.Seq >= newest || h.To.After != h.End.Seq {
		t.Fatalf("put back %+v; the lost box had %s up to %d", h, old, newest)
	}
	p.fill(t, 32)
	p.admit(t, p.config)
	p.send(t)
	held := p.held(t, old)
	if held <= h.End.Seq || held > newest {
		t.Errorf("headquarters has %s up to %d, the backup ended at %d and the lost box at %d", old, held, h.End.Seq, newest)
	}
	if c := p.centre("ISB-01"); c.Lost != held-h.End.Seq || c.Incarnation != h.To.String() || c.Forks != 0 || c.State == fleet.Forked {
		t.Errorf("the fleet page shows %+v, %d records are lost", c, held-h.End.Seq)
	}
	shutOut(t, p, lost)
	if c := p.centre("LHE-02"); c.State != fleet.Live {
		t.Errorf("the neighbour is %v", c.State)
	}
	report(t, p.judge(t))
}

// shutOut holds that a disk that was replaced does not get in any more.
func shutOut(t testing.TB, p *pair, lost box.Config) {
	t.Helper()
	b := &boxtest.Box{Config: lost}
	b.Up(t)
	defer b.Down()
	b.Await(t, "the old disk to be refused", func() bool {
		return strings.Contains(floorOf(t, b), "No link to headquarters")
	})
}

func floorOf(t testing.TB, b *boxtest.Box) string {
	t.Helper()
	r, err := b.Browser().Get(b.URL("/floor?lang=en"))
	return pageOf(t, r, err)
}

// pageOf is the text of an answer.
func pageOf(t testing.TB, r *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	page, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// What the backup has and headquarters does not is sent first, as the ancestor's.
func TestBackupThatHeadquartersIsBehind(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.send(t)
	p.fill(t, 32)
	dir := p.backup(t)
	p.fill(t, 16)
	h := p.putBack(t, dir)
	p.admit(t, p.config)
	p.send(t)
	if at := p.held(t, h.From); at != h.End.Seq {
		t.Errorf("headquarters has the ancestor up to %d, want %d", at, h.End.Seq)
	}
	report(t, p.judge(t))
}

// An older file lies in the data directory, and a person says so. Nobody is let in as an heir by his own word.
func TestOlderFileGoesOn(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	dir := p.outrun(t)
	p.swap(t, dir)
	h := p.goOn(t)
	b := &boxtest.Box{Config: p.config}
	b.Up(t)
	b.Await(t, "the box to hear that nobody let it in", func() bool { return strings.Contains(floorOf(t, b), "has not yet let this box go on") })
	b.Down()
	if at := p.held(t, h.To); at != 0 {
		t.Errorf("headquarters took %d records of an heir that nobody let in", at)
	}
	p.admit(t, p.config)
	p.send(t)
	report(t, p.judge(t))
}

// A cloned disk: two boxes with one identity. The first greeting of the second shows the fork, both histories are kept, and
// the clone goes on as an heir of its branch once a person let it.
func TestClonedDisk(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	dir := p.outrun(t)
	p.clone(t, dir)
	p.fill(t, 48)
	in, end := headOf(t, p.config)
	b := &boxtest.Box{Config: p.config}
	b.Up(t)
	var forks []archive.Branching
	b.Await(t, "the whole branch to be kept", func() bool {
		forks = nil
		return p.call(t, "/fork/list", hq.ForkQuery{Centre: "ISB-01"}, &forks) == nil && len(forks) == 1 && forks[0].End > end
	})
	b.Await(t, "the centre to be marked", func() bool { return p.centre("ISB-01").State == fleet.Forked })
	b.Down()
	if h := p.goOn(t); h.From != in {
		t.Errorf("it goes on after %s, was %s", h.From, in)
	}
	p.admit(t, p.config)
	p.send(t)
	report(t, p.judge(t))
}

// The control: a box that begins anew with the old records under a new name, as one would without a line of ancestors.
// Headquarters has them twice, and the judge must see it.
func TestHeadsControl(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.send(t)
	dir := p.backup(t)
	l, err := ledger.OpenReadOnly(filepath.Join(dir, "ledger.db"), box.Books())
	if err != nil {
		t.Fatal(err)
	}
	records, err := l.Read(0, 1<<20)
	p.config = p.bare(t)
	naive := chain.Incarnation{Centre: "ISB-01", Nonce: [16]byte{0xad}}
	err = errors.Join(err, l.Close(), os.MkdirAll(p.config.Data, 0o700))
	i, err2 := ledger.Import(fileOf(p.config), naive)
	if err = errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	err = i.Rows(naive.Start(), records)
	if _, err2 := i.Finish(context.Background(), box.Books(), nil); err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	p.admit(t, p.config)
	p.send(t)
	faults := p.judge(t)
	if !slices.ContainsFunc(faults, func(f string) bool { return strings.Contains(f, "is in") }) {
		t.Errorf("records were taken twice, and the judge says %q", faults)
	}
}

// TestHeads plays random mixes: a backup is put back, an older file swapped in, a clone let run, with traffic between.
func TestHeads(t *testing.T) {
	t.Parallel()
	for n := range *heads {
		t.Run(fmt.Sprint(n), func(t *testing.T) { mix(t, uint64(n)) })
	}
}

func mix(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	p := newPair(t)
	copies := []string{p.backup(t)}
	for range 2 + r.IntN(3) {
		p.fill(t, 16*(1+r.IntN(2)))
		if r.IntN(2) == 0 {
			p.send(t)
		}
		if r.IntN(2) == 0 {
			copies = append(copies, p.backup(t))
		}
		dir := copies[r.IntN(len(copies))]
		switch r.IntN(3) {
		case 0:
			p.putBack(t, dir)
		case 1:
			p.fill(t, 16) // so that any backup is older
			p.swap(t, dir)
			p.goOn(t)
		case 2:
			p.clone(t, p.again(t, dir))
			p.fill(t, 16) // before anybody notices
			p.goOn(t)
		}
		p.fill(t, 16)
		p.admit(t, p.config)
		p.send(t)
		copies = append(copies, p.backup(t))
	}
	report(t, p.judge(t))
}

// A centre that went on in new incarnations, once on the chain and once from a clone's branch, is read back from headquarters
// as one history: the new box has the same lineage, records and views, and goes on with it.
func TestASuccessorIsReadBack(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	dir := p.outrun(t)
	p.putBack(t, p.backup(t)) // nothing is lost: the ancestor ends where headquarters has it to end
	p.fill(t, 32)
	p.admit(t, p.config)
	p.send(t)
	p.putBack(t, p.again(t, dir)) // the second heir's ancestor ends inside a batch of the chain
	p.fill(t, 16)
	p.admit(t, p.config)
	p.send(t)
	dir = p.backup(t)
	p.fill(t, 16)
	p.send(t)
	p.clone(t, dir)
	p.fill(t, 32)
	branched(t, p)
	h := p.goOn(t)
	p.admit(t, p.config)
	p.send(t)

	settled(t, p)
	in, _ := headOf(t, p.config)
	head, views := state(t, fileOf(p.config))
	lines := lineageOf(t, p.config)
	if len(lines) != 2 || lines[1].In != h.From {
		t.Fatalf("the box goes on after %v", lines)
	}
	c := p.bare(t)
	p.enrol(t, c, true)
	got, at, err := box.Restore(t.Context(), c, quietly(t), box.Telling{})
	if err != nil || got != in || at != head {
		t.Fatalf("read back %s up to %s, %v; the lost box had %s up to %s", got, at, err, in, head)
	}
	if again, same := state(t, fileOf(c)); again != head || same != views {
		t.Errorf("the new ledger ends at %s, the lost one at %s; the same views: %v", again, head, same == views)
	}
	if got := lineageOf(t, c); !slices.Equal(got, lines) {
		t.Errorf("it goes on after %v, the lost one after %v", got, lines)
	}
	p.config = c
	p.fill(t, 16)
	p.send(t)
	report(t, p.judge(t))
}

// branched lets a clone run until headquarters keeps all that it had as a branch.
func branched(t testing.TB, p *pair) {
	t.Helper()
	_, end := headOf(t, p.config)
	b := &boxtest.Box{Config: p.config}
	b.Up(t)
	b.Await(t, "the whole branch to be kept", func() bool {
		var forks []archive.Branching
		err := p.call(t, "/fork/list", hq.ForkQuery{Centre: "ISB-01"}, &forks)
		return err == nil && slices.ContainsFunc(forks, func(f archive.Branching) bool { return f.End > end })
	})
	b.Down()
}

// settled lets the box run, and nobody come, until headquarters holds all that is in its file.
func settled(t testing.TB, p *pair) {
	t.Helper()
	for range 10 {
		in, head := headOf(t, p.config)
		if p.held(t, in) == head {
			return
		}
		b := &boxtest.Box{Config: p.config}
		b.Up(t)
		b.Await(t, "the record of the start to be held", func() bool { return p.held(t, in) > head })
		b.Down()
	}
	t.Fatal("the box stopped before its last records were sent, again and again")
}

// lineageOf is what a closed ledger goes on after, without what it knows of headquarters: a box made anew knows better.
func lineageOf(t testing.TB, c box.Config) (out []ledger.Ancestor) {
	t.Helper()
	l, err := ledger.OpenReadOnly(fileOf(c), box.Books())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	out = l.Ancestors()
	for i := range out {
		out[i].Held = 0
	}
	return out
}
