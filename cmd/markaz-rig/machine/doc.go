// Package machine makes the small computer of the rig: a kernel of the distribution, unpacked once, an initramfs with the
// programs under test and the libraries they ask for, and QEMU to run it by software emulation alone.
//
// It owns the folder of its cache and nothing else. Read Machine first.
package machine
