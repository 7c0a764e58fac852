package warehouse

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Empty takes every row, poison and cursor out. Whichever node loads, also one that runs now, begins anew. What others
// made in the database stays.
func Empty(ctx context.Context, c *pgx.Conn) error {
	err := pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		// The cursors first, as the loader takes them: what it has under way ends before, and then finds them gone.
		_, err := tx.Exec(ctx, `
			LOCK TABLE markaz.cursor IN ACCESS EXCLUSIVE MODE;
			TRUNCATE markaz.record, markaz.poison, markaz.cursor, markaz.chain;
			UPDATE markaz.loader SET applied = 0`, pgx.QueryExecModeSimpleProtocol)
		return err
	})
	if err != nil {
		return fmt.Errorf("empty the warehouse: %w", err)
	}
	return nil
}
