package store

import (
	"errors"
	"fmt"

	"amend/access"
	"amend/fault"
)

// ActorOf answers the named person or client of an id who may still act.
func (v View) ActorOf(id string) (access.Actor, error) {
	a, err := scanActor(v.Row(`SELECT `+actorColumns+` FROM actor a WHERE a.id = $1 AND a.disabled_at IS NULL`, id))
	if errors.Is(err, ErrNoRow) {
		return a, fault.New(fault.NotFound, "no_member")
	}
	if err != nil {
		return a, fmt.Errorf("read actor: %w", err)
	}
	return a, nil
}

// Disable lets an actor do nothing any more: every session ends, every token and one-time
// link is void. The name stays, for the log's sake, and is nobody else's. Of two at once,
// one does.
func (tx *Tx) Disable(actor string) {
	tx.One(fault.New(fault.NotFound, "no_member"), `UPDATE actor SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL`, actor, tx.Now())
	tx.Exec(`UPDATE credential SET revoked_at = $2 WHERE actor_id = $1 AND revoked_at IS NULL`, actor, tx.Now())
	tx.CloseSessions(actor, nil)
}
