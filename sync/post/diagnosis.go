package post

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/letter"
	"markaz.example/sync/archive"
	"markaz.example/sync/office"
)

// DiagnosisOrder asks a centre to let headquarters look into its box.
type DiagnosisOrder struct {
	Centre id.Centre `json:"centre"`
	Who    string    `json:"who"`
	Why    string    `json:"why"`
}

// Diagnose asks. The people of the centre answer on their own screen.
func (d *Desk) Diagnose(ctx context.Context, o DiagnosisOrder) (struct{}, error) {
	name, err := errand()
	if err != nil {
		return struct{}{}, err
	}
	_, err = d.say(ctx, o.Centre, letter.DiagnosisAsked{ID: name, Who: o.Who, Why: o.Why}, posted(o.Centre))
	return struct{}{}, err
}

// DiagnosisShown is the newest answer of a centre.
type DiagnosisShown struct {
	ID      id.Errand `json:"id"`
	Actor   string    `json:"actor"` // from which screen it was allowed or refused
	Wall    int64     `json:"wall"`  // as the box believed
	Refused bool      `json:"refused"`
	Report  string    `json:"report"` // empty when it was refused
}

// CentreNamed names one.
type CentreNamed struct {
	Centre id.Centre `json:"centre"`
}

// Diagnosis is the newest answer of a centre. It reports ErrRefused when there is none.
func (d *Desk) Diagnosis(_ context.Context, o CentreNamed) (DiagnosisShown, error) {
	in, seq, err := office.Diagnosis(d.view(), o.Centre)
	if err != nil {
		return DiagnosisShown{}, err
	}
	if seq == 0 {
		return DiagnosisShown{}, fmt.Errorf("%w: %s has not answered yet", ErrRefused, o.Centre)
	}
	for s, err := range d.Archive.Records(in, seq-1) {
		if err != nil {
			return DiagnosisShown{}, err
		}
		r, err := chain.Decode(s.Bytes)
		if err != nil {
			return DiagnosisShown{}, fmt.Errorf("record %d of %s: %w", seq, in, err)
		}
		return shownOf(r)
	}
	return DiagnosisShown{}, fmt.Errorf("%w: record %d of %s is not here: verify the archive", archive.ErrDamaged, seq, in)
}

func shownOf(r chain.Record) (DiagnosisShown, error) {
	out := DiagnosisShown{Actor: r.Actor, Wall: r.Stamp.Wall, Refused: r.Kind == kindDiagnosisRefused}
	var f givenForm
	if err := chain.DecodeBody(r.Body, &f); err != nil {
		return out, err
	}
	out.ID = f.ID
	if out.Refused {
		return out, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(f.Report))
	if err != nil {
		return out, fmt.Errorf("open the report: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(z, reportBytesMax))
	out.Report = string(text)
	return out, err
}
