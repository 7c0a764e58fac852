package archive

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/fxamacker/cbor/v2"

	"markaz.example/edge/chain"
)

// line is a record as Dump prints it.
type line struct {
	Chain   string     `json:"chain"`
	Seq     uint64     `json:"seq"`
	Hash    string     `json:"hash"`
	Wall    time.Time  `json:"wall"`
	Grade   string     `json:"grade"`
	Boot    uint64     `json:"boot"`
	Mono    uint64     `json:"mono_ms"`
	Kind    chain.Kind `json:"kind"`
	Actor   string     `json:"actor"`
	Subject string     `json:"subject,omitempty"`
	Body    string     `json:"body"` // in CBOR diagnostic notation, whatever version wrote it
}

// oddLine is a record that this version cannot decode, as Dump prints it.
type oddLine struct {
	Chain  string `json:"chain"`
	Seq    uint64 `json:"seq"`
	Hash   string `json:"hash"`
	Odd    string `json:"odd"`    // why it cannot be decoded
	Stored string `json:"stored"` // its bytes, in hex
}

// Dump writes the records of a chain behind after as JSON, one a line. It reports ErrDamaged, or the context's error.
func (a *Archive) Dump(ctx context.Context, w io.Writer, in chain.Incarnation, after uint64) error {
	enc := json.NewEncoder(w)
	for s, err := range a.Records(in, after) {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = dumpOne(enc, in, s)
		}
		if err != nil {
			return fmt.Errorf("dump %s: %w", in, err)
		}
	}
	return nil
}

func dumpOne(enc *json.Encoder, in chain.Incarnation, s Stored) error {
	r, err := chain.Decode(s.Bytes)
	body, undiagnosed := cbor.Diagnose(r.Body)
	if err = errors.Join(err, undiagnosed); err != nil {
		return enc.Encode(oddLine{in.String(), s.At.Seq, hex.EncodeToString(s.At.Hash[:]), err.Error(), hex.EncodeToString(s.Bytes)})
	}
	return enc.Encode(line{
		Chain: in.String(), Seq: r.Seq, Hash: hex.EncodeToString(s.At.Hash[:]), Wall: r.Stamp.Time(),
		Grade: r.Stamp.Grade.String(), Boot: r.Stamp.Boot, Mono: r.Stamp.Mono, Kind: r.Kind, Actor: r.Actor,
		Subject: r.Subject, Body: body,
	})
}
