package webtest

import (
	"time"

	"markaz.example/edge/book/booking"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

// Catalogue is what the centre offers: five services at four desks.
func Catalogue() desk.Catalogue {
	return desk.Catalogue{
		Services: []desk.Service{
			{Code: "kafaalat", Letter: "A", NameUr: "کفالت", NameEn: "Kafaalat stipend", Pictogram: "kafaalat", Room: "1", Target: 5 * time.Minute,
				BringUr: []string{"شناختی کارڈ"}, BringEn: []string{"identity card"},
				WayUr: "سیدھے آگے، سبز دروازہ", WayEn: "Straight on, the green door",
				In: map[string]desk.Words{"sd": {Name: "ڪفالت", Bring: []string{"سڃاڻپ ڪارڊ"}}, "ps": {Name: "کفالت", Bring: []string{"پېژندپاڼه"}}}},
			{Code: "nashonuma", Letter: "B", NameUr: "نشوونما", NameEn: "Nashonuma: mother, child", Pictogram: "nashonuma",
				Room: "2", BringUr: []string{"شناختی کارڈ", "بچے کا کارڈ"}, BringEn: []string{"identity card", "child’s card"}},
			{Code: "wazaif", Letter: "C", NameUr: "تعلیمی وظائف", NameEn: "School stipends", Pictogram: "wazaif", Room: "1",
				BringUr: []string{"بے فارم"}, BringEn: []string{"B-form"}},
			{Code: "survey", Letter: "D", NameUr: "گھرانے کا سروے", NameEn: "Household survey", Pictogram: "survey", Room: "3"},
			{Code: "payment", Letter: "E", NameUr: "رقم کی وصولی", NameEn: "Payments", Pictogram: "payment", Room: "4"},
		},
		Situations: []desk.Situation{
			{Code: "baby", Pictogram: "nashonuma", Services: []id.Service{"nashonuma"}},
			{Code: "husband", Pictogram: "tahafuz", Services: []id.Service{"kafaalat", "survey"}},
			{Code: "school", Pictogram: "wazaif", Services: []id.Service{"wazaif"}},
			{Code: "money", Pictogram: "payment", Services: []id.Service{"payment"}},
			{Code: "walk", Pictogram: "disability", Services: []id.Service{"kafaalat"}},
			{Code: "home", Pictogram: "survey", Services: []id.Service{"survey"}},
		},
		Slots: []booking.Plan{
			{Code: "nash", Service: "nashonuma", Days: []time.Weekday{0, 1, 2, 3, 4, 5, 6}, From: 9 * 60, To: 14 * 60, Every: 30, Places: 6, WalkIns: 2},
			{Code: "pay", Service: "payment", Days: []time.Weekday{0, 1, 2, 3, 4, 5, 6}, From: 0, To: 24 * 60, Every: 10, Places: 3, WalkIns: 1},
		},
		Desks: []desk.Desk{
			{Code: "A", NameUr: "کفالت", NameEn: "Kafaalat", Room: "1", Serves: []id.Service{"kafaalat", "wazaif"}},
			{Code: "B", NameUr: "نشوونما", NameEn: "Nashonuma", Room: "2", Serves: []id.Service{"nashonuma"}, Registers: true},
			{Code: "C", NameUr: "سروے", NameEn: "Survey", Room: "3", Serves: []id.Service{"survey", "wazaif", "kafaalat"}},
			{Code: "D", NameUr: "ادائیگی", NameEn: "Payments", Room: "4", Serves: []id.Service{"payment"}},
		},
	}
}
