package push

import "time"

const (
	// bodyBytesMax is the contract's. A message has some 500 bytes: a bank may send a hundred terminals at once.
	bodyBytesMax = 64 << 10

	// messagesMax in one body: those of some 500 bytes that fit.
	messagesMax = 128

	// aheadMax is how far a bank's clock may be ahead, and its signature old or young.
	aheadMax = 10 * time.Minute

	// recentMax is how many sequence numbers of a terminal are remembered below the newest: what a bank still repeats
	// after a line that hung, at one message a second for a minute.
	recentMax = 64

	// seqMax has one digit fewer than the shortest card number, so that no sequence number looks like one.
	seqMax = 999_999_999_999

	// digitsMin and digitsMax: lengths of card numbers. Source: ISO/IEC 7812.
	digitsMin, digitsMax = 13, 19

	// scrubBytes is what one read of a connection takes: more than most messages have.
	scrubBytes = 4096

	// answerBytesMax bounds what a client reads of an answer: 128 refusals of 100 bytes.
	answerBytesMax = 16 << 10
)
