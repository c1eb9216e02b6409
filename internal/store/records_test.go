package store_test

import (
	"reflect"
	"slices"
	"testing"

	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

func TestRecordsReadTogetherAreThoseReadAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		master := newMaster(t)
		v := newVault(t, open, master, &tick{})
		var ids []customer.ID
		for range 70 { // more than one statement names
			ids = append(ids, v.create(customer.Person, set("title", "Dr")).ID)
		}
		v.do(func(tx *store.Tx) error {
			for i, id := range []customer.ID{ids[0], ids[69], ids[0], "another"} {
				tx.PlaceHold(downstream.Hold{ID: string(rune('d' - i)), Record: id, Action: "payout", From: tx.Now(), ReleasedAt: tx.Now()})
			}
			return nil
		})
		fresh := newVault(t, open, master, v.clock) // which has no key open yet
		for range 2 {
			records, err := fresh.view().RecordsOf(ids)
			if err != nil || len(records) != len(ids) {
				t.Fatalf("%d records, %v", len(records), err)
			}
			for _, id := range ids {
				if got := records[id]; got.Err != nil || !reflect.DeepEqual(got.Record, v.record(id)) {
					t.Fatalf("%+v", got)
				}
			}
		}
		holds, err := fresh.view().HoldsOf(ids)
		if err != nil || len(holds) != 2 {
			t.Fatalf("%+v %v", holds, err)
		}
		for _, id := range []customer.ID{ids[0], ids[69]} {
			if alone, err := v.view().Holds(id); err != nil || !slices.Equal(holds[id], alone) {
				t.Errorf("%+v, alone %+v, %v", holds[id], alone, err)
			}
		}
	})
}

func TestRecordThatCannotBeReadSpoilsNoOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		master := newMaster(t)
		v := newVault(t, open, master, &tick{})
		fine, bad, locked := v.create(customer.Person).ID, v.create(customer.Person).ID, v.create(customer.Person).ID
		v.do(func(tx *store.Tx) error {
			tx.Exec(`UPDATE golden_record SET version = version + 1 WHERE id = $1`, bad)
			tx.Exec(`UPDATE record_key SET wrapped = $2 WHERE record_id = $1`, locked, []byte("no key"))
			return nil
		})
		records, err := newVault(t, open, master, v.clock).view().RecordsOf([]customer.ID{"nobody", fine, bad, locked})
		if err != nil || records[fine].Err != nil || records[fine].ID != fine {
			t.Errorf("%+v %v", records[fine], err)
		}
		if got := fault.CodeOf(records["nobody"].Err); got != "no_customer" {
			t.Errorf("nobody: %q", got)
		}
		if got := fault.CodeOf(records[bad].Err); got != "record_altered" {
			t.Errorf("altered: %q", got)
		}
		if _, alone := newVault(t, open, master, v.clock).view().Record(locked); fault.CodeOf(records[locked].Err) != fault.CodeOf(alone) || alone == nil {
			t.Errorf("locked: %v, alone %v", records[locked].Err, alone)
		}
	})
}
