package blackout

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
)

// pressed is the line on which the machine tells how many bytes of each program came to lie on the swap.
var pressed = regexp.MustCompile(`(?m)^SWAP careless=(\d+) markaz=(\d+) markaz-usb=(\d+)\s*$`)

var errNoSwap = errors.New("nothing of a careless program came to lie on the swap, so this says nothing of the others")

// swapped waits for such a line, and judges all that there are.
func (r *Run) swapped(ctx context.Context) (string, error) {
	var told [][]string
	err := await(ctx, settleLimit, "the machine to tell of its swap", func() (bool, string) {
		text, err := os.ReadFile(r.Machine.Console())
		told = pressed.FindAllStringSubmatch(string(text), -1)
		return len(told) > 0, fmt.Sprint(err)
	})
	if err != nil {
		return "", err
	}
	return judgeSwap(told)
}

// judgeSwap wants nothing of the box's programs there, and something of the careless one.
func judgeSwap(told [][]string) (string, error) {
	for _, line := range told {
		switch {
		case line[2] != "0" || line[3] != "0":
			return "", fmt.Errorf("%w: memory of the box lies on the swap: %s", ErrBroken, line[0])
		case line[1] == "0":
			return "", fmt.Errorf("%w: %s", errNoSwap, line[0])
		}
	}
	return fmt.Sprintf("on the swap are %s bytes of a careless program and none of the box", told[len(told)-1][1]), nil
}
