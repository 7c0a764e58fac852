package machine

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Small is a machine of one drive and one program, which it starts on it. Paths are of this machine.
type Small struct {
	Cache   string // folder that is kept from run to run; made if missing
	Init    string // the guest's first program, which mounts the drive: this one, built without cgo
	Program string
	Drive   string // local socket of the NBD server
	Work    string // folder for the initramfs and for what the guest says

	kernel kernel
}

// Prepare finds the kernel and packs the initramfs.
func (s *Small) Prepare(ctx context.Context) (err error) {
	if err := os.MkdirAll(s.Cache, 0o755); err != nil {
		return err
	}
	if s.kernel, err = findKernel(ctx, s.Cache, smallKit); err != nil {
		return fmt.Errorf("get a kernel: %w", err)
	}
	i := &image{files: map[string]string{"/init": s.Init}}
	if err := i.program(ctx, s.Program); err != nil {
		return err
	}
	for _, file := range s.kernel.modules {
		i.files["/modules/"+filepath.Base(file)] = file
	}
	return errors.Join(i.write(s.ramdisk()), os.WriteFile(s.Said(), nil, 0o644))
}

func (s *Small) ramdisk() string { return filepath.Join(s.Work, "initramfs") }

// Console is the file with what the kernel and the program's complaints said, at all starts.
func (s *Small) Console() string { return filepath.Join(s.Work, "console") }

// Said is the file with what the program said, at all starts.
func (s *Small) Said() string { return filepath.Join(s.Work, "said") }

// Start switches the machine on. Its program gets one line of environment. It runs until Kill, until the program ends, or
// until the context does.
func (s *Small) Start(ctx context.Context, environment string) (*Powered, error) {
	given := base64.RawURLEncoding.EncodeToString([]byte(environment))
	return power(ctx, s.Console(), append(withDrive(smallMB, s.Drive, s.Said()),
		"-kernel", s.kernel.image, "-initrd", s.ramdisk(),
		"-append", "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off no_timer_check random.trust_cpu=on rdinit=/init"+
			" markaz-rig=program markaz-program="+filepath.Base(s.Program)+" markaz-environment="+given))
}
