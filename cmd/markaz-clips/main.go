package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "markaz-clips:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage: markaz-clips DIR, or markaz-clips --script LANG")

func run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "--script":
		return script(args[1])
	case len(args) == 1 && args[0] != "" && args[0][0] != '-':
		return set{Dir: args[0], Synth: espeak{}}.make(ctx)
	}
	return errUsage
}

// script prints what a person reads aloud. Words of calls that nobody wrote in a language are printed in Urdu, and the reader
// says their meaning in her own.
func script(lang string) error {
	words, err := wordsOf(lang)
	if err != nil {
		return err
	}
	for _, w := range words {
		fmt.Printf("%s/%s.wav\t%s\n", lang, w.Clip.Name(), w.Text)
	}
	return nil
}
