package arch_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "markaz.example/"

// may lists what each package imports of this module, and which third-party packages. A new arrow is one changed word
// here, and a reviewer sees it. Imports go only downward in the table of ARCHITECTURE.md. Tests may import more.
var may = map[string]string{
	// edge: the box
	"edge/arch":              "",
	"edge/berth":             "",
	"edge/berth/berthtest":   "edge/berth",
	"edge/clock":             "",
	"edge/durable":           "bbolt",
	"edge/disk":              "",
	"edge/patrol":            "edge/durable",
	"edge/witness":           "edge/durable",
	"edge/door":              "",
	"edge/screen":            "",
	"edge/voice":             "edge/id",
	"edge/id":                "",
	"edge/queue":             "edge/id",
	"edge/report":            "edge/id edge/queue",
	"edge/web/browsertest":   "rod",
	"edge/notary":            "edge/durable",
	"edge/web/proof":         "",
	"edge/web/trust":         "edge/notary edge/web/page",
	"edge/web/live":          "edge/web/proof websocket",
	"edge/chain":             "edge/clock edge/id cbor",
	"edge/health":            "edge/clock",
	"edge/measure":           "",
	"edge/chart":             "edge/lms image",
	"edge/lms":               "zstd",
	"edge/lms/remake":        "edge/lms",
	"edge/lms/survey":        "edge/lms",
	"edge/civil":             "",
	"edge/update":            "edge/door edge/durable cbor",
	"edge/book/update":       "edge/chain edge/ledger",
	"edge/watchdog":          "systemd",
	"edge/aead":              "chacha20poly1305",
	"edge/vault":             "edge/aead edge/chain edge/durable bbolt",
	"edge/book/person":       "edge/chain edge/civil edge/id edge/ledger edge/vault",
	"edge/book/booking":      "edge/chain edge/id edge/ledger",
	"edge/web/booking":       "edge/book/booking edge/desk edge/id edge/web/page",
	"edge/book/household":    "edge/chain edge/id edge/ledger",
	"edge/web/household":     "edge/book/household edge/book/person edge/civil edge/desk edge/id edge/registration edge/web/live edge/web/page",
	"edge/letter":            "edge/chain edge/id edge/pack",
	"edge/pack":              "cbor",
	"edge/block":             "edge/chain edge/clock zstd",
	"edge/block/blocktest":   "edge/chain edge/clock",
	"edge/ledger":            "edge/block edge/chain edge/clock edge/disk edge/durable edge/id edge/patrol edge/witness bbolt cbor",
	"edge/book/growth":       "edge/chain edge/id edge/ledger edge/lms",
	"edge/book/identity":     "edge/chain edge/id edge/ledger",
	"edge/book/paper":        "edge/chain edge/id edge/ledger",
	"edge/book/reading":      "edge/chain edge/id edge/ledger",
	"edge/book/paypoint":     "edge/chain edge/clock edge/ledger",
	"edge/depot":             "edge/book/pack edge/health edge/ledger edge/pack",
	"edge/mail":              "edge/book/check edge/book/diagnosis edge/book/lease edge/book/pack edge/book/post edge/ledger edge/letter edge/pack",
	"edge/book/diagnosis":    "edge/chain edge/id edge/ledger edge/letter",
	"edge/book/check":        "edge/chain edge/clock edge/id edge/ledger edge/letter",
	"edge/book/lease":        "edge/chain edge/clock edge/id edge/ledger edge/letter",
	"edge/book/pack":         "edge/chain edge/ledger edge/letter edge/pack",
	"edge/book/post":         "edge/chain edge/ledger",
	"edge/book/upkeep":       "edge/chain edge/ledger",
	"edge/book/visit":        "edge/chain edge/clock edge/id edge/ledger edge/queue",
	"edge/book/staff":        "edge/chain edge/clock edge/id edge/ledger",
	"edge/pin":               "edge/durable argon2",
	"edge/strongbox":         "edge/aead edge/durable edge/tpm argon2 sys",
	"edge/tpm":               "go-tpm",
	"edge/tpm/tpmtest":       "go-tpm",
	"edge/ledger/ledgertest": "edge/chain edge/clock edge/ledger",
	"edge/desk":              "edge/book/booking edge/book/check edge/book/diagnosis edge/book/household edge/book/identity edge/book/lease edge/book/pack edge/book/paper edge/book/post edge/book/reading edge/book/staff edge/book/visit edge/clock edge/id edge/ledger edge/letter edge/pin edge/queue edge/report edge/voice",
	"edge/desk/desktest":     "edge/book/paper edge/desk edge/id edge/ledger edge/ledger/ledgertest",
	"edge/registration":      "edge/book/household edge/book/person edge/book/staff edge/book/visit edge/civil edge/desk edge/id edge/ledger edge/vault",
	"edge/anthropometry":     "edge/book/growth edge/book/household edge/book/paper edge/book/person edge/book/reading edge/book/staff edge/book/visit edge/chart edge/civil edge/clock edge/desk edge/id edge/ledger edge/lms edge/registration",
	"edge/station":           "edge/book/identity edge/book/reading edge/desk edge/id edge/measure",
	"edge/spool":             "edge/book/paper edge/health edge/ledger",
	"edge/web/api":           "edge/desk edge/id edge/web/devices",
	"edge/web/devices":       "edge/clock edge/health edge/web/live edge/web/page",
	"edge/web/page":          "edge/desk edge/screen",
	"edge/web/desk":          "edge/book/check edge/book/visit edge/clock edge/desk edge/id edge/letter edge/web/live edge/web/page",
	"edge/web/floor":         "edge/book/check edge/book/diagnosis edge/book/lease edge/book/pack edge/book/visit edge/clock edge/desk edge/health edge/id edge/report edge/web/live edge/web/page",
	"edge/web/staff":         "edge/book/staff edge/book/visit edge/clock edge/desk edge/id edge/web/page",
	"edge/web/hall":          "edge/book/visit edge/desk edge/id edge/voice edge/web/live edge/web/page",
	"edge/web/page/pagetest": "edge/web/page cmp",
	"edge/web/public":        "edge/book/staff edge/book/visit edge/desk edge/id edge/web/live edge/web/page",
	"edge/web":               "edge/anthropometry edge/book/diagnosis edge/book/visit edge/clock edge/desk edge/health edge/id edge/ledger edge/registration edge/screen edge/station edge/web/api edge/web/booking edge/web/desk edge/web/devices edge/web/floor edge/web/growth edge/web/hall edge/web/household edge/web/live edge/web/page edge/web/proof edge/web/public edge/web/staff edge/web/station edge/web/style edge/web/trust",
	"edge/web/growth":        "edge/anthropometry edge/book/growth edge/book/household edge/book/reading edge/chart edge/desk edge/id edge/lms edge/measure edge/registration edge/station edge/web/live edge/web/page",
	"edge/web/style":         "edge/web/page",
	"edge/web/station":       "edge/book/identity edge/book/reading edge/desk edge/id edge/measure edge/station edge/web/live edge/web/page",
	"edge/backup":            "edge/durable edge/id age sys zstd",
	"edge/mask":              "",
	"edge/bundle":            "edge/durable edge/mask",
	"edge/doctor":            "",
	"edge/box":               "devices/finger devices/kit devices/paypoint devices/paypoint/terminal devices/port devices/printer devices/profile devices/rack devices/scale devices/slip devices/tape devices/usb edge/anthropometry edge/backup edge/book/booking edge/book/diagnosis edge/book/growth edge/book/household edge/book/identity edge/book/pack edge/book/paper edge/book/paypoint edge/book/post edge/book/staff edge/book/update edge/book/upkeep edge/book/visit edge/chain edge/chart edge/clock edge/depot edge/desk edge/disk edge/doctor edge/door edge/durable edge/health edge/id edge/ledger edge/letter edge/lms edge/mail edge/mask edge/measure edge/notary edge/pin edge/queue edge/registration edge/report edge/spool edge/station edge/strongbox edge/tpm edge/update edge/vault edge/voice edge/web edge/web/devices edge/web/hall edge/web/page edge/web/station edge/witness sync/enrol sync/link sync/parcel sync/recall sync/roster sync/uplink sync/wire toml",
	"edge/web/webtest":       "edge/anthropometry edge/berth/berthtest edge/book/booking edge/book/diagnosis edge/book/growth edge/book/identity edge/book/paper edge/book/staff edge/chain edge/desk edge/health edge/id edge/ledger edge/lms edge/measure edge/notary edge/pin edge/registration edge/spool edge/station edge/vault edge/voice edge/web edge/web/devices edge/web/hall edge/web/page edge/web/proof",
	"edge/boxtest":           "devices/outlet devices/printer edge/box edge/clock edge/id edge/notary edge/web/proof",

	// devices: usable without the rest
	"devices/latest":       "",
	"devices/port":         "serial sys",
	"devices/profile":      "toml",
	"devices/slip":         "barcode image typesetting",
	"devices/usb":          "devices/port",
	"devices/drivertest":   "devices/port devices/tape",
	"devices/finger":       "",
	"devices/finger/sbi":   "devices/finger devices/finger/synth devices/latest devices/port jwt",
	"devices/finger/synth": "devices/finger",
	"devices/finger/uru":   "devices/finger devices/finger/synth devices/latest devices/port devices/usb",
	"devices/finger/zfm":   "devices/finger devices/finger/synth devices/latest devices/port devices/profile",
	"devices/outlet":       "devices/fault devices/port",
	"devices/printer":      "devices/latest devices/port devices/profile devices/slip",
	"devices/rack":         "devices/finger devices/paypoint devices/paypoint/terminal devices/port devices/printer devices/scale",

	"devices/printer/judge": "",
	"devices/scale":         "devices/latest devices/port devices/profile",
	"devices/usb/libusb":    "devices/port devices/usb gousb",
	"devices/usb/vhci":      "devices/outlet devices/port devices/usb sys",
	"devices/usb/usbtest":   "devices/port devices/usb",
	"devices/fault":         "devices/port",
	"devices/plug":          "devices/port sys",
	"devices/plug/plugtest": "",
	"devices/tape":          "devices/port",
	"devices/kit":           "devices/finger devices/finger/sbi devices/finger/uru devices/finger/zfm devices/plug devices/port devices/printer devices/profile devices/rack devices/scale devices/tape devices/usb",
	"devices/workshop":      "devices/kit devices/plug devices/port devices/profile devices/tape devices/usb",

	// devices: what banks tell of their terminals
	"devices/paypoint":          "devices/paypoint/frame devices/paypoint/iso devices/paypoint/ndc devices/paypoint/push devices/paypoint/terminal devices/profile",
	"devices/paypoint/frame":    "devices/profile",
	"devices/paypoint/iso":      "devices/paypoint/frame devices/paypoint/terminal devices/profile iso8583",
	"devices/paypoint/ndc":      "devices/paypoint/frame devices/paypoint/terminal devices/profile",
	"devices/paypoint/push":     "devices/paypoint/terminal devices/profile",
	"devices/paypoint/terminal": "",

	// sync: the road and headquarters
	"sync/faultnet":                "",
	"sync/roster":                  "edge/durable edge/id toml",
	"sync/wire":                    "edge/block edge/chain edge/id cbor zstd",
	"sync/wire/wiretest":           "edge/chain edge/clock edge/id",
	"sync/archive":                 "edge/chain edge/disk edge/durable edge/id edge/witness sync/wire bbolt cbor",
	"sync/link":                    "sync/wire websocket",
	"sync/uplink":                  "edge/block edge/chain sync/wire",
	"sync/fleet":                   "edge/chain edge/id sync/archive sync/roster sync/wire",
	"sync/fleet/district":          "",
	"sync/fleet/page":              "edge/id edge/screen sync/fleet sync/fleet/district websocket",
	"sync/fleet/fleettest":         "edge/chain edge/clock edge/id sync/archive sync/fleet sync/fleet/district sync/roster sync/wire",
	"sync/ingest":                  "edge/chain edge/id sync/archive sync/link sync/wire",
	"sync/peer":                    "sync/roster",
	"sync/quorum":                  "edge/chain edge/disk edge/durable edge/patrol edge/witness sync/archive sync/peer sync/wire bbolt hclog raft raft-boltdb",
	"sync/enrol":                   "edge/chain edge/id sync/roster cbor",
	"sync/recall":                  "edge/chain sync/wire",
	"sync/registrar":               "edge/chain edge/id sync/archive sync/enrol sync/office sync/roster",
	"sync/office":                  "edge/chain edge/id edge/letter edge/pack sync/archive sync/wire bbolt cbor",
	"sync/post":                    "edge/chain edge/id edge/letter edge/pack sync/archive sync/office sync/wire",
	"sync/parcel":                  "edge/block edge/chain edge/durable edge/id sync/archive sync/wire age cbor",
	"sync/hq":                      "edge/chain edge/disk edge/door edge/durable edge/id edge/letter edge/pack edge/patrol sync/archive sync/fleet sync/fleet/page sync/ingest sync/link sync/office sync/parcel sync/peer sync/post sync/quorum sync/registrar sync/roster sync/warehouse sync/wire toml",
	"sync/warehouse":               "edge/chain edge/id sync/archive goose pgx",
	"sync/warehouse/warehousetest": "pgx",

	// cmd: the programs
	"cmd/markaz-sim/cable":           "",
	"cmd/markaz-rig":                 "cmd/markaz-rig/blackout cmd/markaz-rig/drive cmd/markaz-rig/guest cmd/markaz-rig/machine cmd/markaz-rig/scribe edge/berth kong",
	"cmd/markaz-rig/blackout":        "cmd/markaz-rig/drive cmd/markaz-rig/machine cmd/markaz-rig/paperline cmd/markaz-sim/client cmd/markaz-sim/papers devices/printer edge/desk edge/id edge/web/api edge/web/proof",
	"cmd/markaz-rig/drive":           "",
	"cmd/markaz-rig/paperline":       "devices/slip",
	"cmd/markaz-rig/guest":           "cmd/markaz-rig/paperline cmd/markaz-sim/client cmd/markaz-sim/papers devices/finger devices/finger/synth devices/finger/uru devices/outlet devices/port devices/printer devices/profile devices/scale devices/slip devices/usb devices/usb/vhci edge/desk edge/id edge/web/api edge/web/devices edge/web/proof sys",
	"cmd/markaz-rig/machine":         "",
	"cmd/markaz-rig/scribe":          "cmd/markaz-rig/drive cmd/markaz-rig/guest cmd/markaz-rig/machine cmd/markaz-torture/victim edge/chain",
	"cmd/progress":                   "",
	"cmd/markaz-clips":               "edge/voice edge/web/page",
	"cmd/markaz-update":              "edge/door edge/durable edge/update kong",
	"cmd/markaz-deb":                 "edge/ledger kong",
	"cmd/markaz-usb":                 "devices/port devices/usb devices/usb/libusb kong systemd",
	"cmd/markaz-sim/stage":           "cmd/markaz-sim/cable cmd/markaz-sim/machine devices/finger/zfm devices/paypoint devices/paypoint/terminal devices/printer devices/profile devices/scale edge/berth edge/id edge/web/proof",
	"cmd/markaz-sim/stage/stagetest": "cmd/markaz-sim/stage",
	"cmd/markaz-sim/play":            "cmd/markaz-sim/cable cmd/markaz-sim/machine cmd/markaz-sim/stage devices/fault",
	"cmd/markaz-sim/machine":         "devices/fault devices/finger/synth devices/finger/zfm devices/outlet devices/paypoint devices/paypoint/terminal devices/printer devices/scale",
	"cmd/markaz-hq":                  "cmd/progress devices/slip edge/door edge/durable edge/id edge/pack edge/update edge/watchdog sync/archive sync/hq sync/parcel sync/post sync/quorum sync/registrar sync/roster sync/warehouse kong",
	"cmd/markaz-sim/day":             "cmd/markaz-sim/cable cmd/markaz-sim/client cmd/markaz-sim/papers cmd/markaz-sim/stage edge/chain edge/desk edge/id edge/web/api sync/fleet",
	"cmd/markaz-sim/chaos":           "cmd/markaz-sim/client cmd/markaz-sim/papers cmd/markaz-sim/stage devices/outlet devices/printer edge/desk edge/id edge/web/api",
	"cmd/markaz-sim/crowd":           "cmd/markaz-sim/client cmd/markaz-sim/gauge cmd/markaz-sim/stage edge/desk edge/id edge/web/api websocket",
	"cmd/markaz-sim/gauge":           "cmd/markaz-sim/client cmd/markaz-sim/stage",
	"cmd/markaz-sim/hostile":         "cmd/markaz-sim/client cmd/markaz-sim/gauge cmd/markaz-sim/stage edge/desk edge/id edge/web/api edge/web/proof",
	"cmd/markaz-sim/client":          "edge/id edge/web/api edge/web/proof",
	"cmd/markaz-sim/papers":          "devices/printer devices/slip edge/id gozxing",
	"cmd/markaz-sim":                 "cmd/markaz-sim/chaos cmd/markaz-sim/crowd cmd/markaz-sim/day cmd/markaz-sim/hostile cmd/markaz-sim/lab cmd/markaz-sim/lone cmd/markaz-sim/nation cmd/markaz-sim/play cmd/markaz-sim/stage cmd/markaz-sim/theft cmd/markaz-sim/year devices/paypoint/terminal edge/id kong",
	"cmd/markaz-sim/year":            "edge/id edge/queue",
	"cmd/markaz-sim/history":         "edge/book/paper edge/book/visit edge/id edge/ledger",
	"cmd/markaz-sim/nation":          "cmd/markaz-sim/cable cmd/markaz-sim/history cmd/markaz-sim/lab cmd/markaz-sim/stage edge/berth edge/box edge/chain edge/clock edge/durable edge/id edge/ledger sync/archive sync/fleet/district sync/hq sync/link sync/quorum sync/roster sync/uplink sync/warehouse sync/warehouse/warehousetest sync/wire porcupine sys",
	"cmd/markaz-sim/theft/seek":      "zstd",
	"cmd/markaz-sim/lab":             "",
	"cmd/markaz-sim/theft":           "cmd/markaz-sim/client cmd/markaz-sim/stage cmd/markaz-sim/theft/seek devices/finger/synth devices/finger/zfm edge/aead edge/box edge/desk edge/id edge/vault edge/web/api sys",
	"cmd/markaz-sim/lone":            "cmd/markaz-sim/machine devices/fault devices/finger/zfm devices/paypoint devices/paypoint/terminal devices/printer devices/profile devices/scale",
	"cmd/markaz":                     "cmd/progress devices/kit devices/profile devices/workshop edge/backup edge/box edge/bundle edge/chain edge/doctor edge/durable edge/id edge/ledger edge/lms edge/lms/survey edge/notary edge/strongbox edge/watchdog sync/enrol sync/recall kong sys",
	"cmd/markaz-torture/platter":     "",
	"cmd/markaz-torture/mount":       "cmd/markaz-torture/platter fuse",
	"cmd/markaz-torture/flip":        "cmd/markaz-torture/victim edge/box edge/chain edge/durable edge/ledger bbolt",
	"cmd/markaz-torture/full":        "cmd/markaz-sim/client cmd/markaz-torture/mount cmd/markaz-torture/platter cmd/markaz-torture/victim edge/berth",
	"cmd/markaz-torture/promise":     "cmd/markaz-torture/cut cmd/markaz-torture/flip cmd/markaz-torture/full cmd/markaz-torture/platter cmd/markaz-torture/victim",
	"cmd/markaz-torture":             "cmd/markaz-torture/cut cmd/markaz-torture/flip cmd/markaz-torture/full cmd/markaz-torture/platter cmd/markaz-torture/promise cmd/markaz-torture/victim kong",
	"cmd/markaz-torture/victim":      "devices/outlet devices/printer devices/profile edge/book/paper edge/book/visit edge/box edge/chain edge/desk edge/durable edge/id edge/ledger sync/archive sync/quorum sync/wire sync/wire/wiretest",
	"cmd/markaz-torture/cut":         "cmd/markaz-torture/mount cmd/markaz-torture/platter cmd/markaz-torture/victim edge/chain",
}

// short names the third-party packages, each by the start of its import path.
var short = []struct{ name, prefix string }{
	{"bbolt", "go.etcd.io/bbolt"},
	{"cbor", "github.com/fxamacker/cbor/"},
	{"chacha20poly1305", "golang.org/x/crypto/chacha20poly1305"},
	{"websocket", "github.com/gorilla/websocket"},
	{"serial", "github.com/tarm/serial"},
	{"iso8583", "github.com/moov-io/iso8583"},
	{"gousb", "github.com/google/gousb"},
	{"raft-boltdb", "github.com/hashicorp/raft-boltdb/"},
	{"raft", "github.com/hashicorp/raft"},
	{"hclog", "github.com/hashicorp/go-hclog"},
	{"zstd", "github.com/klauspost/compress/zstd"},
	{"toml", "github.com/pelletier/go-toml/"},
	{"kong", "github.com/alecthomas/kong"},
	{"systemd", "github.com/coreos/go-systemd/"},
	{"barcode", "github.com/boombuler/barcode"},
	{"typesetting", "github.com/go-text/typesetting/"},
	{"image", "golang.org/x/image/"},
	{"sys", "golang.org/x/sys/"},
	{"gozxing", "github.com/makiuchi-d/gozxing"},
	{"cmp", "github.com/google/go-cmp/"},
	{"rod", "github.com/go-rod/rod"},
	{"jwt", "github.com/golang-jwt/jwt/"},
	{"age", "filippo.io/age"},
	{"argon2", "golang.org/x/crypto/argon2"},
	{"go-tpm", "github.com/google/go-tpm/"},
	{"porcupine", "github.com/anishathalye/porcupine"},
	{"pgx", "github.com/jackc/pgx/"},
	{"goose", "github.com/pressly/goose/"},
	{"fuse", "github.com/hanwen/go-fuse/"},
}

func TestImports(t *testing.T) {
	got := map[string][]string{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(p, root+string(filepath.Separator)))
		if d.IsDir() {
			return skip(rel, d.Name())
		}
		if strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go") {
			return collect(got, path.Dir(rel), p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range slices.Sorted(maps.Keys(got)) {
		compare(t, pkg, got[pkg])
	}
	for pkg := range may {
		if _, ok := got[pkg]; !ok {
			t.Errorf("the table has %s, which is no package", pkg)
		}
	}
}

// The table itself keeps the borders: edge below box knows neither devices nor sync, devices stand alone, and sync takes
// only the lowest row of edge.
func TestBorders(t *testing.T) {
	bottom := []string{"edge/id", "edge/door", "edge/block", "edge/clock", "edge/chain", "edge/disk", "edge/durable", "edge/patrol", "edge/witness", "edge/pack", "edge/letter", "edge/screen", "edge/unit"}
	meeting := []string{"edge/box", "edge/boxtest"}
	for pkg, row := range may {
		for _, to := range strings.Fields(row) {
			from, into := kingdom(pkg), kingdom(to)
			switch {
			case into == "" || from == into || from == "cmd" || slices.Contains(meeting, pkg):
			case from == "sync" && slices.Contains(bottom, to):
			case from == "devices" && to == "edge/unit":
			default:
				t.Errorf("%s may not know %s", pkg, to)
			}
		}
	}
}

// kingdom is the top folder of one of our packages; nothing for others' packages.
func kingdom(pkg string) string {
	top, _, _ := strings.Cut(pkg, "/")
	if slices.Contains([]string{"edge", "devices", "sync", "cmd"}, top) {
		return top
	}
	return ""
}

// homes are the packages that a third-party package's types may not leave.
var homes = map[string]string{
	"age":              "edge/backup sync/parcel",
	"argon2":           "edge/pin edge/strongbox",
	"bbolt":            "cmd/markaz-torture/flip edge/durable edge/ledger edge/vault sync/archive sync/office sync/quorum",
	"chacha20poly1305": "edge/aead",
	"go-tpm":           "edge/tpm edge/tpm/tpmtest",
	"fuse":             "cmd/markaz-torture/mount",
	"goose":            "sync/warehouse",
	"gousb":            "devices/usb/libusb",
	"iso8583":          "devices/paypoint/iso",
	"jwt":              "devices/finger/sbi",
	"pgx":              "sync/warehouse sync/warehouse/warehousetest",
	"raft":             "sync/quorum",
	"raft-boltdb":      "sync/quorum",
	"serial":           "devices/port",
	// Three that share nothing but the library: the road carries records, the two others push parts of pages, one on the box
	// and one at headquarters, which may not know the box. The fourth plays browsers.
	"websocket": "sync/link edge/web/live sync/fleet/page cmd/markaz-sim/crowd",
}

func TestHomes(t *testing.T) {
	for pkg, row := range may {
		for _, to := range strings.Fields(row) {
			if home, ok := homes[to]; ok && !slices.Contains(strings.Fields(home), pkg) {
				t.Errorf("%s imports %s, whose home is %s", pkg, to, home)
			}
		}
	}
}

// skip passes over hidden folders, those without our Go code, and modules of their own.
func skip(rel, name string) error {
	if rel != "../.." && strings.HasPrefix(name, ".") && name != "." && name != ".." || rel == "bench" || rel == "bin" || name == "testdata" || name == "node_modules" {
		return filepath.SkipDir
	}
	return nil
}

func collect(got map[string][]string, pkg, file string) error {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return err
	}
	if _, ok := got[pkg]; !ok {
		got[pkg] = nil
	}
	for _, s := range f.Imports {
		if name := nameOf(strings.Trim(s.Path.Value, `"`)); name != "" && !slices.Contains(got[pkg], name) {
			got[pkg] = append(got[pkg], name)
		}
	}
	return nil
}

// nameOf is how the table calls an import; nothing for the standard library.
func nameOf(imported string) string {
	if own, ok := strings.CutPrefix(imported, module); ok {
		return own
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return ""
	}
	for _, s := range short {
		if strings.HasPrefix(imported, s.prefix) {
			return s.name
		}
	}
	return imported
}

func compare(t *testing.T, pkg string, got []string) {
	row, ok := may[pkg]
	if !ok {
		t.Errorf("package %s is not in the table: give it a row", pkg)
		return
	}
	want := strings.Fields(row)
	for _, g := range got {
		if !slices.Contains(want, g) {
			t.Errorf("%s imports %s, which its row does not allow", pkg, g)
		}
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("%s does not import %s any more: take it out of its row", pkg, w)
		}
	}
}
