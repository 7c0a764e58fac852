package profile

import (
	"fmt"
	"io/fs"
)

// Model is a profile of any class: a Printer, or what the other files of this package describe.
type Model interface {
	// Check reports every value that no driver could work with.
	Check() error
}

// Load reads a profile of whatever class the file says it is. The error names the file and, where there is one, the line.
func Load(fsys fs.FS, name string) (Model, error) {
	class, err := Class(fsys, name)
	if err != nil {
		return nil, err
	}
	switch class {
	case ClassPrinter:
		return model[Printer](fsys, name)
	case ClassFinger:
		return model[Finger](fsys, name)
	case ClassPaypoint:
		return model[Paypoint](fsys, name)
	case ClassScale:
		return model[Scale](fsys, name)
	}
	return nil, fmt.Errorf("device profile %s: class = %q is no class of device; firmware-configs/README.md lists them", name, class)
}

func model[P checker](fsys fs.FS, name string) (Model, error) {
	p, err := load[P](fsys, name)
	if err != nil {
		return nil, err
	}
	return p, nil
}
