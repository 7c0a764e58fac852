package civil

const (
	// numberDigits is a CNIC's: five of the place of first registration, seven of the family, one more.
	numberDigits = 13

	// typedRunesMax bounds what is typed for a number or a date: thirteen digits, each with a dash and a direction mark.
	typedRunesMax = 52

	// nameRunesMax bounds a name: the longest on a card is three lines of some thirty letters.
	nameRunesMax = 100

	// nameRunesMin keeps a slip of the finger from being a name.
	nameRunesMin = 2

	// yearMin is before anybody's birth who comes to a centre.
	yearMin = 1900

	// monthsMax bounds an age that is told in months: ten years. Who is older knows a year.
	monthsMax = 120

	// daysPerMonth is WHO's: a year of 365.25 days in twelve. In ten-thousandths of a day, to stay with whole numbers.
	daysPerMonth10000 = 304_375

	// midMonth is the day that stands for an unknown one: at most 15 days off, and half as often before as after.
	midMonth = 15
)
