package store

import (
	"context"
	"errors"
	"fmt"

	"amend/access"
	"amend/fault"
)

const tokenLines = `SELECT c.id, a.id, a.name, a.sort, a.roles, c.created_at, c.expires_at, c.revoked_at FROM credential c JOIN actor a ON a.id = c.actor_id
	WHERE c.kind = 'token'`

func scanToken(row Row) (t TokenLine, err error) {
	var roles string
	err = row.Scan(&t.ID, &t.Holder.ID, &t.Holder.Name, &t.Holder.Sort, &roles, &t.Made, &t.Expires, &t.Revoked)
	t.Holder.Roles = splitRoles(roles)
	return t, err
}

// Token answers one bearer token: whose it is, never the token.
func (v View) Token(id string) (TokenLine, error) {
	t, err := scanToken(v.Row(tokenLines+` AND c.id = $1`, id))
	if errors.Is(err, ErrNoRow) {
		return t, fault.New(fault.NotFound, "no_token")
	}
	if err != nil {
		return t, fmt.Errorf("read token: %w", err)
	}
	return t, nil
}

// RevokeToken ends a bearer token: whoever shows it is refused from then on. Of two who
// revoke it at once, one does.
func (tx *Tx) RevokeToken(id string) {
	tx.One(fault.New(fault.Conflict, "token_revoked"), `UPDATE credential SET revoked_at = $2 WHERE id = $1 AND kind = 'token' AND revoked_at IS NULL`, id, tx.Now())
}

// Tokens answers every bearer token, by the name of its holder.
func (v View) Tokens() ([]TokenLine, error) {
	return list(v, "tokens", scanToken, tokenLines+` ORDER BY a.name, c.created_at, c.id`)
}

// TokenLines answers every bearer token that was made, by the name of its holder.
func (r *Reader) TokenLines(ctx context.Context, by access.Actor) ([]TokenLine, error) {
	if err := may(by, access.ManageTokens); err != nil {
		return nil, err
	}
	return r.store.View(ctx).Tokens()
}

// OwnTokens answers the bearer tokens of whoever asks, the newest first.
func (r *Reader) OwnTokens(ctx context.Context, by access.Actor) ([]TokenLine, error) {
	return list(r.store.View(ctx), "tokens", scanToken, tokenLines+` AND a.id = $1 ORDER BY c.id DESC`, by.ID)
}
