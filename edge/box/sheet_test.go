package box

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"markaz.example/devices/slip"
	"markaz.example/edge/book/booking"
	"markaz.example/edge/book/reading"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/web"
	"markaz.example/edge/web/page"
	"markaz.example/edge/web/webtest"
)

// sheets lays papers out with the words of the pages.
func sheets(t *testing.T, width int) layout {
	t.Helper()
	centre := Centre{Code: "ISB-01", NameEn: "One Window Centre, Islamabad", NameUr: "ون ونڈو مرکز، اسلام آباد"}
	site, err := web.New(web.Config{Centre: page.Name{Ur: centre.NameUr, En: centre.NameEn}, Fonts: webtest.Fonts()})
	if err != nil {
		t.Fatal(err)
	}
	return layout{centre: centre, public: "http://10.1.0.1:8080", zone: pakistan, width: width, text: site.Text}
}

func TestSheetsLookAsTheyDid(t *testing.T) {
	composer, err := slip.NewComposer()
	if err != nil {
		t.Fatal(err)
	}
	at := clock.Stamp{Wall: time.Date(2026, 11, 22, 4, 15, 0, 0, time.UTC).UnixMilli(), Grade: clock.RTC}
	for _, width := range []int{576, 512, 384} {
		l := sheets(t, width)
		for name, doc := range map[string]slip.Doc{
			"receipt": l.receipt(desk.Receipt{Token: "N042", Service: nashonuma, Desk: "B", Outcome: "done", At: at}),
			"receipt-case": l.receipt(desk.Receipt{
				Token: "N042", Service: nashonuma, Desk: "B", Outcome: "referred", At: at, Case: "K5QXG43U", Reprint: true,
			}),
			"result": l.result(desk.Result{Token: "N042", Day: "2026-11-22", Kept: []reading.Kept{
				{Taken: reading.Taken{Who: reading.Child, What: reading.Weight, Value: 4250}},
				{Taken: reading.Taken{Who: reading.Child, What: reading.Length, Value: 564}},
				{Taken: reading.Taken{Who: reading.Child, What: reading.MUAC, Value: 112}},
				{Taken: reading.Taken{Who: reading.Mother, What: reading.Weight, Value: 52_100}},
			}}),
			"booking": l.booking(desk.Appointment{Name: nashonuma, Booking: booking.Booking{
				Pass: "40718852", Day: "2026-12-01", Minute: 570, Lang: "ur",
			}}),
			"referral": l.referral(desk.Referral{Case: "K5QXG43U", Token: "N042", Service: help, Reason: "worn", Day: "2026-11-22"}),
		} {
			t.Run(fmt.Sprint(name, "-", width), func(t *testing.T) {
				got, err := composer.Compose(doc, width)
				if err != nil {
					t.Fatal(err)
				}
				goldenPicture(t, filepath.Join("testdata/sheet", fmt.Sprintf("%s-%d.png", name, width)), got)
			})
		}
	}
}

// Every reason and outcome that a paper may have to spell out has its words in both languages.
func TestEveryCodeOnPaperHasWords(t *testing.T) {
	l := sheets(t, fullWidth)
	keys := []string{"outcome.done", "outcome.referred", "outcome.papers-missing"}
	for _, reason := range desk.Exceptions() {
		keys = append(keys, "finger.reason."+reason)
	}
	for _, key := range keys {
		for _, lang := range []page.Lang{page.Urdu, page.English} {
			if got := l.text(lang, key); got == "" || got == key {
				t.Errorf("%s in %s is %q", key, lang, got)
			}
		}
	}
}
