package ingest

import "time"

const (
	// linksMax bounds the boxes at one node. 154 districts have some 500 centres; a link that sends costs at most a
	// window of batches, which are some 100 KiB each as they come.
	linksMax = 1024

	// window is the batches a box may have under way: see wire.WindowMax.
	window = 8

	// shelvesSince is the version of the protocol that keeps branches whole.
	shelvesSince = 2

	// helloMax is how long a link may stay without Hello.
	helloMax = 30 * time.Second

	// silenceMax is four beats of a box.
	silenceMax = 2 * time.Minute

	// recallSilenceMax is how long a box that reads its chain back may take to acknowledge a batch: one of a mebibyte takes
	// 15 minutes at 9.6 kbit/s.
	recallSilenceMax = 20 * time.Minute

	// patrolEvery is how soon a link ends whose certificate was revoked. A look costs microseconds.
	patrolEvery = time.Second

	// inboxFrames lets the socket be read while a batch is verified. With the window it bounds what a link holds in
	// memory.
	inboxFrames = 2

	// commitMax bounds the wait for a quorum; a group that elects a leader takes a few seconds.
	commitMax = 30 * time.Second
)
