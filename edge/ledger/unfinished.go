package ledger

import (
	"errors"

	"markaz.example/edge/chain"
)

// Unfinished is the chain of an import that waits to be gone on with; false when there is none. It reports what Import
// does of a file aside that is of no use.
func Unfinished(path string) (in chain.Incarnation, ok bool, err error) {
	db, g, err := openFile(path+importSuffix, true)
	switch {
	case errors.Is(err, ErrMissing):
		return in, false, nil
	case err != nil:
		return in, false, err
	}
	return g.own, true, db.Close()
}
