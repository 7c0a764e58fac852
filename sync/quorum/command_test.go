package quorum

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"

	"github.com/hashicorp/raft"
)

// FuzzCommand: whatever is in a log entry, it is read as what it was written as, or refused.
func FuzzCommand(f *testing.F) {
	f.Add([]byte{commandStart})
	f.Add(batchCommand(make(ed25519.PublicKey, ed25519.PublicKeySize), []byte("frame")))
	f.Add(actCommand([]byte{240, 1}))
	f.Add([]byte{9, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := parseCommand(&raft.Log{Index: 7, Data: data})
		switch {
		case errors.Is(err, errCommand):
			return
		case err != nil || e.Index != 7:
			t.Fatalf("%+v, %v", e, err)
		case len(e.Act) > 0:
			if !bytes.Equal(actCommand(e.Act), data) {
				t.Fatalf("%x was read as another act", data)
			}
		case len(e.Batch) == 0:
			if !bytes.Equal(data, []byte{commandStart}) {
				t.Fatalf("%x was taken for a start", data)
			}
		case !bytes.Equal(batchCommand(e.Key, e.Batch), data):
			t.Fatalf("%x was read as another command", data)
		}
	})
}
