package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// espeak is Debian's espeak-ng, the package of that name.
type espeak struct{}

// A little slower than it speaks by itself: a hall echoes.
const wordsPerMinute = 155

var voices = map[string]string{"ur": "ur", "en": "en-gb"}

func (espeak) version(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "espeak-ng", "--version").Output()
	if err != nil {
		return "", fmt.Errorf("%w; install Debian's espeak-ng, or run make setup", err)
	}
	version, _, _ := strings.Cut(string(out), "  Data at:")
	return fmt.Sprintf("%s, %d words a minute", strings.TrimSpace(version), wordsPerMinute), nil
}

func (espeak) speak(ctx context.Context, lang, text string) ([]byte, error) {
	var out, said bytes.Buffer
	cmd := exec.CommandContext(ctx, "espeak-ng", "-v", voices[lang], "-s", strconv.Itoa(wordsPerMinute), "-a", "160", "--stdout", "--stdin")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(text), &out, &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("espeak-ng: %w: %s", err, strings.TrimSpace(said.String()))
	}
	return out.Bytes(), nil
}
