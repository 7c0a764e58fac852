package warehouse

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// Month names a partition: months since January of year 0.
type Month int32

// monthOf is the month in UTC of a wall time, not before monthMin and not after monthMax. A box may believe any time;
// whatever is outside goes to the partition at that end, so that no record is refused and the partitions are bounded.
func monthOf(ms int64) Month {
	if ms < wallMin || ms > wallMax { // years that time.Time counts, but no calendar should be asked for
		return map[bool]Month{true: monthMin, false: monthMax}[ms < wallMin]
	}
	t := time.UnixMilli(ms).UTC()
	return min(max(Month(12*t.Year()+int(t.Month())-1), monthMin), monthMax)
}

func (m Month) first() time.Time {
	return time.Date(int(m)/12, time.Month(int(m)%12+1), 1, 0, 0, 0, 0, time.UTC)
}

// Date is the first day of the month, as the table holds it.
func (m Month) Date() pgtype.Date { return pgtype.Date{Time: m.first(), Valid: true} }

// String is the end of the partition's name: "2026_11".
func (m Month) String() string { return m.first().Format("2006_01") }

// createPartition makes the partition of a month beside the table and attaches it: unlike PARTITION OF this lets those
// who are reading the table go on.
func createPartition(ctx context.Context, tx pgx.Tx, m Month) error {
	_, err := tx.Exec(ctx, fmt.Sprintf(`
		CREATE TABLE markaz.record_%[1]s (LIKE markaz.record INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE);
		ALTER TABLE markaz.record ATTACH PARTITION markaz.record_%[1]s FOR VALUES FROM ('%[2]s') TO ('%[3]s')`,
		m, m.first().Format(time.DateOnly), (m+1).first().Format(time.DateOnly)), pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return fmt.Errorf("create the partition of %s: %w", m, err)
	}
	return nil
}

// partitions are the months that have one.
func partitions(ctx context.Context, c *pgx.Conn) (map[Month]bool, error) {
	rows, err := c.Query(ctx, `
		SELECT right(c.relname, 7) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
		WHERE i.inhparent = 'markaz.record'::regclass`)
	if err != nil {
		return nil, fmt.Errorf("list the partitions: %w", err)
	}
	months := map[Month]bool{}
	var name string
	_, err = pgx.ForEachRow(rows, []any{&name}, func() error {
		t, err := time.Parse("2006_01", name)
		months[monthOf(t.UnixMilli())] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the partitions: %w", err)
	}
	return months, nil
}
