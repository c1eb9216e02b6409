package store_test

import (
	"testing"

	"amend/customer"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

// Another node may have read what was filed for a record that never came to be. Once its
// key is destroyed it opens nothing there either.
func TestKeyDestroyedOnOneNodeOpensNothingOnAnother(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		m, c := newMaster(t), &tick{}
		one, other := newVault(t, open, m, c), newVault(t, open, m, c)
		var id customer.ID
		one.do(func(tx *store.Tx) error {
			rec, err := tx.Reserve(customer.Person)
			id = rec.ID
			return err
		})
		read := func(tx *store.Tx) error {
			_, err := tx.Reserved(id, customer.Person)
			return err
		}
		other.do(read)
		one.do(func(tx *store.Tx) error { tx.Unreserve(id); return nil })
		other.refused("no_customer", read)
	})
}
