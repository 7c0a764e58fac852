// Package drive is the drive of the rig's machine: a disk whose cache forgets. It speaks NBD over a local socket, keeps what
// is written in a cache until the machine asks for it to be flushed, and when the power goes it keeps, drops or tears what
// was not, sector by sector, by seed.
//
// It promises: what was flushed, or written with FUA, is in the file; a read sees the newest write; of what was neither,
// Cut leaves any part. A drive that lies says that it flushed and did not: the control.
//
// It owns the file that it was opened on. Source: NetworkBlockDevice/nbd doc/proto.md. Read Drive first.
package drive
