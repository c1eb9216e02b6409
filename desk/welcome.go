package desk

import (
	"context"
	"fmt"

	"amend/access"
	"amend/fault"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/verify"
)

// A Welcome is what a person sets through their one-time sign-in link.
type Welcome struct {
	Link     string // its token
	Password string
	Code     string // shows that the authenticator app has the secret
	Device   string
}

// Invitation answers whom a one-time sign-in link is for, and the TOTP secret that they set
// through it. The secret follows from the link, so that looking at the page keeps nothing.
func (d *Desk) Invitation(ctx context.Context, link string) (access.Actor, []byte, error) {
	who, err := d.store.View(ctx).Invited(keys.LinkHash(link), d.Now())
	if err != nil {
		return access.Actor{}, nil, err
	}
	return who, d.keys.CodeMAC("welcome "+link, who.ID)[:verify.TOTPSize], nil
}

// Welcome sets a person's password and TOTP by their one-time link, ends every session they
// had, and opens one. Tests: TestOneTimeLinkSetsPasswordAndCode, TestOneTimeLinkWorksOnce.
func (d *Desk) Welcome(ctx context.Context, w Welcome) (Opened, error) {
	who, secret, err := d.Invitation(ctx, w.Link)
	if err != nil {
		return Opened{}, err
	}
	if err := verify.CheckPassword(w.Password, who.Name, d.house.Words.Brand); err != nil {
		return Opened{}, err
	}
	step, fits := verify.TOTPHolds(secret, digits(w.Code), 0, d.Now())
	if !fits {
		return Opened{}, fault.New(fault.Invalid, "totp_wrong", "field", "code")
	}
	kept, err := d.keep(w.Password)
	if err != nil {
		return Opened{}, err
	}
	var opened Opened
	err = d.store.Write(ctx, "people", func(tx *store.Tx) error {
		tx.UseInvitation(keys.LinkHash(w.Link))
		tx.RevokeInvitations(who.ID)
		tx.SetSecret(who.ID, store.Secret{Password: kept, TOTP: secret, Step: step})
		tx.CloseSessions(who.ID, nil)
		opened = d.open(tx, store.Session{Sort: access.Staff, Holder: who.ID, Device: w.Device})
		return logAct(tx, who, "people.welcome", "", nil, "session", opened.Session.ID)
	})
	return opened, err
}

// keep makes what is stored of a password, a few at once.
func (d *Desk) keep(password string) (string, error) {
	d.turns <- struct{}{}
	defer func() { <-d.turns }()
	kept, err := verify.KeepPassword(password, d.store.Rand())
	if err != nil {
		return "", fmt.Errorf("keep a password: %w", err)
	}
	return kept, nil
}
