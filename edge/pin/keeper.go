package pin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"

	"golang.org/x/crypto/argon2"
)

// What a Keeper reports.
var (
	// ErrShape: a PIN is not of six digits. ErrEasy: it is one that everybody tries first.
	ErrShape = errors.New("a PIN has six digits")
	ErrEasy  = errors.New("this PIN is one of those that everybody tries first")
	// ErrOther: the verifier was made with the secret of another box, so nobody can say whether a PIN fits.
	ErrOther = errors.New("the PIN was set on another box: it has to be set anew")
	// ErrBusy: too many PINs wait to be checked.
	ErrBusy = errors.New("too many people sign in at this moment")
)

// Cost is what one hash of argon2id takes.
type Cost struct {
	MemoryKiB, Passes uint32
}

// DefaultCost is what a box takes. Tests that sign in all day take less.
func DefaultCost() Cost { return Cost{memoryKiB, passes} }

// Keeper makes and checks verifiers with one secret. Any goroutine may call it, once its cost is set.
type Keeper struct {
	Cost Cost // of new verifiers; those that stand are checked at their own

	secret  Secret
	turns   chan struct{} // one for each PIN that is being hashed
	waiting chan struct{} // one for each that is, or waits to be
}

// NewKeeper makes a keeper.
func NewKeeper(s Secret) *Keeper {
	return &Keeper{Cost: DefaultCost(), secret: s, turns: make(chan struct{}, atOnce), waiting: make(chan struct{}, atOnce+waitingMax)}
}

// Check reports ErrShape, and ErrEasy for digits that are all the same, repeat, or count up or down.
func Check(pin string) error {
	if len(pin) != Digits || strings.Trim(pin, "0123456789") != "" {
		return ErrShape
	}
	steps := map[byte]int{}
	for i := 1; i < len(pin); i++ {
		steps[(pin[i]-pin[i-1]+10)%10]++
	}
	half := pin[:Digits/2]
	if len(steps) == 1 && (steps[0]+steps[1]+steps[9] > 0) || half == pin[Digits/2:] || strings.Repeat(pin[:2], Digits/2) == pin {
		return ErrEasy
	}
	return nil
}

// Make is the verifier of a PIN of whoever has this name. It reports ErrShape, ErrEasy, ErrBusy, or the context's end.
func (k *Keeper) Make(ctx context.Context, r io.Reader, name, pin string) (string, error) {
	if err := Check(pin); err != nil {
		return "", err
	}
	v := verifier{memory: k.Cost.MemoryKiB, passes: k.Cost.Passes, secret: k.secret.ID(), salt: make([]byte, saltBytes)}
	if _, err := io.ReadFull(r, v.salt); err != nil {
		return "", fmt.Errorf("draw a salt: %w", err)
	}
	var err error
	v.hash, err = k.hash(ctx, v, name, pin)
	return v.String(), err
}

// Fits says whether a PIN is the one of a verifier. It reports ErrVerifier, ErrOther, ErrBusy, or the context's end.
func (k *Keeper) Fits(ctx context.Context, stored, name, pin string) (bool, error) {
	v, err := parse(stored)
	if err != nil {
		return false, err
	}
	if v.secret != k.secret.ID() {
		return false, ErrOther
	}
	got, err := k.hash(ctx, v, name, pin)
	return err == nil && subtle.ConstantTimeCompare(got, v.hash) == 1, err
}

// Waste takes as long as Fits does, for a name that is nobody's: how long the answer takes must not tell who is.
func (k *Keeper) Waste(ctx context.Context, name, pin string) error {
	_, err := k.hash(ctx, verifier{memory: k.Cost.MemoryKiB, passes: k.Cost.Passes, salt: make([]byte, saltBytes)}, name, pin)
	return err
}

// hash waits for a turn.
func (k *Keeper) hash(ctx context.Context, v verifier, name, pin string) ([]byte, error) {
	select {
	case k.waiting <- struct{}{}:
	default:
		return nil, ErrBusy
	}
	defer func() { <-k.waiting }()
	select {
	case k.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-k.turns }()
	return argon2.IDKey(k.secret.mac("markaz pin", name, pin), v.salt, v.passes, v.memory, 1, hashBytes), nil
}

// Draw is a PIN by chance that Check takes.
func Draw(r io.Reader) (string, error) {
	for {
		n, err := rand.Int(r, big.NewInt(1_000_000))
		if err != nil {
			return "", fmt.Errorf("draw a PIN: %w", err)
		}
		if pin := fmt.Sprintf("%06d", n); Check(pin) == nil {
			return pin, nil
		}
	}
}
