package boxtest_test

import (
	"bytes"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"markaz.example/edge/box"
	"markaz.example/edge/boxtest"
	"markaz.example/edge/doctor"
	"markaz.example/edge/door"
	"markaz.example/sync/hq"
	"markaz.example/sync/parcel"
)

// island is a real headquarters, and a real box without any line to it.
type island struct {
	*house
	admin, door *door.Client
}

func newIsland(t *testing.T) *island {
	t.Helper()
	h := &house{dir: t.TempDir()}
	h.key = filepath.Join(h.dir, "hq-tls", "post.key")
	issue(t, h.dir)
	own, err := parcel.LoadIdentity(filepath.Join(h.dir, "hq-tls", parcel.SecretName))
	if err == nil {
		err = parcel.SaveRecipient(filepath.Join(h.dir, "box-tls"), own.Recipient())
	}
	if err != nil {
		t.Fatal(err)
	}
	config := hq.Config{
		Name: "hq-1", Dir: filepath.Join(h.dir, "hq"), Roster: filepath.Join(h.dir, "roster.toml"),
		Certificates: filepath.Join(h.dir, "hq-tls"), Road: "127.0.0.1:0", Page: "127.0.0.1:0",
	}
	if h.hq, err = hq.Open(config, slog.New(slog.NewTextHandler(t.Output(), nil))); err != nil {
		t.Fatal(err)
	}
	boxtest.Run(t, h.hq.Run)
	<-h.hq.Ready()
	h.Box = boxtest.Start(t, func(c *box.Config) {
		c.Headquarters = &box.Headquarters{Address: "127.0.0.1:1", Name: "hq.test", DialMax: 1, Identity: filepath.Join(h.dir, "box-tls")}
	})
	i := &island{house: h, admin: hq.NewAdminClient(config)}
	i.door = box.NewDoorClient(h.Config)
	return i
}

// out is the parcel that the box makes.
func (i *island) out(t *testing.T) []byte {
	t.Helper()
	return i.fetch(t, i.door, "POST", "/parcel/out")
}

func (i *island) fetch(t *testing.T, c *door.Client, method, path string) []byte {
	t.Helper()
	r, err := c.Do(t.Context(), method, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// carry takes a parcel to headquarters and its answer back.
func (i *island) carry(t *testing.T, sealed []byte) (hq.ParcelTaken, box.ParcelTaken) {
	t.Helper()
	var taken hq.ParcelTaken
	if err := i.admin.Ask(t.Context(), "POST", "/parcel/in", bytes.NewReader(sealed), &taken); err != nil {
		t.Fatal(err)
	}
	answer := i.fetch(t, i.admin, "GET", "/parcel/answer/"+taken.Answer)
	var back box.ParcelTaken
	if err := i.door.Ask(t.Context(), "POST", "/parcel/in", bytes.NewReader(answer), &back); err != nil {
		t.Fatal(err)
	}
	return taken, back
}

// Without any line records go up and packs come down by stick, and the next parcel goes on where headquarters is.
func TestByStickAlone(t *testing.T) {
	i := newIsland(t)
	i.publish(t, 1, `{"en": {"floor.today": "Carried figures"}}`)
	first, back := i.carry(t, i.out(t))
	if first.New == 0 || first.New != first.Records || first.Trouble != "" || back.Held != first.Held || back.Letters != 1 || back.Pieces != 1 {
		t.Fatalf("headquarters %+v, box %+v", first, back)
	}
	i.shows(t, "/floor?lang=en", "Carried figures")
	var live doctor.Live
	if err := i.door.Call(t.Context(), "GET", "/state", nil, &live); err != nil || len(live.Packs) != 1 || live.Packs[0].Active != 1 || live.Packs[0].Fault != "" {
		t.Errorf("what a doctor is told of packs: %+v, %v", live.Packs, err)
	}
	second, back := i.carry(t, i.out(t))
	if second.New == 0 || second.Held != first.Held+second.New || second.Records >= first.Records+second.New || back.Letters != 0 {
		t.Errorf("the second: headquarters %+v, box %+v; the first %+v", second, back, first)
	}
}

// A parcel that was in order once is old the second time, and one that is not is refused with a reason and no trace.
func TestStickIsRefusedWithAReason(t *testing.T) {
	i := newIsland(t)
	sealed := i.out(t)
	first, _ := i.carry(t, sealed)
	again, back := i.carry(t, sealed)
	if again.New != 0 || !strings.Contains(again.Trouble, "old") || back.Held != first.Held {
		t.Errorf("the same again: %+v, %+v", again, back)
	}
	for name, bad := range map[string][]byte{"cut": sealed[:len(sealed)-30], "no parcel": []byte("pictures"), "empty": nil} {
		err := i.admin.Ask(t.Context(), "POST", "/parcel/in", bytes.NewReader(bad), nil)
		if err == nil || !strings.Contains(err.Error(), "cut short or damaged") {
			t.Errorf("%s: headquarters says %v", name, err)
		}
	}
	if err := i.door.Ask(t.Context(), "POST", "/parcel/in", bytes.NewReader(sealed), nil); err == nil || !strings.Contains(err.Error(), "somebody else") {
		t.Errorf("a parcel that goes up, taken at the box: %v", err)
	}
}
