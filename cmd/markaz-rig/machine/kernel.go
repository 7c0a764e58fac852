package machine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// kit is what a guest needs of a kernel beside what it was built with.
type kit struct {
	folder  string // what the folder of the cache is called after the kernel
	modules []string
}

var (
	usbKit = kit{"", []string{"vhci-hcd", "usblp", "cdc-acm"}}

	// debianKit is what Debian's own initramfs would load on this machine, and the virtual USB host.
	debianKit = kit{"-debian", []string{"crc32c_generic", "ext4", "virtio_pci", "virtio_blk", "virtio_net", "autofs4", "vhci-hcd", "usblp"}}

	// smallKit is what a drive needs.
	smallKit = kit{"-small", []string{"crc32c_generic", "ext4", "virtio_pci", "virtio_blk"}}
)

// kernel is a folder of the cache: a kernel image, and modules in the order in which they are loaded.
type kernel struct {
	image   string
	modules []string // files
}

// metaPackage depends on the newest kernel of the distribution.
const metaPackage = "linux-image-amd64"

// findKernel gives the distribution's kernel, downloading it when the cache has another or none.
func findKernel(ctx context.Context, cache string, needs kit) (kernel, error) {
	name, err := kernelPackage(ctx)
	if err != nil {
		return kernel{}, err
	}
	dir := filepath.Join(cache, name+needs.folder)
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		err = unpackKernel(ctx, cache, name, dir, needs.modules)
		if err != nil {
			return kernel{}, fmt.Errorf("unpack %s: %w", name, err)
		}
	}
	return openKernel(dir)
}

// kernelPackage is the package of the kernel itself. A machine whose lists of packages were never fetched, as a fresh
// container, fetches them.
func kernelPackage(ctx context.Context) (string, error) {
	name, err := askPackage(ctx)
	if err == nil {
		return name, nil
	}
	if err := updateLists(ctx); err != nil {
		return "", err
	}
	return askPackage(ctx)
}

var dependsOn = regexp.MustCompile(`Depends: (linux-image-\S+)`)

func askPackage(ctx context.Context) (string, error) {
	out, err := output(ctx, "", "apt-cache", "depends", metaPackage)
	if err != nil {
		return "", err
	}
	found := dependsOn.FindSubmatch(out)
	if found == nil {
		return "", fmt.Errorf("%s depends on no kernel: this rig needs Debian on an amd64 machine", metaPackage)
	}
	return string(found[1]), nil
}

func updateLists(ctx context.Context) error {
	command := []string{"apt-get", "update", "-q"}
	if os.Getuid() != 0 {
		command = append([]string{"sudo"}, command...)
	}
	_, err := output(ctx, "", command[0], command[1:]...)
	return err
}

// unpackKernel makes dir whole or not at all.
func unpackKernel(ctx context.Context, cache, name, dir string, modules []string) error {
	work, err := os.MkdirTemp(cache, "unpack-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := download(ctx, work, name); err != nil {
		return err
	}
	root, ready := filepath.Join(work, "root"), filepath.Join(work, "ready")
	packages, err := filepath.Glob(filepath.Join(work, "*.deb"))
	if err != nil || len(packages) != 1 {
		return fmt.Errorf("%d packages were downloaded, want 1", len(packages))
	}
	if _, err := output(ctx, "", "dpkg-deb", "-x", packages[0], root); err != nil {
		return err
	}
	if err := os.Mkdir(ready, 0o755); err != nil {
		return err
	}
	if err := errors.Join(copyImage(ctx, root, ready), copyModules(ctx, root, ready, modules)); err != nil {
		return err
	}
	err = os.Rename(ready, dir)
	if errors.Is(err, os.ErrExist) {
		return nil // another run was quicker
	}
	return err
}

// download fetches by the lists of this machine, and once more by new ones: a kernel that was replaced is gone.
func download(ctx context.Context, dir, name string) error {
	_, err := output(ctx, dir, "apt-get", "download", "-q", name)
	if err == nil {
		return nil
	}
	if err := updateLists(ctx); err != nil {
		return err
	}
	_, err = output(ctx, dir, "apt-get", "download", "-q", name)
	return err
}

// copyImage unpacks the kernel out of its self-extracting image: emulated, that would take half of the boot, and QEMU
// can start a bare ELF by its PVH entry. An image that is packed in another way than XZ is taken as it is.
func copyImage(ctx context.Context, root, ready string) error {
	images, err := filepath.Glob(filepath.Join(root, "boot", "vmlinuz-*"))
	if err != nil || len(images) != 1 {
		return fmt.Errorf("%d kernels in the package, want 1", len(images))
	}
	packed, err := os.ReadFile(images[0])
	if err != nil {
		return err
	}
	image := packed
	if at := bytes.Index(packed, []byte("\xfd7zXZ\x00")); at >= 0 {
		if elf := unXZ(ctx, packed[at:]); bytes.HasPrefix(elf, []byte("\x7fELF")) {
			image = elf
		}
	}
	return os.WriteFile(filepath.Join(ready, "kernel"), image, 0o644)
}

// unXZ gives what it could unpack. What follows the kernel in its image makes xz complain at the end.
func unXZ(ctx context.Context, packed []byte) []byte {
	cmd := exec.CommandContext(ctx, "xz", "--decompress", "--stdout", "--single-stream", "--quiet")
	cmd.Stdin = bytes.NewReader(packed)
	unpacked, _ := cmd.Output()
	return unpacked
}

// copyModules numbers the modules in the order of loading, each once.
func copyModules(ctx context.Context, root, ready string, modules []string) error {
	releases, err := filepath.Glob(filepath.Join(root, "lib", "modules", "*"))
	if err != nil || len(releases) != 1 {
		return fmt.Errorf("modules of %d kernels in the package, want 1", len(releases))
	}
	release := filepath.Base(releases[0])
	if _, err := output(ctx, "", "depmod", "-b", root, release); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, name := range modules {
		plan, err := output(ctx, "", "modprobe", "-d", root, "-S", release, "--show-depends", name)
		if err != nil {
			return err
		}
		if err := copyPlan(ctx, string(plan), ready, seen); err != nil {
			return err
		}
	}
	return nil
}

// copyPlan reads lines as "insmod /path/to/usbcore.ko" and "builtin usbcore".
func copyPlan(ctx context.Context, plan, ready string, seen map[string]bool) error {
	for line := range strings.Lines(plan) {
		word, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word != "insmod" || seen[path] {
			continue
		}
		seen[path] = true
		code, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := filepath.Base(path)
		if plain, ok := strings.CutSuffix(name, ".xz"); ok {
			name, code = plain, unXZ(ctx, code)
		}
		name = fmt.Sprintf("%02d-%s", len(seen), name)
		if err := os.WriteFile(filepath.Join(ready, name), code, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func openKernel(dir string) (kernel, error) {
	found, err := filepath.Glob(filepath.Join(dir, "*.ko"))
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("no modules in %s: remove that folder and run again", dir)
	}
	return kernel{image: filepath.Join(dir, "kernel"), modules: found}, err
}

// output runs a tool and gives what it printed; its complaints are in the error.
func output(ctx context.Context, dir, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, bytes.TrimSpace(complaints.Bytes()))
	}
	return out, nil
}
