package machine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// Debian is a machine that boots a whole Debian from its drive. Paths are of this machine.
type Debian struct {
	Cache  string // folder that is kept from run to run; made if missing
	Init   string // the guest's first program, which mounts the drive: this one, built without cgo
	Drive  string // local socket of the NBD server
	Public string // host:port of this machine that leads to port 8080 of the guest
	Desks  string // the same for port 8443
	Stick  string // file of a stick with updates that is plugged in; empty for none
	Work   string // folder for the initramfs and for what the guest says

	kernel kernel
}

// Prepare finds the kernel and packs the initramfs.
func (d *Debian) Prepare(ctx context.Context) (err error) {
	if err := os.MkdirAll(d.Cache, 0o755); err != nil {
		return err
	}
	if d.kernel, err = findKernel(ctx, d.Cache, debianKit); err != nil {
		return fmt.Errorf("get a kernel: %w", err)
	}
	i := &image{files: map[string]string{"/init": d.Init}}
	for _, file := range d.kernel.modules {
		i.files["/modules/"+filepath.Base(file)] = file
	}
	return i.write(d.ramdisk())
}

func (d *Debian) ramdisk() string { return filepath.Join(d.Work, "initramfs") }

// Console is the file with what the kernel and systemd said at all starts; Papers that of the printer's witness.
func (d *Debian) Console() string { return filepath.Join(d.Work, "console") }

// Papers is the file with a line for each paper that came out.
func (d *Debian) Papers() string { return filepath.Join(d.Work, "papers") }

// Powered is a machine that runs.
type Powered struct {
	cmd     *exec.Cmd
	ended   chan struct{}
	console *os.File
}

// Start switches the machine on. It runs until Kill, until it switches itself off, or until the context ends.
func (d *Debian) Start(ctx context.Context) (*Powered, error) {
	return power(ctx, d.Console(), d.arguments())
}

// power switches on, and adds what the machine says to a file.
func power(ctx context.Context, to string, arguments []string) (*Powered, error) {
	console, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	p := &Powered{cmd: exec.CommandContext(ctx, "qemu-system-x86_64", arguments...), ended: make(chan struct{}), console: console}
	p.cmd.Stdout, p.cmd.Stderr = console, console
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start the emulator: %w", err), console.Close())
	}
	go func() {
		_ = p.cmd.Wait() // how it ends is no news: it is killed
		close(p.ended)
	}()
	return p, nil
}

// arguments are the emulator's. The second serial line is the witness of papers.
func (d *Debian) arguments() []string {
	out := append(withDrive(debianMB, d.Drive, d.Papers()),
		"-netdev", "user,id=net,restrict=on"+forward(d.Public, 8080)+forward(d.Desks, 8443),
		"-device", "virtio-net-pci,netdev=net,romfile=",
		"-kernel", d.kernel.image, "-initrd", d.ramdisk(),
		"-append", "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off no_timer_check random.trust_cpu=on net.ifnames=0 rdinit=/init markaz-rig=debian",
	)
	if d.Stick != "" {
		out = append(out, "-blockdev", "driver=file,node-name=stick,read-only=on,filename="+d.Stick, "-device", "virtio-blk-pci,drive=stick")
	}
	return out
}

// withDrive are the arguments of a machine with a drive behind an NBD server. Its second serial line leads to a file,
// outside of every power cut.
func withDrive(megabytes int, server, witness string) []string {
	return []string{
		"-M", "pc", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", strconv.Itoa(megabytes),
		"-nodefaults", "-no-reboot", "-display", "none", "-monitor", "none",
		"-serial", "stdio",
		"-chardev", "file,id=witness,append=on,path=" + witness, "-serial", "chardev:witness",
		"-blockdev", "driver=nbd,node-name=drive,server.type=unix,server.path=" + server,
		"-device", "virtio-blk-pci,drive=drive,write-cache=on",
	}
}

func forward(outside string, inside int) string {
	return fmt.Sprintf(",hostfwd=tcp:%s-:%d", outside, inside)
}

// Ended is closed when the machine is off.
func (p *Powered) Ended() <-chan struct{} { return p.ended }

// Kill pulls the plug, and waits until the emulator is gone.
func (p *Powered) Kill() error {
	err := p.cmd.Process.Kill()
	<-p.ended
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	return errors.Join(err, p.console.Close())
}
