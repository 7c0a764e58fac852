package machine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// image collects what goes into the initramfs.
type image struct {
	files map[string]string // where in the guest: which file of this machine
}

// program puts a program into /bin, and the shared libraries that it asks for where it looks for them.
func (m *image) program(ctx context.Context, file string) error {
	m.files["/bin/"+filepath.Base(file)] = file
	return m.libraries(ctx, file)
}

var library = regexp.MustCompile(`(/\S+) \(0x`)

// libraries asks the loader. It fails on a program without any, which is the best kind.
func (m *image) libraries(ctx context.Context, file string) error {
	out, err := output(ctx, "", "ldd", file)
	if err != nil && strings.Contains(err.Error()+string(out), "not a dynamic executable") {
		return nil
	}
	if err != nil {
		return err
	}
	for _, found := range library.FindAllStringSubmatch(string(out), -1) {
		m.files[found[1]] = found[1]
	}
	if missing := regexp.MustCompile(`\S+ => not found`).FindString(string(out)); missing != "" {
		return fmt.Errorf("%s: library %s", file, missing)
	}
	return nil
}

// nssModules are opened by name by libnss3, which ldd cannot know of; libfprint asks that library for its random numbers.
var nssModules = []string{"libsoftokn3.so", "libfreebl3.so", "libfreeblpriv3.so"}

// nss puts them in where the distribution has them.
func (m *image) nss(ctx context.Context) error {
	for _, name := range nssModules {
		found, err := filepath.Glob("/usr/lib/*/nss/" + name)
		beside, besideErr := filepath.Glob("/usr/lib/*/" + name)
		if err := errors.Join(err, besideErr); err != nil {
			return err
		}
		for _, file := range append(found, beside...) {
			m.files[file] = file
			if err := m.libraries(ctx, file); err != nil {
				return err
			}
		}
	}
	return nil
}

// folder puts in every file of a folder.
func (m *image) folder(in, dir string) error {
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		m.files[filepath.Join(in, rel)] = file
		return err
	})
}

// write packs everything. It is not compressed: the guest would take longer to unpack it than to copy it.
func (m *image) write(to string) (err error) {
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	a := newArchive(out)
	for _, dir := range []string{"/dev", "/proc", "/sys", "/run", "/tmp"} {
		a.folder(dir)
	}
	for _, in := range slices.Sorted(maps.Keys(m.files)) {
		content, err := os.ReadFile(m.files[in])
		if err != nil {
			return err
		}
		a.file(in, 0o755, content)
	}
	return a.close()
}
