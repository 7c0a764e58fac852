package tpm

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/go-tpm/tpm2"
)

// Sealed is a secret that only one chip opens, in one state of the machine.
type Sealed struct {
	PCRs    []uint `json:"pcrs"`    // registers whose values it is bound to, of the SHA-256 bank
	Public  []byte `json:"public"`  // TPMT_PUBLIC as the chip gave it
	Private []byte `json:"private"` // TPM2B_PRIVATE's buffer
}

// ErrFormat is reported for a blob that is none.
var ErrFormat = errors.New("not a secret that a TPM sealed")

// Check reports ErrRange or ErrFormat.
func (s Sealed) Check() error {
	for _, half := range [][]byte{s.Public, s.Private} {
		if len(half) == 0 || len(half) > blobBytesMax {
			return fmt.Errorf("%w: half of it has %d bytes", ErrFormat, len(half))
		}
	}
	return CheckPCRs(s.PCRs)
}

// CheckPCRs reports ErrRange.
func CheckPCRs(pcrs []uint) error {
	sorted := slices.Compact(slices.Sorted(slices.Values(pcrs)))
	if len(sorted) == 0 || len(sorted) != len(pcrs) || sorted[len(sorted)-1] > pcrMax {
		return fmt.Errorf("%w: %d", ErrRange, pcrs)
	}
	return nil
}

// Seal seals a secret of 1 to 128 bytes to what the registers say now.
func (c *Chip) Seal(secret []byte, pcrs []uint) (Sealed, error) {
	if err := CheckPCRs(pcrs); err != nil {
		return Sealed{}, err
	}
	if len(secret) == 0 || len(secret) > secretBytesMax {
		return Sealed{}, fmt.Errorf("seal in the TPM: a secret of %d bytes", len(secret))
	}
	digest, err := c.policy(pcrs)
	if err != nil {
		return Sealed{}, fmt.Errorf("seal in the TPM: %w", err)
	}
	root, hidden, done, err := c.root(tpm2.AESEncryption(aesBits, tpm2.EncryptIn))
	if err != nil {
		return Sealed{}, fmt.Errorf("seal in the TPM: %w", err)
	}
	defer done()
	made, err := tpm2.Create{
		ParentHandle: named(root, hidden),
		InSensitive: tpm2.TPM2BSensitiveCreate{Sensitive: &tpm2.TPMSSensitiveCreate{
			Data: tpm2.NewTPMUSensitiveCreate(&tpm2.TPM2BSensitiveData{Buffer: secret}),
		}},
		InPublic: tpm2.New2B(tpm2.TPMTPublic{
			Type: tpm2.TPMAlgKeyedHash, NameAlg: tpm2.TPMAlgSHA256, AuthPolicy: digest,
			ObjectAttributes: tpm2.TPMAObject{FixedTPM: true, FixedParent: true, NoDA: true},
		}),
	}.Execute(c.chip)
	if err != nil {
		return Sealed{}, fmt.Errorf("seal in the TPM: %w", err)
	}
	return Sealed{PCRs: slices.Clone(pcrs), Public: made.OutPublic.Bytes(), Private: made.OutPrivate.Buffer}, nil
}

// Unseal opens what Seal made. It reports ErrMoved, ErrOther or ErrFormat.
func (c *Chip) Unseal(s Sealed) ([]byte, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	root, hidden, done, err := c.root(tpm2.AESEncryption(aesBits, tpm2.EncryptOut))
	if err != nil {
		return nil, fmt.Errorf("open what the TPM sealed: %w", err)
	}
	defer done()
	object, err := tpm2.Load{
		ParentHandle: named(root, tpm2.PasswordAuth(nil)),
		InPrivate:    tpm2.TPM2BPrivate{Buffer: s.Private}, InPublic: tpm2.BytesAs2B[tpm2.TPMTPublic](s.Public),
	}.Execute(c.chip)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOther, err)
	}
	defer func() { _, _ = tpm2.FlushContext{FlushHandle: object.ObjectHandle}.Execute(c.chip) }()
	return c.open(tpm2.NamedHandle{Handle: object.ObjectHandle, Name: object.Name}, hidden, s.PCRs)
}

func (c *Chip) open(object tpm2.NamedHandle, hidden tpm2.Session, pcrs []uint) ([]byte, error) {
	session, end, err := tpm2.PolicySession(c.chip, tpm2.TPMAlgSHA256, nonceBytes)
	if err != nil {
		return nil, fmt.Errorf("open what the TPM sealed: %w", err)
	}
	defer func() { _ = end() }()
	if err := c.bind(session, pcrs); err != nil {
		return nil, err
	}
	out, err := tpm2.Unseal{
		ItemHandle: tpm2.AuthHandle{Handle: object.Handle, Name: object.Name, Auth: session},
	}.Execute(c.chip, hidden)
	switch {
	case errors.Is(err, tpm2.TPMRCPolicyFail), errors.Is(err, tpm2.TPMRCPCRChanged):
		return nil, ErrMoved
	case err != nil:
		return nil, fmt.Errorf("open what the TPM sealed: %w", err)
	}
	return out.OutData.Buffer, nil
}

// policy is the digest that a session has after the registers were bound to it as they are now.
func (c *Chip) policy(pcrs []uint) (tpm2.TPM2BDigest, error) {
	trial, end, err := tpm2.PolicySession(c.chip, tpm2.TPMAlgSHA256, nonceBytes, tpm2.Trial())
	if err != nil {
		return tpm2.TPM2BDigest{}, err
	}
	defer func() { _ = end() }()
	if err := c.bind(trial, pcrs); err != nil {
		return tpm2.TPM2BDigest{}, err
	}
	got, err := tpm2.PolicyGetDigest{PolicySession: trial.Handle()}.Execute(c.chip)
	if err != nil {
		return tpm2.TPM2BDigest{}, err
	}
	return got.PolicyDigest, nil
}

func (c *Chip) bind(session tpm2.Session, pcrs []uint) error {
	_, err := tpm2.PolicyPCR{PolicySession: session.Handle(), Pcrs: tpm2.TPMLPCRSelection{
		PCRSelections: []tpm2.TPMSPCRSelection{{Hash: tpm2.TPMAlgSHA256, PCRSelect: tpm2.PCClientCompatible.PCRs(pcrs...)}},
	}}.Execute(c.chip)
	if err != nil {
		return fmt.Errorf("bind to the machine's state: %w", err)
	}
	return nil
}
