package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write testdata anew")

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// machine is a box's machine that is well, below a directory of the test.
func machine(t *testing.T) Patient {
	t.Helper()
	root := t.TempDir()
	p := Patient{
		Root: root, Software: "markaz test", Now: noon, Config: filepath.Join(root, "box.toml"),
		Data: filepath.Join(root, "data"),
	}
	for path, text := range map[string]string{
		"box.toml": "", "data/ledger.db": "", "data/box.key": "",
		"etc/os-release":                    "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
		"proc/sys/kernel/osrelease":         "6.1.0-28-amd64\n",
		"proc/mounts":                       "/dev/sda2 / ext4 rw,relatime 0 0\n",
		"proc/swaps":                        "Filename Type Size Used Priority\n",
		"sys/class/rtc/rtc0/date":           "2026-11-27\n",
		"sys/class/rtc/rtc0/time":           "12:00:01\n",
		"sys/class/net/eth0/operstate":      "up\n",
		"run/systemd/timesync/synchronized": "",
		"proc/net/route":                    "Iface Destination Gateway Flags RefCnt Use Metric Mask\neth0 00000000 0100000A 0003 0 0 0 00000000 0 0 0\n",
	} {
		write(t, root, path, text)
	}
	p.Live = func(context.Context) (Live, error) {
		return Live{Software: "markaz test", Seq: 10, Confirmed: 10, Grade: "network"}, nil
	}
	return p
}

func write(t testing.TB, root, path, text string) {
	t.Helper()
	path = filepath.Join(root, path)
	err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600))
	if err != nil {
		t.Fatal(err)
	}
}

// TestEachFaultIsFound makes each fault in a machine that was well, and sees it found, with a remedy, by its check, and by no
// other.
func TestEachFaultIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, p *Patient)
		check string
		want  Severity
		says  string
	}{
		"no configuration": {func(_ *testing.T, p *Patient) { p.ConfigErr = os.ErrNotExist }, "configuration", Broken, "there is no"},
		"an unknown key":   {func(_ *testing.T, p *Patient) { p.ConfigErr = errors.New("pritner: there is no such key") }, "configuration", Broken, "pritner"},
		"stopped":          {func(_ *testing.T, p *Patient) { p.Live = nil; p.Ledger = standing(10, 10, noon, nil) }, "box", Warning, "does not run"},
		"silent": {func(_ *testing.T, p *Patient) {
			p.Live = answers(Live{}, errors.New("permission denied"))
			p.Ledger = standing(1, 1, noon, nil)
		}, "box", Broken, "does not answer"},
		"a condition": {func(_ *testing.T, p *Patient) {
			p.Live = answers(Live{Conditions: []Condition{{"printer.paper-out", "printer/hall-1", "critical", "No paper", "Put a roll in"}}}, nil)
		}, "box", Broken, "No paper"},
		"1970": {func(t *testing.T, p *Patient) {
			p.Now = time.Unix(99, 0).UTC()
			write(t, p.Root, "sys/class/rtc/rtc0/date", "1970-01-01")
			write(t, p.Root, "sys/class/rtc/rtc0/time", "00:01:39")
		}, "clock", Broken, "long past"},
		"no battery clock":  {func(t *testing.T, p *Patient) { remove(t, p, "sys/class/rtc/rtc0/date") }, "clock", Warning, "battery-backed"},
		"battery clock off": {func(t *testing.T, p *Patient) { write(t, p.Root, "sys/class/rtc/rtc0/time", "13:00:00") }, "clock", Warning, "off"},
		"no data directory": {func(_ *testing.T, p *Patient) { p.Data += "-gone" }, "space", Broken, "data directory"},
		"nobarrier":         {mounted("/dev/sda2 / ext4 rw,nobarrier 0 0"), "mounts", Broken, "without barriers"},
		"barrier=0":         {mounted("/dev/sda2 / ext4 rw,barrier=0 0 0"), "mounts", Broken, "without barriers"},
		"writeback":         {mounted("/dev/sda2 / ext4 rw,data=writeback 0 0"), "mounts", Warning, "writeback"},
		"read-only":         {mounted("/dev/sda2 / ext4 ro,relatime 0 0"), "mounts", Broken, "read-only"},
		"tmpfs":             {mounted("tmpfs / tmpfs rw 0 0"), "mounts", Broken, "tmpfs"},
		"overlay":           {mounted("overlay / overlay rw 0 0"), "mounts", Broken, "overlay"},
		"fast commits": {func(t *testing.T, p *Patient) {
			write(t, p.Root, "proc/sys/kernel/osrelease", "5.10.0-8-amd64")
			mounted("/dev/sda2 / ext4 rw,fast_commit 0 0")(t, p)
		}, "mounts", Broken, "fast commits"},
		"stick with exec": {mounted("/dev/sda2 / ext4 rw 0 0\n/dev/sdb1 /media/KEY\\040ONE vfat rw 0 0"), "mounts", Warning, "/media/KEY ONE"},
		"swap": {func(t *testing.T, p *Patient) {
			write(t, p.Root, "proc/swaps", "Filename Type\n/dev/sda3 partition 100 0 -2\n")
		}, "memory", Warning, "not encrypted"},
		"open directory": {func(t *testing.T, p *Patient) { mode(t, p.Data, 0o755) }, "permissions", Warning, "open to other users"},
		"open key":       {func(t *testing.T, p *Patient) { mode(t, filepath.Join(p.Data, "box.key"), 0o644) }, "permissions", Broken, "box.key"},
		"open secret": {func(t *testing.T, p *Patient) {
			write(t, p.Data, "strongbox/bank-hbl.sealed", "")
			mode(t, filepath.Join(p.Data, "strongbox/bank-hbl.sealed"), 0o640)
		}, "permissions", Broken, "bank-hbl.sealed"},
		"open config":  {func(t *testing.T, p *Patient) { mode(t, p.Config, 0o666) }, "permissions", Broken, "can change"},
		"backlog":      {func(_ *testing.T, p *Patient) { p.Live = answers(Live{Seq: 100000, Confirmed: 10}, nil) }, "ledger", Warning, "99990"},
		"pack refused": {serves(Pack{Name: "services", Active: 3, Refused: "version 4 was refused: kind"}), "packs", Warning, "version 4 was refused"},
		"pack offered": {serves(Pack{Name: "services", Active: 3, Offered: 4}), "packs", Warning, "cannot be fetched now"},
		"pack rotten":  {serves(Pack{Name: "services", Active: 3, Fault: "another digest"}), "packs", Warning, "another digest"},
		"no link":      {func(t *testing.T, p *Patient) { write(t, p.Root, "sys/class/net/eth0/operstate", "down") }, "network", Warning, "no network interface"},
		"no device": {func(_ *testing.T, p *Patient) {
			p.Devices = []Device{{Name: "hall-1", Serial: "/dev/markaz/printer-1"}}
		}, "devices", Warning, "hall-1"},
		"a bad profile": {func(_ *testing.T, p *Patient) {
			p.Devices = []Device{{Name: "hall-1", Err: errors.New("no such profile")}}
		}, "devices", Broken, "no such profile"},
		"no USB program": {func(_ *testing.T, p *Patient) { p.USB = filepath.Join(p.Root, "usb.sock") }, "devices", Broken, "USB"},
		"a unit fell": {func(_ *testing.T, p *Patient) {
			p.Units = func(context.Context, string) (string, error) { return "failed", nil }
		}, "units", Broken, "has failed"},
	} {
		t.Run(name, func(t *testing.T) {
			p := machine(t)
			c.spoil(t, &p)
			seen := false
			for _, f := range Examine(t.Context(), p, withoutTimes(Checks())) {
				if f.Severity != Well && f.Remedy == "" {
					t.Errorf("no remedy: %+v", f)
				}
				seen = seen || f.Check == c.check && f.Severity == c.want && strings.Contains(f.What, c.says)
				if f.Severity != Well && f.Check != c.check && c.check != "box" {
					t.Errorf("%s also finds: %+v", f.Check, f)
				}
			}
			if !seen {
				t.Errorf("%s does not find it", c.check)
			}
		})
	}
}

// withoutTimes leaves out the check that times the test's own disk.
func withoutTimes(all []Check) (out []Check) {
	for _, c := range all {
		if c.Name != "sync" {
			out = append(out, c)
		}
	}
	return out
}

func answers(l Live, err error) func(context.Context) (Live, error) {
	return func(context.Context) (Live, error) { return l, err }
}

// serves is a running box with packs, whose line is down.
func serves(all ...Pack) func(*testing.T, *Patient) {
	return func(_ *testing.T, p *Patient) { p.Live = answers(Live{Packs: all}, nil) }
}

func standing(head, confirmed uint64, last time.Time, err error) func(context.Context) (Standing, error) {
	return func(context.Context) (Standing, error) {
		return Standing{Head: head, Confirmed: confirmed, Last: last, Whole: err == nil}, err
	}
}

func mounted(lines string) func(*testing.T, *Patient) {
	return func(t *testing.T, p *Patient) { write(t, p.Root, "proc/mounts", lines+"\n") }
}

func remove(t *testing.T, p *Patient, path string) {
	if err := os.Remove(filepath.Join(p.Root, path)); err != nil {
		t.Fatal(err)
	}
}

func mode(t *testing.T, path string, m os.FileMode) {
	if err := os.Chmod(path, m); err != nil {
		t.Fatal(err)
	}
}

// TestWellIsWell is the control: nothing is found in a machine that has nothing.
func TestWellIsWell(t *testing.T) {
	for _, f := range Examine(t.Context(), machine(t), withoutTimes(Checks())) {
		if f.Severity != Well {
			t.Errorf("%+v", f)
		}
	}
}

func TestStoppedLedger(t *testing.T) {
	for name, c := range map[string]struct {
		p    func(*Patient)
		want Severity
		says string
	}{
		"sound":      {func(p *Patient) { p.Ledger = standing(10, 10, noon, nil) }, Well, "10 records"},
		"broken":     {func(p *Patient) { p.Ledger = standing(0, 0, noon, errors.New("record 7")) }, Broken, "record 7"},
		"from later": {func(p *Patient) { p.Ledger = standing(10, 10, noon.Add(time.Hour), nil) }, Warning, "1h0m0s after"},
		"set back": {func(p *Patient) {
			p.Ledger = func(context.Context) (Standing, error) {
				return Standing{Head: 10, Confirmed: 10, Witnessed: 12, Last: noon}, nil
			}
		}, Broken, "had written record 12"},
		"gone":        {func(p *Patient) { _ = os.Remove(filepath.Join(p.Data, "ledger.db")) }, Broken, "is gone"},
		"not yet one": {func(p *Patient) { _ = os.RemoveAll(p.Data) }, Well, "no ledger yet"},
	} {
		p := machine(t)
		p.Live = nil
		c.p(&p)
		seen := false
		for _, f := range ledger(t.Context(), p) {
			seen = seen || f.Severity == c.want && strings.Contains(f.What, c.says)
		}
		if !seen {
			t.Errorf("%s: %+v", name, ledger(t.Context(), p))
		}
	}
}

func TestStoppedPacks(t *testing.T) {
	for name, c := range map[string]struct {
		all  []Pack
		err  error
		want Severity
		says string
	}{
		"none":      {nil, nil, Well, "no pack"},
		"in use":    {[]Pack{{Name: "services", Active: 3}}, nil, Well, "version 3 is in use"},
		"no file":   {[]Pack{{Name: "services", Active: 3, Fault: "no such file"}}, nil, Warning, "no such file"},
		"no ledger": {nil, ErrNoLedger, Well, ""},
		"unknown":   {nil, errors.New("not a ledger"), Warning, "not a ledger"},
	} {
		p := machine(t)
		p.Live = nil
		p.Packs = func(context.Context) ([]Pack, error) { return c.all, c.err }
		found := packs(t.Context(), p)
		if Worst(found) != c.want || c.says != "" && (len(found) == 0 || !strings.Contains(found[0].What, c.says)) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func TestStoppedVault(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		want  Severity
	}{
		"sealed":       {[]string{"vault/vault.db", "vault/vault.key.sealed", "strongbox/lock.json"}, Well},
		"in the clear": {[]string{"vault/vault.db", "vault/vault.key"}, Warning},
		"key beside":   {[]string{"vault/vault.db", "vault/vault.key.sealed", "strongbox/open.key"}, Warning},
		"credential":   {[]string{"vault/vault.db"}, Well},
		"none yet":     {nil, Well},
	} {
		p := machine(t)
		p.Live, p.Registers, p.Vault = nil, true, filepath.Join(p.Data, "vault")
		for _, f := range c.files {
			write(t, p.Data, f, "")
		}
		if got := Worst(vault(t.Context(), p)); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// A drive that answers faster than any drive can is named; a real one is not.
func TestLyingDriveIsNamed(t *testing.T) {
	for took, want := range map[time.Duration]Severity{
		5 * time.Microsecond: Warning, 49 * time.Microsecond: Warning, 120 * time.Microsecond: Well, 4 * time.Millisecond: Well,
	} {
		if f := honest(took); f[0].Severity != want {
			t.Errorf("%s: %+v", took, f)
		}
	}
	dir := t.TempDir()
	took, err := syncs(t.Context(), dir)
	if err != nil || len(took) != probes {
		t.Errorf("%d probes, %v", len(took), err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

func TestSpace(t *testing.T) {
	for free, want := range map[int64]Severity{10 << 20: Broken, 1 << 30: Warning, 40 << 30: Well} {
		if f := spaceOf(free, 1000, "/var/lib/markaz"); f[0].Severity != want {
			t.Errorf("%d: %+v", free, f)
		}
	}
}

// A check that falls is a finding, and so is one that hangs.
func TestACheckThatFalls(t *testing.T) {
	got := Examine(t.Context(), Patient{}, []Check{{"x", func(context.Context, Patient) []Finding { panic("no") }}})
	if len(got) != 1 || got[0].Severity != Broken || got[0].Check != "x" {
		t.Errorf("got %+v", got)
	}
}

// TestPrint holds the words that a technician reads, as text and as JSON.
func TestPrint(t *testing.T) {
	found := []Finding{
		{"space", Well, "44 GB are free in /var/lib/markaz", ""},
		{"mounts", Broken, "/ is mounted without barriers: a power cut loses what was saved", "take nobarrier out of /etc/fstab"},
		{"mounts", Warning, "programs could be started from the stick at /media/KEY", "mount it anew with noexec,nodev,nosuid"},
	}
	var b strings.Builder
	if err := Print(&b, found); err != nil {
		t.Fatal(err)
	}
	j, err := json.MarshalIndent(found, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "print.txt", b.String()+string(j)+"\n")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		write(t, "testdata", name, got)
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("got\n%s\nwant\n%s\n%v; go test -update writes it anew", got, want, err)
	}
}

func listener(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}
