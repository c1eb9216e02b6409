package store

import (
	"context"
	"fmt"
)

func (e *postgresEngine) facts(ctx context.Context) (f Facts, err error) {
	v := View{ctx: ctx, from: e}
	if err := v.Row(`SELECT current_setting('server_version'), pg_database_size(current_database())`).Scan(&f.Version, &f.Bytes); err != nil {
		return f, err
	}
	const q = `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'wal_level', 'data_checksums',
		'server_encoding', 'max_connections', 'shared_buffers', 'block_size', 'wal_sync_method', 'TimeZone') ORDER BY name`
	f.Settings, err = list(v, "settings", func(row Row) (s Setting, err error) {
		err = row.Scan(&s.Name, &s.Value)
		return s, err
	}, q)
	return f, err
}

func (e *postgresEngine) objects(ctx context.Context) ([]object, error) {
	const q = `SELECT c.relname::text, '', CASE WHEN NOT COALESCE(i.indisvalid, true) THEN 1 ELSE 0 END
			FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'i')
		UNION ALL SELECT t.tgname::text, '', CASE WHEN t.tgenabled IN ('O', 'A') THEN 0 ELSE 1 END
			FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
		UNION ALL SELECT p.proname::text, p.prosrc, 0 FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace`
	return list(View{ctx: ctx, from: e}, "schema", func(row Row) (o object, err error) {
		err = row.Scan(&o.name, &o.definition, &o.off)
		return o, err
	}, q)
}

// damaged answers pages that failed the server's checksums. Where it keeps none, nothing
// is known; the facts say so.
func (e *postgresEngine) damaged(ctx context.Context, _ bool) ([]string, error) {
	var failed int64
	const q = `SELECT COALESCE(SUM(checksum_failures), 0) FROM pg_stat_database WHERE datname = current_database()`
	if err := (View{ctx: ctx, from: e}).Row(q).Scan(&failed); err != nil {
		return nil, fmt.Errorf("ask for checksum failures: %w", err)
	}
	if failed == 0 {
		return nil, nil
	}
	return []string{fmt.Sprintf("%d pages failed their checksum", failed)}, nil
}
