package warehouse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Conn is a connection to PostgreSQL.
type Conn = pgx.Conn

// Connect opens a connection as the loader does. Its errors name no secret.
func (w *Warehouse) Connect(ctx context.Context) (*Conn, error) {
	config, err := w.config()
	if err != nil {
		return nil, err
	}
	return connect(ctx, config)
}

func (w *Warehouse) config() (*pgx.ConnConfig, error) {
	url, err := w.where()
	if err != nil {
		return nil, err
	}
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the warehouse's URL: %w", err)
	}
	config.ConnectTimeout = connectMax
	// A server that lost sight of this node gives the lock to another within a minute.
	for key, value := range map[string]string{
		"application_name": "markaz-hq", "tcp_keepalives_idle": "20", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3",
	} {
		if _, given := config.RuntimeParams[key]; !given {
			config.RuntimeParams[key] = value
		}
	}
	return config, nil
}

// where is the URL, wherever it stands. It reports ErrUnset.
func (w *Warehouse) where() (string, error) {
	if w.URL != "" {
		return w.URL, nil
	}
	if w.URLFile == "" {
		return "", ErrUnset
	}
	b, err := os.ReadFile(w.URLFile)
	url := strings.TrimSpace(string(b))
	if err == nil && url == "" {
		err = fmt.Errorf("%s is empty", w.URLFile)
	}
	if err != nil {
		return "", fmt.Errorf("read the warehouse's URL from its file: %w", err)
	}
	return url, nil
}

func connect(ctx context.Context, config *pgx.ConnConfig) (*pgx.Conn, error) {
	c, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	if c.PgConn().ParameterStatus("server_encoding") != "UTF8" {
		return nil, errors.Join(ErrEncoding, c.Close(ctx))
	}
	return c, nil
}
