package desk

import (
	"context"
	"encoding/base64"
	"errors"

	"amend/audit"
	"amend/fault"
	"amend/internal/store"
)

// keyName is where a database says which master key it was made with.
const keyName = "key_fingerprint"

// Open checks that the database belongs to the master key, or, if it is empty, makes it
// belong: the fingerprint and the log's own key are its first rows. A database of another
// key is refused and nothing in it is changed.
func (d *Desk) Open(ctx context.Context, origin string) error {
	print, err := d.store.View(ctx).Meta(keyName)
	if err == nil {
		return d.keys.Check(print)
	}
	if !errors.Is(err, store.ErrNoRow) {
		return err
	}
	empty, err := d.store.View(ctx).Empty()
	if err != nil {
		return err
	}
	if !empty {
		return fault.New(fault.Unavailable, "key_unknown")
	}
	return d.store.Write(ctx, "", func(tx *store.Tx) error {
		secret, public, err := audit.NewLogKey(tx.Rand(), origin)
		if err != nil {
			return err
		}
		tx.SetMeta(keyName, d.keys.Fingerprint())
		tx.SetMeta(logKeyName, base64.StdEncoding.EncodeToString(d.keys.SealFor("log key", tx.Rand(), []byte(secret), nil)))
		tx.SetMeta(logPublicName, public)
		return nil
	})
}
