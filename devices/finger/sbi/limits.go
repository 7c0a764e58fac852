package sbi

import "time"

const (
	// portFirst and portLast are where device services listen. Source: secure biometric interface, section device discovery.
	portFirst, portLast = 4501, 4600

	// portsAtOnce is how many ports are asked at the same time while looking for a service: closed ports of this machine
	// refuse within a millisecond, and a hundred connections at once would look like an attack.
	portsAtOnce = 8

	// lookWait bounds the question to one port. A service answers from memory; one port that is held by a mute program
	// costs this much, and the whole look at most 13 of them in a row.
	lookWait = time.Second

	// lookPorts bounds the services that are looked at; a machine has one or two readers.
	lookPorts = 16

	// pollDefault is how often a service is asked how its reader is, and infoWait how long it may take. Trouble is named
	// within their sum, 4.5 s, and thus within 5 s.
	pollDefault, infoWait = 2 * time.Second, 2500 * time.Millisecond

	// captureDefault is how long a reader waits for a finger when the caller sets no deadline, and at most; the reference
	// client's value. captureMargin is what the reader is given less than the caller, so that its answer comes in time,
	// and captureMin the shortest that is worth asking for.
	captureDefault, captureMargin, captureMin = 40 * time.Second, 500 * time.Millisecond, time.Second

	// answerBytesMax bounds an answer. A finger of 800 by 750 pixels, uncompressed, is 600 kB; in base64 twice over 1.1 MB.
	// Doubled for what a service adds.
	answerBytesMax = 1 << 21

	// smallBytesMax bounds an answer that holds no finger: ten devices of 4 kB, each with two chains of certificates.
	smallBytesMax = 1 << 18

	// headerBytesMax bounds the header of an answer; a service sends five lines.
	headerBytesMax = 16 << 10

	// devicesMax bounds the devices of one answer, and certificatesMax a chain: device, provider, provider's root and two
	// spare.
	devicesMax, certificatesMax = 32, 5

	// keyBitsMin is the shortest RSA key believed. Source: secure biometric interface, section cryptography.
	keyBitsMin = 2048

	// timeSkew is how far the reader's clock may be from ours. Both are usually the same machine's; a reader with a clock
	// of its own sets it from its provider "at regular intervals".
	timeSkew = 2 * time.Minute

	// transactionMin and transactionMax bound a transaction's name, in letters, digits and hyphens.
	transactionMin, transactionMax = 4, 50

	// infoTextMax bounds what is shown of an error's text from a service, in bytes: one line on a page.
	infoTextMax = 120

	// qualityDefault is asked for when the centre sets none; the reference client's threshold for fingers.
	qualityDefault = 40
)

const (
	// simLasts is when the simulated service's certificates run out: the end of 2099, in seconds since 1970.
	simLasts = 4_102_444_799

	// simWidth and simHeight are the simulated reader's sensor, at simDPI.
	simWidth, simHeight, simDPI = 256, 288, 500

	// simSense is what the simulated reader needs to see a finger.
	simSense = 50 * time.Millisecond

	// simRequestMax bounds a request to the simulated service, in bytes; ours are below 1 kB.
	simRequestMax = 1 << 16
)
