package finger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// Whatever prints a picture, alone or in a capture, shows its size and none of its bytes.
func TestPicturesPrintMasked(t *testing.T) {
	p := Picture{Width: 4, Height: 2, Pix: []byte("FINGERS!")}
	c := Capture{Quality: 80, Picture: &p}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&out, strings.Repeat(verb+" ", 2), p, &p)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "p", p, "c", c, "deep", []*Picture{&p})
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "p", p, "at", &p)
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(b)
	for _, tell := range []string{"FINGERS!", "RklOR0VSUyE", "46494e47", "46494E47", "70 73 78", "0x46"} {
		if strings.Contains(out.String(), tell) {
			t.Errorf("it prints %q: %s", tell, out.String())
		}
	}
	if !strings.Contains(out.String(), "picture of 4 by 2") {
		t.Error("it does not print its size")
	}
}
