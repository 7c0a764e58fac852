package machine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Machine is what the guest is made of. Paths are of this machine.
type Machine struct {
	Cache    string   // folder that is kept from run to run; made if missing
	Init     string   // the guest's first program: this one, built without cgo
	Programs []string // under test: put into /bin
	Profiles string   // folder of device profiles: /firmware-configs of the guest
	Judge    string   // source of the C program that drives the reader through libfprint
}

// ErrFailed is returned by Run when the guest ran and judged that something does not hold; it said what.
var ErrFailed = errors.New("the rig found a fault")

// Run builds the guest, boots it, shows its verdicts as they come and judges.
func (m Machine) Run(ctx context.Context, out io.Writer) error {
	began := time.Now()
	if err := os.MkdirAll(m.Cache, 0o755); err != nil {
		return err
	}
	k, err := findKernel(ctx, m.Cache, usbKit)
	if err != nil {
		return fmt.Errorf("get a kernel: %w", err)
	}
	work, err := os.MkdirTemp(m.Cache, "run-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	ramdisk := filepath.Join(work, "initramfs")
	if err := m.pack(ctx, k, work, ramdisk); err != nil {
		return fmt.Errorf("pack the guest: %w", err)
	}
	packed := time.Now()
	verdict, err := boot(ctx, k.image, ramdisk, out)
	fmt.Fprintf(out, "packed in %.1f s, ran for %.1f s\n", packed.Sub(began).Seconds(), time.Since(packed).Seconds())
	if err != nil {
		return err
	}
	return verdict.check()
}

// pack makes the initramfs.
func (m Machine) pack(ctx context.Context, k kernel, work, to string) error {
	judge := filepath.Join(work, "fpcap")
	if err := compile(ctx, m.Judge, judge); err != nil {
		return err
	}
	i := &image{files: map[string]string{"/init": m.Init}}
	for _, p := range append([]string{judge}, m.Programs...) {
		if err := i.program(ctx, p); err != nil {
			return err
		}
	}
	for _, file := range k.modules {
		i.files["/modules/"+filepath.Base(file)] = file
	}
	if err := errors.Join(i.nss(ctx), i.folder("/firmware-configs", m.Profiles)); err != nil {
		return err
	}
	return i.write(to)
}

// compile builds the C program against the distribution's libfprint.
func compile(ctx context.Context, source, to string) error {
	flags, err := output(ctx, "", "pkg-config", "--cflags", "--libs", "libfprint-2")
	if err != nil {
		return err
	}
	args := append([]string{"-O2", "-Wall", "-Werror", "-o", to, source}, strings.Fields(string(flags))...)
	_, err = output(ctx, "", "cc", args...)
	return err
}

// verdict is what was heard from the guest.
type verdict struct {
	summary string // its last line; empty when it never came so far
	exit    error  // of QEMU
	tail    []string
}

// boot runs QEMU until the guest powers off or the limit passes.
func boot(ctx context.Context, kernelImage, ramdisk string, out io.Writer) (verdict, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, bootLimit, fmt.Errorf("still running after %v", bootLimit))
	defer cancel()
	cmd := exec.CommandContext(ctx, "qemu-system-x86_64",
		"-M", "pc", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", strconv.Itoa(memoryMB),
		"-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio", "-monitor", "none",
		"-kernel", kernelImage, "-initrd", ramdisk,
		"-append", "console=ttyS0 quiet panic=-1 mitigations=off no_timer_check rdinit=/init")
	console, err := cmd.StdoutPipe()
	if err != nil {
		return verdict{}, err
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return verdict{}, fmt.Errorf("start the emulator: %w", err)
	}
	v := listen(console, out)
	v.exit = cmd.Wait()
	if ctx.Err() != nil {
		v.exit = context.Cause(ctx)
	}
	return v, nil
}

// shown are the lines of the console that are news, others are noise of the kernel.
var shown = regexp.MustCompile(`^(BOOT|PASS|FAIL|RIG) `)

func listen(console io.Reader, out io.Writer) (v verdict) {
	lines := bufio.NewScanner(console)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := strings.TrimRight(lines.Text(), "\r")
		if shown.MatchString(line) {
			fmt.Fprintln(out, line)
		}
		if strings.HasPrefix(line, "RIG ") {
			v.summary = line
		}
		v.tail = append(v.tail, line)
		v.tail = v.tail[max(0, len(v.tail)-tailLines):]
	}
	_, _ = io.Copy(io.Discard, console) // a line too long ends the scan, not the guest
	return v
}

var allPassed = regexp.MustCompile(`^RIG pass=[1-9][0-9]* fail=0$`)

// check is nil only if the guest came to its end, found no fault and powered itself off.
func (v verdict) check() error {
	console := "the end of its console:\n" + strings.Join(v.tail, "\n")
	switch {
	case v.exit != nil:
		return fmt.Errorf("emulated machine: %w; %s", v.exit, console)
	case v.summary == "":
		return fmt.Errorf("the guest ended without a verdict; %s", console)
	case !allPassed.MatchString(v.summary):
		return fmt.Errorf("%w: %s; %s", ErrFailed, v.summary, console)
	}
	return nil
}
