package devices

import (
	"flag"
	"testing"
	"time"

	"markaz.example/edge/clock"
	"markaz.example/edge/health"
	"markaz.example/edge/web/page"
	"markaz.example/edge/web/page/pagetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func some() []Device {
	at := time.Date(2026, 11, 22, 4, 15, 7, 123_000_000, time.UTC)
	return []Device{
		{Name: "scale/infant", Class: "scale", Model: "A&D EK", Wire: "usb 1-2.4", Desks: []string{"B"}, Serial: "T0042",
			Facts: []Fact{{Key: "weight", Value: "4.250 kg"}, {Key: "steady", Value: "yes"}, {Key: "newer than us", Value: "42"}}},
		{Name: "printer/hall-1", Class: "printer", Model: "Epson <TM>", Wire: "/dev/markaz/printer-1",
			Exchanges: []Exchange{{at, true, "10 04 01"}, {at.Add(time.Millisecond), false, "12"}}},
	}
}

func conditions() []health.Condition {
	since := clock.Stamp{Wall: time.Date(2026, 11, 22, 4, 10, 0, 0, time.UTC).UnixMilli(), Grade: clock.RTC}
	return []health.Condition{
		{Code: "printer.paper-out", Dev: "printer/hall-1", Severity: health.Critical, Since: since},
		{Code: "newer.than-us", Dev: "printer/hall-1", Severity: health.Warning, Detail: "EIO <0x1>", Since: since},
		{Code: "link.down", Severity: health.Warning, Since: since},
	}
}

func newPage(t *testing.T, list func() []Device) (*page.Kit, *Page) {
	t.Helper()
	kit := pagetest.Kit(t)
	p, err := New(kit, nil, Config{Devices: list, Health: conditions, Zone: time.FixedZone("PKT", 5*60*60)})
	if err != nil {
		t.Fatal(err)
	}
	return kit, p
}

// What needs somebody comes first, with all that is wrong with it and nothing that is wrong with something else.
func TestGolden(t *testing.T) {
	kit, p := newPage(t, some)
	if got := p.shown(page.English).Devices; len(got) != 2 || got[0].Name != "printer/hall-1" || len(got[0].Wrong) != 2 {
		t.Errorf("shown: %+v", got)
	}
	for name, s := range map[string]shown{"devices": p.shown(page.English), "devices-none": {}} {
		pagetest.Golden(t, *update, kit, p.screen, name, page.Frame{Title: "devices.title", Live: "/floor/devices/live", Data: s})
	}
}

// A device that does not do its work is not well, even when nothing is held against it by name.
func TestDown(t *testing.T) {
	_, p := newPage(t, func() []Device { return []Device{{Name: "paypoint/hbl/047", Class: "paypoint", Down: true}} })
	if got := p.shown(page.English).Devices; got[0].State != "warning" {
		t.Errorf("shown: %+v", got)
	}
}

func TestNoDevices(t *testing.T) {
	_, p := newPage(t, nil)
	if got := p.shown(page.Urdu).Devices; len(got) != 0 {
		t.Errorf("shown: %+v", got)
	}
}
