package doctor

import (
	"context"
	"errors"
)

// Pack is the packs of one name: what headquarters sent for the box to work by.
type Pack struct {
	Name    string `json:"name"`
	Active  uint64 `json:"active,omitempty"`  // version in use; 0 before the first
	Offered uint64 `json:"offered,omitempty"` // version to be fetched and tried; 0 when none is
	Refused string `json:"refused,omitempty"` // why a newer version than the active one is not used
	Fault   string `json:"fault,omitempty"`   // what is wrong with the file of the active one
}

// packs asks the box, or reads the ledger of one that is stopped.
func packs(ctx context.Context, p Patient) []Finding {
	l, err := p.ask(ctx)
	all := l.Packs
	if err != nil {
		if p.Packs == nil {
			return nil
		}
		if all, err = p.Packs(ctx); errors.Is(err, ErrNoLedger) {
			return nil
		}
	}
	if err != nil {
		return []Finding{warning("see ledger", "which packs are in use is not known: %v", err)}
	}
	if len(all) == 0 {
		return []Finding{well("headquarters has sent no pack: the box goes by its configuration alone")}
	}
	var out []Finding
	for _, s := range all {
		out = append(out, s.findings(l.Up)...)
	}
	return out
}

func (s Pack) findings(up bool) (out []Finding) {
	if s.Fault != "" {
		out = append(out, warning("restart the box while there is a line, and it is fetched again; or bring it by parcel: markaz parcel in",
			"%s version %d is in use and its file is not as headquarters signed it: %s", s.Name, s.Active, s.Fault))
	}
	if s.Refused != "" {
		out = append(out, warning("tell headquarters: they make a version that fits this box, or update its software", "%s: %s", s.Name, s.Refused))
	}
	switch {
	case s.Offered != 0 && up:
		out = append(out, well("%s version %d is on its way", s.Name, s.Offered))
	case s.Offered != 0:
		out = append(out, warning("see network; or bring it by parcel: markaz parcel in", "%s version %d was offered and cannot be fetched now", s.Name, s.Offered))
	}
	if s.Active != 0 && s.Fault == "" {
		out = append(out, well("%s version %d is in use, as headquarters signed it", s.Name, s.Active))
	}
	return out
}
