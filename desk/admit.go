package desk

import (
	"context"
	"time"

	"amend/access"
	"amend/customer"
	"amend/internal/keys"
	"amend/internal/store"
)

// admissionLives is how long an app's link into the portal may be followed.
const admissionLives = 5 * time.Minute

// Admit lets a customer who is signed in to the company's own app or site into the portal:
// a client of role app vouches for them, and hands them the address that it is answered,
// which works once. Test: TestAppLetsItsSignedInCustomerIntoThePortal.
func (d *Desk) Admit(ctx context.Context, by access.Actor, id customer.ID) (address string, until time.Time, err error) {
	if f := by.May(access.Vouch); f != nil {
		return "", until, f
	}
	err = d.store.Write(ctx, "", func(tx *store.Tx) error {
		if err := tx.Exists(id); err != nil {
			return err
		}
		token := keys.NewLinkToken(tx.Now(), tx.Rand())
		until = tx.Now().Add(admissionLives)
		address = d.house.BaseURL + "/enter/" + token
		s := store.Seeking{Hash: keys.LinkHash(token), Ends: until, Records: []customer.ID{id}, Answered: true, Vouched: by.ID}
		if err := logAct(tx, by, "admit", id, nil); err != nil {
			return err
		}
		return tx.SaveSeeking(s)
	})
	return address, until, err
}
