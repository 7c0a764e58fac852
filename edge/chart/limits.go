package chart

const (
	// widthMin and widthMax bound a drawing: paper of 58 mm has 384 dots, of 80 mm 576, the widest head 832.
	widthMin = 256
	widthMax = 832

	// PointsMax is how many measurements one chart shows, the newest: monthly for five years are 60.
	PointsMax = 120

	// bandStep is how far the corners of a band's line are apart, in days or tenths of a centimetre: a dot of 576 is 3 to 4
	// days of five years, or half a tenth to one.
	bandStep = 7

	// ticksMax is how many numbers stand beside a chart: a nurse reads five or six at a glance.
	ticksMax = 6
)
