package desk

import (
	"context"

	"amend/access"
	"amend/customer"
	"amend/internal/keys"
	"amend/internal/store"
)

// Opened is a session that was just opened, or renewed under a new token.
type Opened struct {
	Token   string // the secret that the browser keeps; only its hash is stored
	Session store.Session
}

// maxDevice bounds the name of a browser, in bytes.
const maxDevice = 64

// open writes a session for its holder. The token is new at every sign-in and every step-up,
// so that one that was fixed before them is worth nothing.
func (d *Desk) open(tx *store.Tx, s store.Session) Opened {
	token := keys.NewLinkToken(tx.Now(), tx.Rand())
	s.Hash, s.ID, s.Opened, s.Stepped = keys.LinkHash(token), tx.NewID(), tx.Now(), tx.Now()
	s.Ends = tx.Now().Add(s.Sort.Lasts())
	s.Device = s.Device[:min(len(s.Device), maxDevice)]
	tx.AddSession(s)
	return Opened{Token: token, Session: s}
}

// SignOut ends one session. Test: TestSignedOutSessionOpensNothing.
func (d *Desk) SignOut(ctx context.Context, by access.Actor, s store.Session) error {
	return d.store.Write(ctx, s.Holder, func(tx *store.Tx) error {
		tx.CloseSession(s.Hash)
		return logAct(tx, by, "sign_out", recordOf(by), nil, "session", s.ID)
	})
}

// SignOutElsewhere ends every other session of whoever holds s. Test:
// TestSigningOutElsewhereLeavesThisSession.
func (d *Desk) SignOutElsewhere(ctx context.Context, by access.Actor, s store.Session) error {
	return d.store.Write(ctx, s.Holder, func(tx *store.Tx) error {
		tx.CloseSessions(s.Holder, s.Hash)
		return logAct(tx, by, "sign_out_elsewhere", recordOf(by), nil, "session", s.ID)
	})
}

// recordOf is the record that an act of by is about: a customer's own, none for staff.
func recordOf(by access.Actor) customer.ID {
	if by.IsCustomer() {
		return customer.ID(by.ID)
	}
	return ""
}
