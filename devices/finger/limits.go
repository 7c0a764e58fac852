package finger

const (
	// blocksPerInch: a square of 1/32 inch, 16 pixels at 500 dpi, holds nearly two ridges of 0.46 mm, enough to tell
	// ridges from an edge.
	blocksPerInch = 32

	// ridgeContrast is the least standard deviation of greys in a square with ridges: sensor noise is below 10 and a
	// clear ridge reaches 70.
	ridgeContrast = 20

	// ridgeCrossings is how often a line through a square crosses its mean, on average over its rows or its columns,
	// times ten. Two ridges at 45 degrees give 2.5; the border of a smear gives 1.
	ridgeCrossings = 16

	// enoughArea is the ridged area that a plain impression has, in square millimetres: nine tenths of an oval of 12.2 by
	// 14.2 mm. A small sensor that is ridged over enoughPart of a hundred of its area has seen all it can see.
	enoughArea, enoughPart = 120, 65

	// fullContrast is the mean deviation above which a picture does not get any better: a wave that swings over four
	// fifths of all greys.
	fullContrast = 72

	// clipBorder is how near to black or white a grey counts as lost; clipFree is the share of a hundred that costs
	// nothing, since four-bit sensors reach both ends with a good finger too.
	clipBorder, clipFree = 2, 25

	// inch in millimetres.
	inch = 25.4
)
