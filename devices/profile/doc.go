// Package profile reads what we know about a device model from a file in firmware-configs, so that adding a model
// needs no Go.
//
// A file is TOML and is read strictly: a key that is not known, a value out of range or a command the drivers do not
// speak is an error naming file and line. firmware-configs/README.md explains every key. Read printer.go next.
package profile
