package store

import (
	"context"
	"errors"
	"fmt"
)

func (e *sqliteEngine) facts(ctx context.Context) (f Facts, err error) {
	v := View{ctx: ctx, from: e}
	if err := v.Row(`SELECT sqlite_version()`).Scan(&f.Version); err != nil {
		return f, err
	}
	for _, name := range []string{"journal_mode", "page_size", "page_count", "freelist_count", "encoding", "auto_vacuum"} {
		var value any
		if err := v.Row(`PRAGMA ` + name).Scan(&value); err != nil {
			return f, err
		}
		f.Settings = append(f.Settings, Setting{name, fmt.Sprint(value)})
	}
	err = v.Row(`SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`).Scan(&f.Bytes)
	return f, err
}

func (e *sqliteEngine) objects(ctx context.Context) ([]object, error) {
	return list(View{ctx: ctx, from: e}, "schema", func(row Row) (o object, err error) {
		err = row.Scan(&o.name, &o.definition)
		return o, err
	}, `SELECT name, CASE WHEN type = 'table' THEN '' ELSE COALESCE(sql, '') END FROM sqlite_master WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'`)
}

// damaged asks for at most twenty lines. A page so broken that the check itself fails is an
// answer too.
func (e *sqliteEngine) damaged(ctx context.Context, thoroughly bool) ([]string, error) {
	check := `PRAGMA quick_check(20)`
	if thoroughly {
		check = `PRAGMA integrity_check(20)`
	}
	lines, err := scanIDs[string](View{ctx: ctx, from: e}, check)
	switch {
	case Corrupt(err):
		return []string{"database disk image is malformed"}, nil
	case err != nil:
		return nil, fmt.Errorf("check the file: %w", err)
	case len(lines) == 0:
		return nil, errors.New("check the file: no answer")
	case len(lines) == 1 && lines[0] == "ok":
		return nil, nil
	}
	return lines, nil
}
