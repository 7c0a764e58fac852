package ndc

import "time"

const (
	// messageBytesMax: the longest status, a configuration with all of its strings, has some 300 bytes; transactions,
	// which must fit to be skipped, up to 1,500.
	messageBytesMax = 4096

	// idleWithin: an ATM that serves nobody may be silent for long; its host looks after it every five minutes. After
	// three rounds without a word for any ATM the copy itself is broken.
	idleWithin = 15 * time.Minute

	// wholeWithin bounds one message from first to last byte, as on the slowest line.
	wholeWithin = 10 * time.Second

	// commandsMax bounds the ATMs whose last command is remembered; a copy that names more is no copy of ours.
	commandsMax = 256

	// partBytesMax bounds each field of a device's status: the longest, diagnostics of a cash handler, have some 40.
	partBytesMax = 64

	// cassettes are named by NDC up to this number.
	cassettes = 4
)
