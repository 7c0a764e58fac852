// Package tpm seals a small secret in the machine's TPM to the state that it booted in.
//
// It promises: what was sealed opens on this machine alone, and only while the platform configuration registers (PCRs) that
// were named at sealing say what they said then; a firmware update, another boot loader or another disk's system changes
// them, and the chip then refuses with ErrMoved. The secret crosses the bus encrypted under a session key. Nothing is made
// in the chip that outlives a call: the storage root key is derived anew from the owner's seed each time (0.1 to 1 s on the
// chips that are sold), and the sealed blob is the caller's to keep.
//
// It owns no file. Source: TCG, Trusted Platform Module Library, part 3 (commands), and PC Client Platform Firmware
// Profile, table 1 (what is measured into which register).
package tpm
