package workshop

import "time"

const (
	// probeWait bounds the questions to one device: a printer is asked eight things and may take 1 s for each.
	probeWait = 15 * time.Second

	// applyWait bounds the setting of one device: some twelve parameters, each written, saved and read back in up to
	// 2 s, and a new start of 5 s in between.
	applyWait = time.Minute

	// recordMax is the longest recording; tape.Recording holds an hour of a busy device.
	recordMax = time.Hour
)
