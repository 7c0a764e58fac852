package measure

import "time"

const (
	// infantMinG to infantMaxG: the lightest child that leaves a hospital and the heaviest that an infant scale carries.
	infantMinG, infantMaxG = 1_000, 20_000

	// adultMinG to adultMaxG: from a girl of twelve who is a mother to what a floor scale carries.
	adultMinG, adultMaxG = 20_000, 200_000

	// agreeDivisions: two weighings of a child that lies still differ by one step of the display at the most; two allow
	// for a breath. On an infant scale of 10 g that is 20 g.
	agreeDivisions = 2

	// emptyDivisions is the most that an empty scale shows; the same bound by which a scale's driver knows an empty pan.
	emptyDivisions = 10

	// heldWithin is how far apart the weighing of the mother alone and the one with her child may lie: longer, and a
	// shawl, a shoe or a drink has come between.
	heldWithin = 3 * time.Minute

	// tries is how many values are compared before all of them are thrown away.
	tries = 3

	// lengthAgreeMM: two measurers with a board differ by less. Source: WHO child growth standards, anthropometry manual,
	// maximum allowed difference 0.7 cm; half a centimetre is what a desk can hold with one measurer.
	lengthAgreeMM = 5

	// lyingMinMM to standingMaxMM are the people who come here: a premature child to one of four years on the board, a
	// child of two to a tall man at the wall.
	lyingMinMM, lyingMaxMM       = 400, 1_200
	standingMinMM, standingMaxMM = 800, 2_100

	// lengthLeastMM and lengthMostMM: no living person is shorter or taller. 753 typed for 75.3 is beyond.
	lengthLeastMM, lengthMostMM = 200, 2_600

	// childArmMinMM to adultArmMaxMM are the tapes: a child's ends at 265 mm, a mother's is read from 150 to 450.
	childArmMinMM, childArmMaxMM = 60, 265
	adultArmMinMM, adultArmMaxMM = 150, 450

	// kilogramDecimals: a typed weight is read to the gram.
	kilogramDecimals = 3
	// typedLeastG and typedMostG: the lightest child that lives, and the heaviest under five; 7210 typed for 7.210 is beyond.
	typedLeastG, typedMostG = 500, 60_000
	// armLeastMM and armMostMM: 11 typed for 112 is below, 1120 above.
	armLeastMM, armMostMM = 40, 700

	// typedRunesMax bounds what is looked at; a number takes six characters, direction marks a few more.
	typedRunesMax = 32
)
