package boxtest_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"markaz.example/edge/box"
	"markaz.example/edge/boxtest"
	"markaz.example/edge/desk"
)

// A box whose secrets are locked gives numbers, calls them where nobody has to sign in, and says what it waits for. Somebody
// at the machine opens it, and it goes on whole, with the same key, without a restart of the program.
func TestLockedBoxGivesNumbers(t *testing.T) {
	t.Parallel()
	b := boxtest.Start(t, nil)
	b.Down()
	key := checkpointKey(t, b.Config)
	const words = "horse battery staple river"
	if err := secrets(t, b.Config).UsePassphrase([]byte(words)); err != nil {
		t.Fatal(err)
	}

	o := box.Options{Software: "markaz test", Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	opened, err := box.Open(b.Config, o)
	if err != nil {
		t.Fatal(err)
	}
	b.Box = opened
	ended := make(chan error, 1)
	stop := boxtest.Run(t, func(ctx context.Context) error {
		err := opened.Run(ctx)
		ended <- err
		if errors.Is(err, box.ErrUnlocked) {
			return nil
		}
		return err
	})
	defer stop()
	b.Await(t, "the box to serve", b.Healthy)
	v := at(t, b)
	v.await(b, v.ask("nashonuma"), desk.SlipInHand)
	if _, text := v.text("/floor?lang=en"); !strings.Contains(text, "secrets are locked") {
		t.Error("nobody says that the box is locked")
	}

	door := box.NewDoorClient(b.Config)
	if err := door.Call(t.Context(), "POST", "/unlock", box.Unlocking{Text: "guess"}, nil); err == nil {
		t.Error("a guess opens it")
	}
	var got box.Unlocked
	if err := door.Call(t.Context(), "POST", "/unlock", box.Unlocking{Text: words}, &got); err != nil || got.Trouble != "" {
		t.Fatalf("%v, %+v", err, got)
	}
	if err := <-ended; !errors.Is(err, box.ErrUnlocked) {
		t.Fatalf("the locked box ended with %v", err)
	}

	o.Secrets = opened.Secrets
	if b.Box, err = box.Open(b.Config, o); err != nil {
		t.Fatal(err)
	}
	boxtest.Run(t, b.Box.Run)
	b.Await(t, "the box to serve again", b.Healthy)
	v = at(t, b)
	v.await(b, v.ask("kafaalat"), desk.SlipInHand)
	if _, text := v.text("/floor?lang=en"); strings.Contains(text, "secrets are locked") {
		t.Error("an open box says that it is locked")
	}
	s := secrets(t, b.Config)
	if err := s.Unlock([]byte(words)); err != nil {
		t.Fatal(err)
	}
	if now, err := s.Drawer("box").Read(b.Config.Data + "/box.key"); err != nil || !key.Equal(parsed(t, now)) {
		t.Errorf("the key of the chain is another one: %v", err)
	}
}
