package store

import (
	"context"
	"errors"

	"modernc.org/sqlite"
)

// postgresFull is what PostgreSQL says where SQLite says sqliteFull.
const postgresFull = "53100"

// isFull reports whether the database found no room to write. Nothing that is stored
// suffers by that, and storing goes on as soon as somebody makes room.
func isFull(err error) bool {
	var file *sqlite.Error
	var server *pgError
	return errors.As(err, &file) && file.Code()&0xff == sqliteFull || errors.As(err, &server) && server.code == postgresFull
}

// noteRoom remembers whether the newest act found room.
func (s *Store) noteRoom(a *act) {
	switch {
	case a.err == nil:
		s.full.Store(false)
	case isFull(a.err):
		s.full.Store(true)
	}
}

// Room answers nil while the disk of the database has room. After an act that found none
// it tries again with a write that changes nothing, so that an idle server also notices
// when there is room again; until then the answer is the fault disk_full.
func (s *Store) Room(ctx context.Context) error {
	if !s.full.Load() {
		return nil
	}
	return s.Write(ctx, "", func(tx *Tx) error {
		tx.Exec(`UPDATE meta SET value = value`)
		return nil
	})
}
