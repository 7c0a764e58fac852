package visit

import (
	"slices"

	"markaz.example/edge/ledger"
)

// Days is the newest business days that were opened, newest first, limit at most.
func Days(src ledger.Source, limit int) []string {
	var days []string
	src.Reader(Name).Scan([]byte(beganPrefix), func(key, _ []byte) bool {
		days = append(days, string(key[len(beganPrefix):]))
		return true
	})
	slices.Reverse(days)
	return days[:min(len(days), limit)]
}

// Began says whether a business day was ever opened.
func Began(src ledger.Source, date string) bool {
	return date != "" && src.Reader(Name).Get(beganKey(date)) != nil
}

// Until is when the day after a business day was opened, on the axis; false while there is none.
func Until(src ledger.Source, date string) (axis int64, over bool) {
	r := src.Reader(Name)
	own := int64(0)
	get(r, beganKey(date), &own)
	for _, key := range keys(r, []byte(beganPrefix)) {
		other := int64(0)
		get(r, key, &other)
		if other > own && (!over || other < axis) {
			axis, over = other, true
		}
	}
	return axis, over
}
