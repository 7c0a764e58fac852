package lms

import "testing"

func TestQuick(t *testing.T) {
	f, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(f.Version)
	cm := func(hundredths int) Length { return Length(hundredths) * Centimetre / 100 }
	d := func(n int) Age { return Age{int32(n), AgeExact} }
	show := func(c Child) { t.Logf("%+v", f.Assess(c)) }
	show(Child{Sex: Male, Age: d(987), Stature: cm(7286), Position: Lying})
	show(Child{Sex: Female, Age: d(1522), Weight: 17 * Kilogram})
	show(Child{Sex: Female, Age: Months(24), Stature: cm(7750), Position: Standing})
	show(Child{Sex: Male, Age: Months(8), Stature: cm(6000), Position: Standing})
	show(Child{Sex: Male, Age: Months(9), Stature: cm(6000), Position: Standing})
	show(Child{Sex: Female, Age: d(365), Weight: 9 * Kilogram})
}
