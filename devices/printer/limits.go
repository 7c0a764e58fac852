package printer

import "time"

const (
	// slipRowsMax is the longest slip: 2,500 rows are 31 cm at 203 dpi, four times a ticket with every line filled.
	slipRowsMax = 2500

	// pollDefault is how often an idle printer is asked how it is, with three questions of three bytes. A printer that
	// falls silent is asked after 1.5 s at the latest, and believed dead when two rounds, each of answerDefault and, on
	// USB, portWait, have gone without an answer, watchDefault apart: after 4.4 s, within the 5 s that are promised.
	pollDefault = 1500 * time.Millisecond

	// portWait bounds the port's own word on the printer. USB answers a control request within a millisecond; a printer
	// that does not is as mute there as elsewhere.
	portWait = 200 * time.Millisecond

	// watchDefault is how often it is asked while a slip is under way or a scrap waits to be cleared: a visitor who
	// stares at a printer that stopped is told within a second.
	watchDefault = 500 * time.Millisecond

	// answerDefault is how long an answer to a real-time question may take on top of the bytes ahead of it on the
	// line. Printers answer within 20 ms; a box under load and a network printer that wakes up need more.
	answerDefault = time.Second

	// proofDefault is how long after the last byte (and the time its bytes need on the line) the printer may take to
	// confirm. 31 cm at 75 mm/s is 4.2 s, the cut 0.5 s; doubled for a hot head that pauses.
	proofDefault = 10 * time.Second

	// settleDefault is the silence that must follow a confirmation. The longest burst that could be taken for one, an
	// automatic status whose first byte was lost, has all its bytes within 3 character times: 1.6 ms at 19200 baud.
	settleDefault = 20 * time.Millisecond

	// recoverMin and recoverMax bound the pause between two attempts to clear a printer that does not confirm. Each
	// attempt costs 1.2 cm of paper: from 10 s doubling to 5 min, a printer that stays mute all day wastes 4 m.
	recoverMin, recoverMax = 10 * time.Second, 5 * time.Minute

	// babbleMax is how many bytes that answer nothing may come between two status rounds. A touched cable makes a
	// handful; whatever sends more may have made up the answers too.
	babbleMax = 16

	// bitsPerByte on a serial line: start, eight data, stop.
	bitsPerByte = 10

	// answersMax holds what the printer said while the driver was writing: an automatic status of 4 bytes is one
	// answer, and a slip of 20 blocks with one question each leaves 60. When full, the reader waits.
	answersMax = 64

	// readBytes is one look at the line; answers are one to four bytes long.
	readBytes = 64

	// blockDataMax bounds the body of an answer that begins with 37 hex; the longest we cause has one byte.
	blockDataMax = 80

	// simBuffer is the receive buffer of the simulated printer. Source: TM-T20III technical reference, 4 kB.
	simBuffer = 4096

	// simLine is 115200 baud, 8N1, in bytes a second.
	simLine = 115200 / bitsPerByte

	// simHead is how fast the paper moves, in mm a second: the middle of what receipt printers reach with pictures.
	simHead = 150

	// simRoll is a new roll of 80 mm paper, 80 m; simNearEnd is what is left on it when the sensor notices.
	simRoll, simNearEnd = 80_000, 4_000

	// simTear is the feed, in mm, after which a visitor can tear the slip off a printer without a cutter.
	simTear = 10

	// simPageRows bounds a page nobody cuts: 4 m of paper at 203 dpi, 2.3 MB at 576 dots.
	simPageRows = 32_000

	// simAnswers is the printer's send buffer, in bytes. Source: Epson ESC/POS Command Reference, notes of DLE DC4
	// (fn = 8): 99 bytes; what does not fit is lost.
	simAnswers = 99

	// simNap is the shortest sleep the pacing bothers with; shorter ones are added up.
	simNap = 5 * time.Millisecond

	// simUnknownMax bounds the record of commands that the simulator does not know.
	simUnknownMax = 100

	// simSpacing is a line feed after ESC @, in dots: 1/6 inch at 180 dpi, a little less at 203.
	simSpacing = 30

	// simLetter is the width of a character of font A, in dots.
	simLetter = 12

	// simGraphicsMax bounds what GS ( L can store: 831 rows of 1,024 dots and the head.
	// Source: Epson ESC/POS Command Reference, GS ( L function 112.
	simGraphicsMax = 831*128 + storedHead

	// simSpeedStep is the fastest print speed that the simulator's memory takes, and has when it is new.
	simSpeedStep = 9

	// simBabble bytes every simBabbleEvery are what a scale or a chattering contact sends: 640 bytes a second.
	simBabble, simBabbleEvery = 32, 50 * time.Millisecond
)
