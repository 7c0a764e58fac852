package ingest

import "time"

const (
	// linksMax bounds the boxes at one node. 154 districts have some 500 centres. What they may have in memory together is
	// summed in sync/link: batches wait for their commit in one room of link.RoomBytes.
	linksMax = 1024

	// window is the batches a box may have under way: see wire.WindowMax.
	window = 8

	// helloMax is how long a link may stay without Hello: half a round trip of 4 s, and two lost packets.
	helloMax = 30 * time.Second

	// silenceMax is for a box that is there and says nothing; whether it is there the link itself knows within a minute. A
	// message counts when it is whole, so it has the time of two batches that were sized to a line a hundred times
	// as fast: 130 KiB each at 9.6 kbit/s.
	silenceMax = 5 * time.Minute

	// inboxFrames lets the socket be read while a batch is verified.
	inboxFrames = 2

	// commitMax bounds the wait for a quorum; a group that elects a leader takes a few seconds.
	commitMax = 30 * time.Second

	// lettersMax is how many letters may be on their way to a box that has not said that it received them. Four of the
	// usual 300 bytes fill a second of 9.6 kbit/s.
	lettersMax = 4

	// downVersion is the version of the road since which something goes down.
	downVersion = 2
)
