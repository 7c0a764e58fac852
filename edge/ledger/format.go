package ledger

import (
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// FormatNewest is the newest format of a ledger's file that this version reads; it reads every one from the first on.
const FormatNewest = formatLineage

// FormatOf is the format of a ledger's file that nobody has open. It reports ErrMissing, ErrInUse, ErrFormat or ErrDamaged.
func FormatOf(path string) (format int, err error) {
	db, err := store.Open(path, true, func(tx *bolt.Tx) error {
		meta := tx.Bucket(metaName)
		if meta == nil || len(meta.Get(formatKey)) != 1 {
			return fmt.Errorf("%w: it names no format", ErrFormat)
		}
		format = int(meta.Get(formatKey)[0])
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("look at %s: %w", path, err)
	}
	return format, db.Close()
}
