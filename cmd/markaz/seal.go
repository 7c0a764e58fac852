package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"markaz.example/edge/box"
	"markaz.example/edge/strongbox"
)

// keepCmd says what keeps the box's key from a thief, and changes that.
type keepCmd struct {
	Status     keepStatusCmd     `cmd:"" default:"withargs" help:"Say how the box's secrets are kept."`
	Tpm        keepTPMCmd        `cmd:"" help:"Seal the box's key in the machine's TPM, to the state that it booted in."`
	Passphrase keepPassphraseCmd `cmd:"" help:"Keep the box's key under a passphrase, which somebody types after each start."`
	Credential keepCredentialCmd `cmd:"" help:"Print the box's key for systemd-creds encrypt. Never to a file or a screen."`
	Open       keepOpenCmd       `cmd:"" help:"Put the box's key on the disk in the clear."`
	Code       keepCodeCmd       `cmd:"" help:"Make a new recovery code in the place of the old one."`
}

// secrets opens those of a configuration, asking for passphrase or recovery code where nothing else opens them.
func (c boxConfig) secrets() (box.Secrets, error) {
	config, err := box.Load(c.Config)
	if err != nil {
		return box.Secrets{}, err
	}
	s, err := box.OpenSecrets(config)
	if err != nil || !s.Locked() {
		return s, err
	}
	text, err := ask("Passphrase or recovery code: ")
	if err != nil {
		return s, err
	}
	return s, s.Unlock(text)
}

type keepStatusCmd struct{ boxConfig }

// Run asks for nothing.
func (c keepStatusCmd) Run() error {
	config, err := box.Load(c.Config)
	if err != nil {
		return err
	}
	secrets, err := box.OpenSecrets(config)
	if err != nil {
		return err
	}
	s := secrets.Status()
	switch s.Way {
	case strongbox.TPM:
		fmt.Printf("The box's key is sealed in this machine's TPM, to registers %d.\n", s.PCRs)
	case strongbox.Credential:
		fmt.Println("The box's key is a credential that systemd gives the service.")
	case strongbox.Passphrase:
		fmt.Println("The box's key is under a passphrase: markaz unlock after each start.")
	}
	if s.InTheOpen {
		fmt.Println("The box's key lies beside what it seals: a stolen disk opens everything. Change that: markaz seal tpm")
	}
	if s.Locked != nil {
		fmt.Println("For this command it is locked:", s.Locked)
	}
	if !s.Recovers {
		fmt.Println("There is no recovery code. Make one, and keep the sheet in a safe: markaz seal code")
	}
	return nil
}

type keepTPMCmd struct {
	boxConfig
	Pcrs []uint `default:"0,2,4,7" help:"Registers that have to say the same at each start: firmware, its extensions, boot loader, Secure Boot. With 8 and 9 also the kernel and its command line, and then each kernel update wants the recovery code."`
}

// Run gives the recovery code first: without it the next firmware update locks the box for good.
func (c keepTPMCmd) Run() error {
	return c.change(func(s box.Secrets) error { return s.UseTPM(c.Pcrs) })
}

type keepPassphraseCmd struct{ boxConfig }

// Run asks for the passphrase twice.
func (c keepPassphraseCmd) Run() error {
	return c.change(func(s box.Secrets) error {
		text, err := ask("New passphrase, four words that have nothing to do with each other: ")
		if err != nil {
			return err
		}
		again, err := ask("The same again: ")
		if err != nil {
			return err
		}
		if string(text) != string(again) {
			return errors.New("the two are not the same; nothing was changed")
		}
		return s.UsePassphrase(text)
	})
}

type keepOpenCmd struct{ boxConfig }

// Run needs no code: the key itself lies there.
func (c keepOpenCmd) Run() error {
	s, err := c.secrets()
	if err != nil {
		return err
	}
	return s.UsePlain()
}

// change makes a recovery code where there is none, and then changes the way.
func (c boxConfig) change(use func(box.Secrets) error) error {
	s, err := c.secrets()
	if err != nil {
		return err
	}
	if !s.Status().Recovers {
		if err := newCode(s); err != nil {
			return err
		}
	}
	if err := use(s); err != nil {
		return err
	}
	fmt.Println("Done. No secret was sealed anew: the box goes on without a restart.")
	return nil
}

type keepCodeCmd struct{ boxConfig }

// Run makes a code; the one before opens nothing from then on.
func (c keepCodeCmd) Run() error {
	s, err := c.secrets()
	if err != nil {
		return err
	}
	return newCode(s)
}

func newCode(s box.Secrets) error {
	code, err := s.NewCode()
	if err != nil {
		return err
	}
	fmt.Printf("Recovery code. It is shown once. Write it on paper, and put the paper into the safe, not beside the box:\n\n  %s\n\n", code.Paper())
	return nil
}

type keepCredentialCmd struct{ boxConfig }

// Run writes the key for a pipe, and refuses a terminal.
func (c keepCredentialCmd) Run() error {
	if terminal(os.Stdout) {
		return errors.New("this prints the box's key: give it to systemd-creds, as\n" +
			"  markaz seal credential | systemd-creds encrypt --name=markaz-box-key - /etc/credstore.encrypted/markaz-box-key\n" +
			"and name that file in a drop-in of markaz.service, as docs/install.md shows")
	}
	s, err := c.secrets()
	if err != nil {
		return err
	}
	text, err := s.CredentialText()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	fmt.Fprintln(os.Stderr, "Name the credential in a drop-in of markaz.service, as docs/install.md shows, and restart the box: at its first start with the credential it wipes the key that lies in the clear.")
	return err
}

type unlockCmd struct{ boxConfig }

// Run opens the running box.
func (c unlockCmd) Run(ctx context.Context) error {
	config, err := box.Load(c.Config)
	if err != nil {
		return err
	}
	text, err := ask("Passphrase or recovery code: ")
	if err != nil {
		return err
	}
	var got box.Unlocked
	if err := box.NewDoorClient(config).Call(ctx, "POST", "/unlock", box.Unlocking{Text: string(text)}, &got); err != nil {
		return err
	}
	if got.Trouble != "" {
		return errors.New(got.Trouble)
	}
	fmt.Println("The box is open.")
	return nil
}

// ask reads a line that is not shown.
func ask(what string) ([]byte, error) {
	fmt.Fprint(os.Stderr, what)
	defer fmt.Fprintln(os.Stderr)
	defer blind(os.Stdin)()
	var line []byte
	for b := make([]byte, 1); len(line) < typedMax; line = append(line, b[0]) { // the next line is another question's
		if _, err := io.ReadFull(os.Stdin, b); err != nil && (len(line) == 0 || !errors.Is(err, io.EOF)) {
			return nil, fmt.Errorf("read what was typed: %w", err)
		} else if err != nil || b[0] == '\n' {
			break
		}
	}
	return bytes.TrimRight(line, "\r"), nil
}

// typedMax bounds what is typed.
const typedMax = 1 << 10

func terminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

// blind keeps a terminal from showing what is typed, until seeing.
func blind(f *os.File) (seeing func()) {
	old, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		return func() {}
	}
	dark := *old
	dark.Lflag &^= unix.ECHO
	_ = unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, &dark)
	return func() { _ = unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, old) }
}
