// Package outlet is where a simulated device is plugged in: on a pseudo-terminal ([Outlet]) or in memory ([Memory]), with
// a plug that can be pulled and put in again, as a person at a real device does, or a fault script.
//
// Its promise is about the plug. Of an Outlet: while it is in there is a line under Link, when it is out there is none,
// and a driver that had the line open reads port.ErrGone. Of a Memory: Open gives port.ErrGone while the plug is out.
//
// A script, which another may replace at any time, has the plug, the mains switch of a device that is [Powered], and
// every byte between device and plug. Read outlet.go next.
package outlet
