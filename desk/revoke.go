package desk

import (
	"context"

	"amend/access"
	"amend/fault"
	"amend/internal/store"
)

// Revoke ends one bearer token, for who manages tokens, or for its own holder, who has lost
// it: whoever shows it is refused at the next request. It cannot be undone; a new one is
// made instead. Test: TestRevokedTokenIsRefusedAtItsNextRequest.
func (d *Desk) Revoke(ctx context.Context, by access.Actor, token string) error {
	return d.revoke(ctx, by, token, by.May(access.ManageTokens))
}

// RevokeToken is Revoke for who runs the program where its data stands, and may be in a
// hurry. Like AddToken it needs no token.
func (d *Desk) RevokeToken(ctx context.Context, token string) error {
	return d.revoke(ctx, access.Amend(), token, nil)
}

// revoke ends a token; unless is why it is not for by to end those of others, nor to hear
// which there are.
func (d *Desk) revoke(ctx context.Context, by access.Actor, token string, unless *fault.Error) error {
	return d.store.Write(ctx, "people", func(tx *store.Tx) error {
		t, err := tx.Token(token)
		switch {
		case unless != nil && t.Holder.ID != by.ID:
			return unless
		case err != nil:
			return err
		}
		tx.RevokeToken(token)
		return logAct(tx, by, "token.revoke", "", nil, "actor", t.Holder.ID, "token", t.ID)
	})
}
