// Package port gives a driver one byte stream with one set of meanings, whatever wire it runs on.
//
// A port is an io.ReadWriteCloser whose Read answers data, [ErrQuiet], [ErrGone] or [ErrClosed] and whose Write
// answers success, [ErrStuck], [ErrGone] or [ErrClosed]; nothing else. What it promises on every kind of wire:
//
//   - Read returns within its quiet time, so a driver can look around between two reads;
//   - after an unplug the first Read or Write says ErrGone, and asking again costs no processor time worth counting;
//   - Write never blocks past its stall time and says exactly how many bytes the line took;
//   - Close returns within one quiet time, whoever is reading or writing;
//   - a serial line has one owner: the second opener is told [ErrBusy].
//
// Some ports can do more: [SideChannel] is what USB has beside the bytes.
//
// [Serial] is the only user of github.com/tarm/serial and hides its traps: a time-out and a hang-up that look alike, a
// Close that waits for a blocked read, a write without a bound, and no exclusive use. [PTY] is the far end of a serial
// line for simulators. Read serial.go next.
package port
