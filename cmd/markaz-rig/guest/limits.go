package guest

import "time"

const (
	// checkLimit bounds one check. The longest, a slip with an unplug in it, takes 4 s on a quiet machine; ten times that.
	checkLimit = 45 * time.Second

	// storyLimit bounds all of them, so that the verdict is out before the emulator is stopped after 300 s.
	storyLimit = 270 * time.Second

	// look is the pause between two looks at something that is waited for.
	look = 20 * time.Millisecond

	// logLines is how much of a program's log is shown when something failed.
	logLines = 15

	// idleSpan is how long the processor time of an idle program is watched.
	idleSpan = 3 * time.Second
	// idleTries is how often it is watched before it counts as busy. What the trap burns it burns every time.
	idleTries = 3

	// idleCPU is what it may use meanwhile. The trap this is about burns all of it, 3 s; a box that polls uses 20 ms, here
	// ten times slower by emulation.
	idleCPU = 600 * time.Millisecond

	// simSpeed makes simulated devices so many times quicker than real ones: a slip of 2.5 s takes 0.3 s.
	simSpeed = 10
)
