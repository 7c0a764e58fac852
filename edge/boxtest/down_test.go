package boxtest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"markaz.example/edge/box"
	"markaz.example/edge/boxtest"
	"markaz.example/edge/id"
	"markaz.example/edge/pack"
	"markaz.example/sync/hq"
	"markaz.example/sync/post"
	"markaz.example/sync/roster"
)

const downRoster = `
[[centre]]
code = "ISB-01"
name = "Islamabad"
name_ur = "اسلام آباد"
district = "Islamabad"
`

// house is a real headquarters on loopback, and a real box that is linked to it.
type house struct {
	*boxtest.Box
	hq  *hq.HQ
	key string // file of the post key
	dir string
}

func newHouse(t *testing.T) *house {
	t.Helper()
	dir := t.TempDir()
	h := &house{dir: dir, key: filepath.Join(dir, "hq-tls", "post.key")}
	issue(t, dir)
	config := hq.Config{
		Name: "hq-1", Dir: filepath.Join(dir, "hq"), Roster: filepath.Join(dir, "roster.toml"),
		Certificates: filepath.Join(dir, "hq-tls"), Road: "127.0.0.1:0", Page: "127.0.0.1:0",
	}
	var err error
	if h.hq, err = hq.Open(config, slog.New(slog.NewTextHandler(t.Output(), nil))); err != nil {
		t.Fatal(err)
	}
	boxtest.Run(t, h.hq.Run)
	<-h.hq.Ready()
	h.Box = boxtest.Start(t, func(c *box.Config) {
		c.Headquarters = &box.Headquarters{Address: h.hq.Road().String(), Name: "hq.test", DialMax: 1, Identity: filepath.Join(dir, "box-tls")}
	})
	return h
}

func issue(t *testing.T, dir string) {
	t.Helper()
	a, err := roster.NewAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	own, err := a.IssueHQ([]string{"hq.test"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	boxes, err := a.IssueBox("ISB-01", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(
		a.SaveHQ(filepath.Join(dir, "hq-tls"), own), a.SaveBox(filepath.Join(dir, "box-tls"), boxes),
		roster.NewPostKey(filepath.Join(dir, "hq-tls")),
		os.WriteFile(filepath.Join(dir, "roster.toml"), []byte(downRoster), 0o600),
	)
	public, keyErr := roster.PostPublic(filepath.Join(dir, "hq-tls"))
	if err := errors.Join(err, keyErr, roster.SavePostPublic(filepath.Join(dir, "box-tls"), public)); err != nil {
		t.Fatal(err)
	}
}

// page is a page of the box.
func (h *house) page(t *testing.T, path string) string {
	t.Helper()
	r, err := h.follower().Get(h.URL(path))
	return pageOf(t, r, err)
}

// follower is a browser that goes where it is sent.
func (h *house) follower() *http.Client {
	b := h.Browser()
	b.CheckRedirect = nil
	return b
}

func (h *house) shows(t *testing.T, path, what string) {
	t.Helper()
	h.Await(t, path+" to show "+what, func() bool { return strings.Contains(h.page(t, path), what) })
}

// publish makes a pack of texts and offers it to the centre.
func (h *house) publish(t *testing.T, version uint64, content string) {
	t.Helper()
	key, err := roster.ReadPostKey(h.key)
	if err != nil {
		t.Fatal(err)
	}
	s, err := pack.Sign(key, pack.Manifest{
		Name: "texts", Version: version, Kind: "texts/1", Size: uint64(len(content)), Digest: sha256.Sum256([]byte(content)), Wall: time.Now().UnixMilli(),
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := pack.Encode(s, []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if _, err := h.hq.Desk().Publish(ctx, bytes.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.hq.Desk().Offer(ctx, h.order(version)); err != nil {
		t.Fatal(err)
	}
}

func (h *house) order(version uint64) post.PackOrder {
	return post.PackOrder{Name: "texts", Version: version, Centres: []id.Centre{"ISB-01"}}
}

// A pack that headquarters publishes is on the box's pages at once and after a restart; a bad one is refused; an old one
// comes back only by an order.
func TestPackOfTextsFromEndToEnd(t *testing.T) {
	h := newHouse(t)
	const floor = "/floor?lang=en"
	h.publish(t, 1, `{"en": {"floor.title": "First hall", "floor.today": "First figures"}}`)
	h.shows(t, floor, "First figures")
	h.publish(t, 2, `{"en": {"floor.today": "Second figures"}}`)
	h.shows(t, floor, "Second figures")
	if strings.Contains(h.page(t, floor), "First hall") {
		t.Error("a text of the older pack is still worn")
	}
	h.Down()
	h.Up(t)
	h.shows(t, floor, "Second figures")
	h.publish(t, 3, `{"en": {"floor.nonsense": "Third figures"}}`)
	h.shows(t, floor, "version <bdi>3</bdi> was not taken")
	h.shows(t, floor, "Second figures")
	if _, err := h.hq.Desk().Offer(t.Context(), h.order(1)); err != nil { // an old pack once more: by an offer it never comes back
		t.Fatal(err)
	}
	if _, err := h.hq.Desk().RollBack(t.Context(), h.order(1)); err != nil {
		t.Fatal(err)
	}
	h.shows(t, floor, "First figures")
	h.shows(t, floor, "version <bdi>1</bdi> in use")
}

// A pack that takes many pieces arrives through boots of the box, and goes on where its file ends.
func TestPackArrivesThroughBoots(t *testing.T) {
	h := newHouse(t)
	content := `{"en": {"floor.today": "Long figures"}` + strings.Repeat(" ", 900<<10) + `}`
	h.Down()
	h.publish(t, 1, content)
	part := filepath.Join(h.Config.Data, "packs", fmt.Sprintf("%x.part", sha256.Sum256([]byte(content))))
	size := func() int64 {
		info, err := os.Stat(part)
		if err != nil {
			return 0
		}
		return info.Size()
	}
	boots, before := 0, int64(0)
	for ; boots < 3; boots++ {
		h.Up(t)
		h.Await(t, "more of the pack", func() bool { return size() > before || strings.Contains(h.page(t, "/floor?lang=en"), "Long figures") })
		h.Down()
		if now := size(); now > 0 && now < before {
			t.Fatalf("the file shrank from %d to %d bytes", before, now)
		} else {
			before = now
		}
	}
	h.Up(t)
	h.shows(t, "/floor?lang=en", "Long figures")
}

// A report goes up only when somebody at the floor's screen allows it, and says nothing of visitors.
func TestDiagnosisWithConsent(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ask := func(why string) {
		if _, err := h.hq.Desk().Diagnose(ctx, post.DiagnosisOrder{Centre: "ISB-01", Who: "Help desk", Why: why}); err != nil {
			t.Fatal(err)
		}
		h.shows(t, "/floor?lang=en", why)
	}
	ask("The printer fails <often>"[:18])
	if _, err := h.diagnosis(ctx); err == nil {
		t.Fatal("there is a report before anybody allowed it")
	}
	h.press(t, "later")
	h.shows(t, "/floor?lang=en", "wish-again")
	h.press(t, "again")
	h.press(t, "allow")
	h.Await(t, "the report", func() bool { _, err := h.diagnosis(ctx); return err == nil })
	got, err := h.diagnosis(ctx)
	if err != nil || got.Refused || got.Actor != "floor" || !strings.Contains(got.Report, "markaz test") || !strings.Contains(got.Report, "printer/hall-1") {
		t.Fatalf("report %+v, %v", got, err)
	}
	if !strings.Contains(got.Report, "grade network") {
		t.Errorf("headquarters signed the time, and the box does not trust its clock:\n%s", got.Report)
	}
	if strings.Contains(h.page(t, "/floor?lang=en"), "wish-allow") {
		t.Error("a wish that was answered is still shown")
	}
	ask("Once more")
	h.press(t, "refuse")
	h.Await(t, "the refusal", func() bool { got, err := h.diagnosis(ctx); return err == nil && got.Refused })
}

func (h *house) diagnosis(ctx context.Context) (post.DiagnosisShown, error) {
	return h.hq.Desk().Diagnosis(ctx, post.CentreNamed{Centre: "ISB-01"})
}

// press answers the wish that the page shows, as a browser without scripts does.
func (h *house) press(t *testing.T, answer string) {
	t.Helper()
	_, after, _ := strings.Cut(h.page(t, "/floor?lang=en"), `name="wish" value="`)
	wish, _, _ := strings.Cut(after, `"`)
	r, err := h.follower().PostForm(h.URL("/floor/diagnosis"), url.Values{"wish": {wish}, "answer": {answer}, "lang": {"en"}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		t.Fatalf("press %s: %s", answer, r.Status)
	}
}

// What headquarters lends is drawn at a desk without a link, once each; a question is asked at the desk and finishes by
// itself when somebody answers at headquarters.
func TestLeasesAndQuestionsFromEndToEnd(t *testing.T) {
	h := newHouse(t)
	ctx, office := t.Context(), h.hq.Desk()
	h.Await(t, "the chain to be known", func() bool {
		_, err := office.Grant(ctx, post.LeaseOrder{Centre: "ISB-01", What: "bed", Count: 1, Until: 1})
		return !errors.Is(err, post.ErrNoChain)
	})
	if _, err := office.Pool(ctx, post.PoolOrder{What: "bed", Total: 3}); err != nil {
		t.Fatal(err)
	}
	lend := post.LeaseOrder{Centre: "ISB-01", What: "bed", Count: 2, Until: time.Now().Add(time.Hour).UnixMilli()}
	if _, err := office.Grant(ctx, lend); err != nil {
		t.Fatal(err)
	}
	if _, err := office.Grant(ctx, lend); !errors.Is(err, post.ErrRefused) {
		t.Errorf("more was lent than there is: %v", err)
	}
	h.shows(t, "/floor?lang=en", "<bdi>2</bdi> left")
	come(t, h)
	for _, press := range []string{"next", "present", "draw-bed", "draw-bed", "ask"} {
		h.at(t, press, http.StatusOK)
	}
	h.at(t, "draw-bed", http.StatusConflict) // none is left
	desk := h.page(t, "/desk/A?lang=en")
	for _, number := range []string{`<bdi class="row-token">1</bdi>`, `<bdi class="row-token">2</bdi>`, "no answer yet"} {
		if !strings.Contains(desk, number) {
			t.Errorf("the desk does not show %s", number)
		}
	}
	var open []post.QuestionShown
	h.Await(t, "the question at headquarters", func() bool {
		open, _ = office.Questions(ctx, struct{}{})
		return len(open) == 1
	})
	if _, err := office.Answer(ctx, post.AnswerOrder{ID: open[0].ID, Result: "yes", Source: "nser"}); err != nil {
		t.Fatal(err)
	}
	h.shows(t, "/desk/A?lang=en", "<bdi>nser</bdi>")
	h.shows(t, "/api/checks", `"result":"yes"`)
}

// come asks at the kiosk, and waits until the paper is out.
func come(t *testing.T, h *house) {
	t.Helper()
	r, err := h.follower().PostForm(h.URL("/kiosk"), url.Values{"only": {"kafaalat"}, "lang": {"en"}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	h.Await(t, "the slip", func() bool { return len(h.Slips()) == 1 })
	h.shows(t, "/desk/A?lang=en", "K001")
}

// at presses a button of desk A.
func (h *house) at(t *testing.T, press string, want int) {
	t.Helper()
	r, err := h.follower().PostForm(h.URL("/desk/A"), url.Values{"act": {press}, "lang": {"en"}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != want {
		t.Fatalf("press %s: %s, want %d", press, r.Status, want)
	}
}
