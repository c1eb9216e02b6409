package desk

import (
	"context"
	"strconv"
	"time"

	"amend/access"
	"amend/internal/store"
)

// Backed puts on record that everything was copied into one file, by its SHA-256: whoever
// finds a copy can be told when it left, and the home page says how old the newest is. Test:
// TestBackupIsOnRecordAndTheNewestIsKnown.
func (d *Desk) Backed(ctx context.Context, digest string, entries int64) error {
	return d.store.Write(ctx, "backup", func(tx *store.Tx) error {
		tx.PutMeta(store.BackedAt, tx.Now().UTC().Format(time.RFC3339))
		return logAct(tx, access.Amend(), "backup", "", nil, "sha256", digest, "entries", strconv.FormatInt(entries, 10))
	})
}
