package webtest

import (
	"slices"
	"testing"

	"markaz.example/edge/book/growth"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/lms"
)

// Nashonuma is a centre of one journey: registration, measuring with the scale of desk B, check-up, food, payment. At desks
// F and G it offers what else Catalogue() has.
func Nashonuma() desk.Catalogue {
	offers := journeyOnly()
	for _, s := range Catalogue().Services {
		if !slices.ContainsFunc(offers.Services, func(own desk.Service) bool { return own.Code == s.Code }) {
			offers.Services = append(offers.Services, s)
		}
	}
	offers.Situations = append(offers.Situations, Catalogue().Situations[1:]...)
	offers.Desks = append(offers.Desks,
		desk.Desk{Code: "F", NameUr: "کفالت", NameEn: "Kafaalat", Room: "1", Serves: []id.Service{"kafaalat", "wazaif"}},
		desk.Desk{Code: "G", NameUr: "سروے", NameEn: "Survey", Room: "6", Serves: []id.Service{"survey", "kafaalat"}})
	return offers
}

func journeyOnly() desk.Catalogue {
	journey := []id.Service{"nashonuma", "measuring", "check-up", "food", "payment"}
	return desk.Catalogue{
		Services: []desk.Service{
			{Code: "nashonuma", Letter: "N", NameUr: "نشوونما", NameEn: "Nashonuma: mother, child", Pictogram: "nashonuma", Room: "2",
				BringUr: []string{"شناختی کارڈ", "بچے کا ب فارم"}, BringEn: []string{"identity card", "child’s B-form"}},
			{Code: "measuring", Letter: "N", NameUr: "پیمائش", NameEn: "Measuring", Pictogram: "nashonuma", Room: "2"},
			{Code: "check-up", Letter: "H", NameUr: "معائنہ", NameEn: "Check-up", Pictogram: "health", Room: "3"},
			{Code: "treatment", Letter: "H", NameUr: "ڈاکٹر", NameEn: "Doctor", Pictogram: "health", Room: "3"},
			{Code: "food", Letter: "F", NameUr: "خوراک", NameEn: "Special food", Pictogram: "nashonuma", Room: "4"},
			{Code: "payment", Letter: "E", NameUr: "رقم کی وصولی", NameEn: "Payments", Pictogram: "payment", Room: "5"},
		},
		Situations: []desk.Situation{{Code: "baby", Pictogram: "nashonuma", Services: journey}},
		Journeys:   []desk.Journey{{Code: "nashonuma", Stops: journey}},
		Desks: []desk.Desk{
			{Code: "A", NameUr: "اندراج", NameEn: "Registration", Room: "2", Serves: journey[:1], Registers: true},
			{Code: "B", NameUr: "پیمائش", NameEn: "Measuring", Room: "2", Serves: journey[1:2], Registers: true, Measures: true},
			{Code: "C", NameUr: "معائنہ", NameEn: "Check-up", Room: "3", Serves: []id.Service{"treatment", "check-up"}},
			{Code: "D", NameUr: "خوراک", NameEn: "Food", Room: "4", Serves: journey[3:4]},
			{Code: "E", NameUr: "ادائیگی", NameEn: "Payments", Room: "5", Serves: journey[4:]},
		},
	}
}

// Growth are settings of a programme: a child with severe malnutrition goes to the doctor, one with moderate to the food.
func Growth(t testing.TB) growth.Settings {
	t.Helper()
	figures, err := lms.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	return growth.Settings{Figures: figures, Limits: lms.DefaultLimits(), Steps: lms.DefaultSteps(), CutOffMM: 230, Rules: []growth.Rule{
		{Of: "acute", Class: "severe", Next: []id.Service{"treatment"}}, {Of: "acute", Class: "moderate", Next: []id.Service{"food"}},
	}}
}
