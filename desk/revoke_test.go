package desk_test

import (
	"testing"
	"time"

	"amend/access"
	"amend/fault"
	"amend/internal/keys"
	"amend/internal/store"
)

// tokensOf answers the ids of somebody's tokens, the newest first.
func (h *house) tokensOf(a access.Actor) []string {
	h.t.Helper()
	lines, err := store.NewReader(h.store, h.books.Calendar).OwnTokens(h.ctx, a)
	h.ok(err)
	ids := make([]string, len(lines))
	for i, l := range lines {
		ids[i] = l.ID
	}
	return ids
}

// bearer is who a token belongs to now.
func (h *house) bearer(token string) error {
	hash, _ := keys.BearerHash(token)
	_, err := h.view().Bearer(hash, h.clock.Now())
	return err
}

func TestRevokedTokenIsRefusedAtItsNextRequest(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		otto := h.staff["otto"]
		app, lost, err := h.desk.Grant(h.ctx, otto, access.Actor{Name: "shop app", Roles: []access.Role{access.App}})
		h.ok(err)
		h.ok(h.bearer(lost))
		h.clock.Add(time.Second) // ids of one millisecond have no order
		_, kept, err := h.desk.Grant(h.ctx, otto, access.Actor{Name: "shop app", Roles: []access.Role{access.App}})
		h.ok(err)
		ids := h.tokensOf(app)
		if len(ids) != 2 {
			t.Fatalf("tokens %v", ids)
		}
		h.ok(h.desk.Revoke(h.ctx, otto, ids[1]))
		h.refused(h.bearer(lost), "token_unknown")
		h.ok(h.bearer(kept))
		h.refused(h.desk.Revoke(h.ctx, otto, ids[1]), "token_revoked")
		h.refused(h.desk.Revoke(h.ctx, otto, "none"), "no_token")
		h.ok(h.desk.RevokeToken(h.ctx, ids[0]))
		h.refused(h.bearer(kept), "token_unknown")
		if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'token.revoke' AND actor_id = $1`, otto.ID); n != 1 {
			t.Errorf("%d entries by otto", n)
		}
		if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'token.revoke' AND actor_id = $1`, access.Amend().ID); n != 1 {
			t.Errorf("%d entries of the command", n)
		}
	})
}

func TestTokenIsRevokedByItsHolderAndByNobodyElse(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ivy, _, err := h.desk.AddToken(h.ctx, access.Actor{Name: "ivy"})
		h.ok(err)
		id := h.tokensOf(ivy)[0]
		for _, token := range []string{id, "none"} {
			if err := h.desk.Revoke(h.ctx, h.staff["sue"], token); fault.KindOf(err) != fault.Denied {
				t.Errorf("sue: %v", err)
			}
		}
		h.ok(h.desk.Revoke(h.ctx, ivy, id))
	})
}
