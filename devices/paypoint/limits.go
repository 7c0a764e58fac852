package paypoint

import "time"

const (
	// connsMax is open connections of one line: a connection for each of two dozen counters, and as many again that a
	// broken router left half-open.
	connsMax = 64

	// headWithin to quietWithin bound a push: 64 kB over a line of 64 kbit/s take 8 s. The time for the answer begins with
	// that for the body, and a bank whose body did not come is told so.
	headWithin   = 5 * time.Second
	bodyWithin   = 15 * time.Second
	answerWithin = 20 * time.Second
	quietWithin  = 2 * time.Minute

	// headBytesMax: the two headers of the contract and those of any HTTP client, some 600 bytes.
	headBytesMax = 8 << 10

	// leaveWithin is how long a push under way may take to be answered when the listener ends.
	leaveWithin = time.Second

	// secretBytesMin is what HMAC-SHA256 deserves: a secret as long as its sum would be 32; half is beyond guessing.
	secretBytesMin = 16

	// probeEvery and probeWithin: a terminal that was unplugged is known in half a minute, at two packets a minute.
	probeEvery  = 30 * time.Second
	probeWithin = 3 * time.Second

	// troubleFor is how long a garbled message is shown as trouble: two rounds of a bank's monitoring.
	troubleFor = 10 * time.Minute

	// restBetween failing accepts, as when the process is out of descriptors.
	restBetween = 100 * time.Millisecond

	// lookEvery is how often troubles that have passed are looked for.
	lookEvery = 15 * time.Second

	// logEvery is the least time between two log lines about one kind of trouble: a babbling terminal fills no disk.
	logEvery = time.Minute
)

// What simulated terminals have.
const (
	simCassettes   = 2
	simNotes       = 2000 // in a full cassette
	simNotesAtOnce = 4    // the least that a customer gets of each
	simRoll        = 400  // receipts
	simLowPart     = 20   // hundredths of a full cassette or roll that are low

	// simEcho is how often POS terminals say that they are there. Every simEchoes of them, two minutes, a customer comes
	// to one of the terminals, 200 in a day, and each bank asks its terminals how they are.
	simEcho   = 40 * time.Second
	simEchoes = 3

	// simStale is how many half-open connections a line leaves behind before the oldest is taken down.
	simStale = 4

	// simQueue is what a line may hold back before the terminals wait for it.
	simQueue = 64

	// simFinish is how long the box may take to answer what was sent last.
	simFinish = 5 * time.Second
)

// simDenoms are the notes of each cassette, in rupees.
var simDenoms = [simCassettes]int{1000, 5000}
