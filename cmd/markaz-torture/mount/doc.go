// Package mount puts a disk of package platter under a path, by FUSE, so that programs use it as they use any other.
//
// The kernel keeps pages as it does for a real disk, so that a file can be mapped, and forgets them at each open. The
// programs on it must be other processes than the one that mounts: one that waits for a page of its own would wait for
// ever. Root mounts by itself; anybody else needs the program fusermount3.
package mount
