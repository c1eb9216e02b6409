package store_test

import (
	"errors"
	"slices"
	"testing"

	"amend/customer"
	"amend/fault"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

func TestEditedRowOfARecordIsRefused(t *testing.T) {
	for name, edit := range map[string]string{
		"body":    `UPDATE golden_record SET body = (SELECT body FROM golden_record WHERE id = $2) WHERE id = $1`,
		"version": `UPDATE golden_record SET version = version + 1 WHERE id = $1 AND id <> $2`,
		"mac":     `UPDATE golden_record SET mac = (SELECT mac FROM golden_record WHERE id = $2) WHERE id = $1`,
		"both":    `UPDATE golden_record SET body = o.body, mac = o.mac FROM (SELECT body, mac FROM golden_record WHERE id = $2) AS o WHERE id = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			eachVault(t, func(t *testing.T, v vault) {
				a, b := v.xiaofang(), v.create(customer.Person, set("legal_name", "李雷"))
				write(t, v.Store, func(tx *store.Tx) { tx.Exec(edit, a.ID, b.ID) })
				if _, err := v.view().Record(a.ID); fault.CodeOf(err) != "record_altered" || fault.KindOf(err) != fault.Internal {
					t.Errorf("got %v, want record_altered", err)
				}
				v.refused("record_altered", func(tx *store.Tx) error { _, err := tx.Record(a.ID); return err })
				if _, err := v.view().Record(b.ID); err != nil {
					t.Errorf("the other record: %v", err)
				}
			})
		})
	}
}

// forge writes a document over a record with a valid authentication code, as somebody
// would who had stolen that key too, but not the data keys.
func (v vault) forge(id customer.ID, change func(doc *customer.Document)) {
	v.t.Helper()
	doc := v.document(id)
	change(&doc)
	body := doc.Encode()
	var kind, entry string
	if err := v.Row(v.t.Context(), `SELECT kind, entry FROM golden_record WHERE id = $1`, id).Scan(&kind, &entry); err != nil {
		v.t.Fatal(err)
	}
	mac := v.keys.RecordMAC(string(id)+"\x00"+kind+"\x00"+entry, doc.Version, body)
	write(v.t, v.Store, func(tx *store.Tx) {
		tx.Exec(`UPDATE golden_record SET version = $2, body = $3, mac = $4 WHERE id = $1`, id, doc.Version, body, mac)
	})
}

func (v vault) document(id customer.ID) customer.Document {
	v.t.Helper()
	var body []byte
	err := v.Row(v.t.Context(), `SELECT body FROM golden_record WHERE id = $1`, id).Scan(&body)
	doc, bad := customer.DecodeDocument(body)
	if err := errors.Join(err, bad); err != nil {
		v.t.Fatal(err)
	}
	return doc
}

func slot(doc *customer.Document, k customer.Key) *customer.Slot {
	return &doc.Slots[slices.IndexFunc(doc.Slots, func(s customer.Slot) bool { return s.Key == k })]
}

func TestCiphertextMovedElsewhereDoesNotOpen(t *testing.T) {
	for name, move := range map[string]func(doc *customer.Document, other customer.Document){
		"to another key": func(doc *customer.Document, _ customer.Document) { slot(doc, "email").Blob = slot(doc, "phone").Blob },
		"to another record": func(doc *customer.Document, other customer.Document) {
			slot(doc, "phone").Blob = slot(&other, "phone").Blob
		},
		"to another version":   func(doc *customer.Document, _ customer.Document) { slot(doc, "phone").Sealed = 1; doc.Version = 1 },
		"back from the former": func(doc *customer.Document, _ customer.Document) { slot(doc, "phone").Blob = doc.Former[0].Blob },
		"and damaged":          func(doc *customer.Document, _ customer.Document) { b := slot(doc, "phone").Blob; b[len(b)-1] ^= 1 },
	} {
		t.Run(name, func(t *testing.T) {
			eachVault(t, func(t *testing.T, v vault) {
				a, b := v.xiaofang(), v.xiaofang()
				v.alter(a.ID, set("phone", "+8613900139000"))
				v.forge(a.ID, func(doc *customer.Document) { move(doc, v.document(b.ID)) })
				if rec, err := v.view().Record(a.ID); err == nil {
					t.Errorf("opened as %v", rec.Values)
				}
			})
		})
	}
}

func TestAnotherMasterKeyOpensNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		right, wrong := newVault(t, open, newMaster(t), &tick{}), newVault(t, open, newMaster(t), &tick{})
		rec := right.xiaofang()
		if _, err := wrong.view().Record(rec.ID); err == nil {
			t.Error("a stranger's key opened the record")
		}
		name, _ := customer.Shipped().Of("phone")
		if shared, err := wrong.view().Shared("", name, "+8613800138000"); shared || err != nil {
			t.Errorf("a stranger's key finds the phone: %v %v", shared, err)
		}
		again := newVault(t, open, right.keys, &tick{})
		if again.record(rec.ID).Get("legal_name") != "王小芳" {
			t.Error("the right key does not open it in another process")
		}
	})
}

func TestSearchTokensFollowTheValues(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		rec := v.xiaofang()
		phone, _ := customer.Shipped().Of("phone")
		held := func(c customer.Content) bool {
			t.Helper()
			taken, err := v.view().Shared("somebody else", phone, c)
			if err != nil {
				t.Fatal(err)
			}
			return taken
		}
		names := number(t, v.Store, `SELECT COUNT(*) FROM token WHERE record_id = $1`, rec.ID)
		if !held("+8613800138000") {
			t.Error("the phone is not found")
		}
		if mine, err := v.view().Shared(rec.ID, phone, "+8613800138000"); mine || err != nil {
			t.Errorf("a record shares with itself: %v", err)
		}
		v.alter(rec.ID, set("phone", "+8613900139000"))
		if held("+8613800138000") || !held("+8613900139000") {
			t.Error("the tokens did not move with the phone")
		}
		if now := number(t, v.Store, `SELECT COUNT(*) FROM token WHERE record_id = $1`, rec.ID); now != names {
			t.Errorf("%d tokens, want %d as before", now, names)
		}
		v.alter(rec.ID, customer.Effect{Key: "phone"}, customer.Effect{Key: "email"}, customer.Effect{Key: "legal_name"})
		if left := number(t, v.Store, `SELECT COUNT(*) FROM token WHERE record_id = $1`, rec.ID); left != 0 {
			t.Errorf("%d tokens of an empty record", left)
		}
	})
}

func TestRelationsFollowTheReferences(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		a, b := v.xiaofang(), v.xiaofang()
		account := v.create(customer.Account, set("account_no", "6222"), set("holder", customer.Content(a.ID)))
		points := func(to customer.ID) int64 {
			return number(t, v.Store, `SELECT COUNT(*) FROM relation WHERE record_id = $1 AND key = 'holder' AND to_id = $2`, account.ID, to)
		}
		if points(a.ID) != 1 {
			t.Error("no relation to the holder")
		}
		v.alter(account.ID, set("holder", customer.Content(b.ID)))
		if points(a.ID) != 0 || points(b.ID) != 1 {
			t.Error("the relation did not move")
		}
		v.alter(account.ID, customer.Effect{Key: "holder"})
		if n := number(t, v.Store, `SELECT COUNT(*) FROM relation`); n != 0 {
			t.Errorf("%d relations left", n)
		}
	})
}
