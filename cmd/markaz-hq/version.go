package main

import "fmt"

// version is set by the build.
var version = "unknown"

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run() error {
	fmt.Println("markaz-hq", version)
	return nil
}
