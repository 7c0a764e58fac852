package blackout

import (
	"errors"
	"testing"
)

func TestSwapIsJudged(t *testing.T) {
	for text, want := range map[string]error{
		"SWAP careless=4096 markaz=0 markaz-usb=0\r\n":                                              nil,
		"SWAP careless=0 markaz=0 markaz-usb=0\r\n":                                                 errNoSwap,
		"SWAP careless=4096 markaz=8192 markaz-usb=0\r\n":                                           ErrBroken,
		"SWAP careless=4096 markaz=0 markaz-usb=0\r\nSWAP careless=4096 markaz=0 markaz-usb=4096\n": ErrBroken,
	} {
		if _, err := judgeSwap(pressed.FindAllStringSubmatch(text, -1)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
}
