package store

import (
	"errors"
	"fmt"
	"time"

	"amend/access"
	"amend/customer"
	"amend/fault"
)

// A Session is somebody who is signed in at one browser: a person in the console, or a
// customer in the portal.
type Session struct {
	Hash    []byte // of its token
	ID      string // names it in lists and in the log
	Sort    access.Sort
	Holder  string       // id of the person, or of the customer's record
	Contact customer.Key // customer: the contact point whose code opened it
	Weak    bool         // customer: that contact point was never proven
	Device  string       // the kind of browser, "Firefox · Linux"
	Opened  time.Time
	Stepped time.Time // when the second factor was last given
	Ends    time.Time // whatever its holder does
}

const sessionColumns = `s.hash, s.id, s.sort, s.holder, s.contact, s.weak, s.device, s.opened_at, s.stepped_at, s.ends_at`

func scanSession(row Row) (s Session, err error) {
	err = row.Scan(&s.Hash, &s.ID, &s.Sort, &s.Holder, &s.Contact, &s.Weak, &s.Device, &s.Opened, &s.Stepped, &s.Ends)
	return s, err
}

// AddSession opens a session.
func (tx *Tx) AddSession(s Session) {
	const q = `INSERT INTO session (hash, id, sort, holder, contact, weak, device, opened_at, stepped_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	tx.Exec(q, s.Hash, s.ID, s.Sort, s.Holder, s.Contact, s.Weak, s.Device, s.Opened, s.Stepped, s.Ends)
}

// Session answers the open session of a token's hash. Whatever does not hold answers the
// same fault.
func (v View) Session(hash []byte, now time.Time) (Session, error) {
	s, err := scanSession(v.Row(`SELECT `+sessionColumns+` FROM session s WHERE s.hash = $1 AND s.closed_at IS NULL AND s.ends_at > $2`, hash, now))
	if errors.Is(err, ErrNoRow) {
		return s, fault.New(fault.Unauthenticated, "session_over")
	}
	if err != nil {
		return s, fmt.Errorf("read session: %w", err)
	}
	return s, nil
}

// SessionsOf answers the open sessions of a holder, newest first.
func (v View) SessionsOf(holder string, now time.Time) ([]Session, error) {
	return list(v, "sessions", scanSession, `SELECT `+sessionColumns+` FROM session s WHERE s.holder = $1 AND s.closed_at IS NULL AND s.ends_at > $2 ORDER BY s.opened_at DESC, s.id`, holder, now)
}

// CloseSession ends one session: of two that end or renew it at once, one does.
func (tx *Tx) CloseSession(hash []byte) {
	tx.One(fault.New(fault.Unauthenticated, "session_over"), `UPDATE session SET closed_at = $2 WHERE hash = $1 AND closed_at IS NULL`, hash, tx.Now())
}

// CloseSessions ends every session of a holder but one; nil keeps none.
func (tx *Tx) CloseSessions(holder string, but []byte) {
	tx.Exec(`UPDATE session SET closed_at = $3 WHERE holder = $1 AND closed_at IS NULL AND hash <> $2`, holder, notNil(but), tx.Now())
}

// notNil is b as a value that compares with others: NULL would compare with none.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// ForgetSessions drops sessions that were over before a time, with what was asked and typed
// and led to nothing.
func (tx *Tx) ForgetSessions(before time.Time) {
	tx.Exec(`DELETE FROM session WHERE ends_at < $1`, before)
	tx.Exec(`DELETE FROM seeking WHERE ends_at < $1`, before)
	tx.Exec(`DELETE FROM draft WHERE at < $1`, before)
	tx.Exec(`DELETE FROM snooze WHERE until_at < $1`, before)
}

// PersonOf answers the person of an id, unless they are disabled: whoever leaves is out at
// once, and a changed role counts from the next click.
func (v View) PersonOf(id string) (access.Actor, error) {
	a, err := scanActor(v.Row(`SELECT `+actorColumns+` FROM actor a WHERE a.id = $1 AND a.sort = 'staff' AND a.disabled_at IS NULL`, id))
	if errors.Is(err, ErrNoRow) {
		return a, fault.New(fault.Unauthenticated, "session_over")
	}
	if err != nil {
		return a, fmt.Errorf("read actor: %w", err)
	}
	return a, nil
}

// A Secret is what a person signs in with.
type Secret struct {
	Password string // as verify.KeepPassword answers it
	TOTP     []byte // the shared secret, opened
	Step     int64  // the last step that was used
	SetAt    time.Time
}

// Secret answers what a person signs in with; the zero Secret for one who has never set it.
func (v View) Secret(actor string) (s Secret, err error) {
	var sealed []byte
	err = v.Row(`SELECT password, totp, step, set_at FROM secret WHERE actor_id = $1`, actor).Scan(&s.Password, &sealed, &s.Step, &s.SetAt)
	if errors.Is(err, ErrNoRow) {
		return Secret{}, nil
	}
	if err == nil {
		s.TOTP, err = v.store.keys.OpenFor("totp", sealed, []byte(actor))
	}
	if err != nil {
		return s, fmt.Errorf("read a person's secret: %w", err)
	}
	return s, nil
}

// SetSecret writes what a person signs in with from now on.
func (tx *Tx) SetSecret(actor string, s Secret) {
	const q = `INSERT INTO secret (actor_id, password, totp, step, set_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (actor_id) DO UPDATE SET password = excluded.password, totp = excluded.totp, step = excluded.step, set_at = excluded.set_at`
	tx.Exec(q, actor, s.Password, tx.store.keys.SealFor("totp", tx.Rand(), s.TOTP, []byte(actor)), s.Step, tx.Now())
}

// UseStep spends a step of a person's TOTP: of two that show the same code at once, one
// succeeds.
func (tx *Tx) UseStep(actor string, step int64) {
	tx.One(fault.New(fault.Invalid, "code_seen", "field", "code"), `UPDATE secret SET step = $2 WHERE actor_id = $1 AND step < $2`, actor, step)
}

// Invited answers the person whose one-time sign-in link has this hash.
func (v View) Invited(hash []byte, now time.Time) (access.Actor, error) {
	const q = `SELECT ` + actorColumns + ` FROM credential c JOIN actor a ON a.id = c.actor_id
		WHERE c.hash = $1 AND c.kind = 'sign_in' AND c.used_at IS NULL AND c.revoked_at IS NULL AND a.disabled_at IS NULL AND c.expires_at > $2`
	a, err := scanActor(v.Row(q, hash, now))
	if errors.Is(err, ErrNoRow) {
		return a, fault.New(fault.Unauthenticated, "invitation_over")
	}
	if err != nil {
		return a, fmt.Errorf("read invitation: %w", err)
	}
	return a, nil
}

// UseInvitation spends a one-time sign-in link.
func (tx *Tx) UseInvitation(hash []byte) {
	tx.One(fault.New(fault.Unauthenticated, "invitation_over"), `UPDATE credential SET used_at = $2 WHERE hash = $1 AND kind = 'sign_in' AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $2`, hash, tx.Now())
}

// RevokeInvitations voids every one-time sign-in link of a person that was not used: one at a
// time is good, and none once they have set a password.
func (tx *Tx) RevokeInvitations(actor string) {
	tx.Exec(`UPDATE credential SET revoked_at = $2 WHERE actor_id = $1 AND kind = 'sign_in' AND used_at IS NULL AND revoked_at IS NULL`, actor, tx.Now())
}
