package update

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"markaz.example/edge/durable"
)

// The files of Updater's directory.
const (
	journalName = "journal.json"
	outcomeName = "outcome.json" // the newest, which the box reads
	badName     = "bad.json"
	nextName    = "next.deb"
	presentName = "present.deb" // brings back what is installed, when it is of that version
)

// fileBytesMax bounds those of JSON: badMax entries of 200 bytes.
const fileBytesMax = 64 << 10

func (u *Updater) path(name string) string { return filepath.Join(u.Dir, name) }

// load reads a file of JSON; one that is not there leaves v as it is.
func (u *Updater) load(name string, v any) (found bool, err error) {
	b, err := readBounded(u.path(name), fileBytesMax)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		return false, fmt.Errorf("read %s: %w", name, err)
	}
	return true, nil
}

func (u *Updater) save(name string, v any) error {
	u.at("before " + name)
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	if err := durable.WriteFile(u.path(name), b); err != nil {
		return err
	}
	u.at("after " + name)
	return nil
}

func (u *Updater) remove(name string) error {
	u.at("before removing " + name)
	if err := os.Remove(u.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return syncDir(u.Dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// bad is a version that did not come up.
type bad struct {
	Version Version `json:"version"`
	Digest  string  `json:"digest"`
	Reason  string  `json:"reason"`
}

func (u *Updater) badOf(digest string) (b bad, found bool, err error) {
	var all []bad
	if _, err := u.load(badName, &all); err != nil {
		return bad{}, false, err
	}
	for _, b := range all {
		if b.Digest == digest {
			return b, true, nil
		}
	}
	return bad{}, false, nil
}

func (u *Updater) mark(j Journal) error {
	var all []bad
	if _, err := u.load(badName, &all); err != nil {
		return err
	}
	if _, known, _ := u.badOf(j.Digest); known {
		return nil
	}
	all = append(all, bad{j.To, j.Digest, j.Reason})
	return u.save(badName, all[max(0, len(all)-badMax):])
}

// ReadOutcome gives the newest outcome of an Updater's directory, for the box. The number is 0 when there is none.
func ReadOutcome(dir string) (o Outcome, err error) {
	u := Updater{Dir: dir}
	_, err = u.load(outcomeName, &o)
	return o, err
}

// stagedName is where the box puts an update, below its data directory.
const stagedName = "update/staged"

// Stage puts an update's file where Updater finds it, once it is whole and its signature is good. It reports what Read
// does.
func Stage(data string, file []byte, from func([]byte) (Manifest, error)) (Manifest, error) {
	m, err := from(file)
	if err != nil {
		return m, err
	}
	to := filepath.Join(data, stagedName)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return m, fmt.Errorf("stage an update: %w", err)
	}
	return m, durable.WriteFile(to, file)
}

// staged opens what the box staged. The directory belongs to the box: a link that leads out of it is not followed.
func (u *Updater) staged() (io.ReadCloser, error) {
	root, err := os.OpenRoot(u.Data)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Lstat(stagedName)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", stagedName)
	}
	return root.Open(stagedName)
}

func (u *Updater) unstage() error {
	u.at("before unstaging")
	root, err := os.OpenRoot(u.Data)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Remove(stagedName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
