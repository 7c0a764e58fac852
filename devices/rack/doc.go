// Package rack runs drivers and tells how each device is.
//
// A driver that ends is started again after a delay that grows, is capped and jittered; nothing a device does is fatal
// to the rest. Who knows that something was plugged in calls Plugged, and all that wait try at once. How a device is arrives at a [Reporter], which whoever shows or records it implements: the full set of
// [Condition]s that hold now, an empty set meaning well. Codes are stable: screens, translations and alarms key on
// them, and every code has a remedy a person at the centre can carry out.
//
// printer.go is how a printer's state becomes conditions. Read rack.go next.
package rack
