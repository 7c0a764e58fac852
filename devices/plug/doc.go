// Package plug notices what is plugged in and finds a device again when the kernel has given it another name.
//
// A [Watcher] listens to the kernel's own messages (uevents, netlink family 15, group 1), which need no rights and no
// udev. Where that socket is forbidden it says so once and asks for a look around every 30 s instead. Messages that
// were lost are told as one [Rescan], so whoever listens never has to believe that the stream is whole.
//
// A [Where] says which device is meant by what does not change when it is plugged in again: its serial number, the
// socket it is in, or its kind. [Find] looks for it in sysfs. [Serial] is a port.Opener that does so at every opening,
// so that a driver comes back under whatever name the kernel chose this time.
//
// Sources: Linux lib/kobject_uevent.c; Documentation/ABI/testing/sysfs-bus-usb, sysfs-class-tty. Read watch.go next.
package plug
