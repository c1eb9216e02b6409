package store_test

import (
	"testing"
	"time"

	"amend/access"
	"amend/customer"
	"amend/internal/store"
	"amend/org"
)

// Short tokens collide: the end of a number may have the token of a common name. Whoever has
// the number is found behind everybody who only has the name.
func TestSearchLooksBehindThoseWhoOnlyCollide(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		var others []customer.Record
		for range 205 {
			others = append(others, v.create(customer.Person, set("legal_name", "李强")))
		}
		v.clock.add(time.Second)
		fang := v.xiaofang()
		v.do(func(tx *store.Tx) error {
			for _, o := range others {
				tx.Exec(`INSERT INTO token (hash, record_id) SELECT hash, $2 FROM token WHERE record_id = $1 ON CONFLICT DO NOTHING`, fang.ID, o.ID)
			}
			return nil
		})
		by := access.Actor{ID: "a", Sort: access.Staff, Roles: []access.Role{access.Agent}}
		found, err := store.NewReader(v.Store, org.China(time.UTC)).Search(t.Context(), by, "8000", false, 0)
		if err != nil || len(found) != 1 || found[0].ID != fang.ID {
			t.Errorf("%v, %v", found, err)
		}
	})
}
