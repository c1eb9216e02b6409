package store_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amend/customer"
	"amend/fault"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

// morning is where the clock of these tests starts.
var morning = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// A tick is a clock that moves when it is told to.
type tick struct{ micros atomic.Int64 }

func (c *tick) now() time.Time { return morning.Add(time.Duration(c.micros.Load()) * time.Microsecond) }

func (c *tick) add(d time.Duration) { c.micros.Add(d.Microseconds()) }

// A vault is an open database with the key and the clock that it was opened with.
type vault struct {
	*store.Store
	t     testing.TB
	keys  *keys.Master
	clock *tick
}

// eachVault runs test on both databases, each with the shipped catalogue and a fresh key.
func eachVault(t *testing.T, test func(t *testing.T, v vault)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		test(t, newVault(t, open, newMaster(t), &tick{}))
	})
}

func newMaster(t testing.TB) *keys.Master {
	t.Helper()
	m, err := keys.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func newVault(t testing.TB, open storetest.Opener, m *keys.Master, c *tick) vault {
	t.Helper()
	s := open(store.Options{Keys: m, Catalog: customer.Shipped(), Clock: c.now})
	return vault{Store: s, t: t, keys: m, clock: c}
}

// do stores a verb, or fails the test.
func (v vault) do(verb func(*store.Tx) error) {
	v.t.Helper()
	if err := v.Write(v.t.Context(), "", verb); err != nil {
		v.t.Fatalf("write: %v", err)
	}
}

// refused wants a verb to fail with a code.
func (v vault) refused(code string, verb func(*store.Tx) error) {
	v.t.Helper()
	if err := v.Write(v.t.Context(), "", verb); fault.CodeOf(err) != code {
		v.t.Errorf("got %v, want %s", err, code)
	}
}

func (v vault) view() store.View { return v.View(v.t.Context()) }

func (v vault) record(id customer.ID) customer.Record {
	v.t.Helper()
	rec, err := v.view().Record(id)
	if err != nil {
		v.t.Fatal(err)
	}
	return rec
}

// set is the effect of writing a value.
func set(k customer.Key, c customer.Content) customer.Effect {
	return customer.Effect{Key: k, Value: &customer.Value{Content: c, Grade: customer.GradeB, Since: morning, Salt: []byte("0123456789abcdef")}}
}

// alter alters a record in a verb of its own, with its entry.
func (v vault) alter(id customer.ID, effects ...customer.Effect) (rec customer.Record) {
	v.t.Helper()
	v.do(func(tx *store.Tx) (err error) {
		if _, err = tx.Record(id); err != nil {
			return err
		}
		rec, err = alterIn(tx, id, effects...)
		return err
	})
	return rec
}

func alterIn(tx *store.Tx, id customer.ID, effects ...customer.Effect) (customer.Record, error) {
	var e store.Entry
	e.ID, e.At, e.Verb, e.Actor, e.Record = tx.NewID(), tx.Now(), "apply", "system", string(id)
	sealed, rec, err := tx.Alter(id, effects, e.ID)
	if err != nil {
		return rec, err
	}
	e.Effects = sealed
	return rec, tx.Append(e)
}

// create makes a record of a kind.
func (v vault) create(kind customer.Kind, effects ...customer.Effect) customer.Record {
	v.t.Helper()
	var rec customer.Record
	v.do(func(tx *store.Tx) error {
		empty, err := tx.Reserve(kind)
		if err != nil {
			return err
		}
		rec, err = alterIn(tx, empty.ID, effects...)
		return err
	})
	return rec
}

// xiaofang is the customer of these tests.
func (v vault) xiaofang() customer.Record {
	v.t.Helper()
	return v.create(customer.Person, set("legal_name", "王小芳"), set("phone", "+8613800138000"), set("email", "fang@example.com"))
}

func TestRecordIsReadAsItWasAltered(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		made := v.xiaofang()
		v.clock.add(time.Hour)
		v.alter(made.ID, set("phone", "+8613900139000"), customer.Effect{Key: "email"})

		rec := v.record(made.ID)
		if rec.Kind != customer.Person || rec.Version != 2 || made.Version != 1 {
			t.Errorf("kind %s, version %d after %d", rec.Kind, rec.Version, made.Version)
		}
		if rec.Get("legal_name") != "王小芳" || rec.Get("phone") != "+8613900139000" || rec.Get("email") != "" {
			t.Errorf("values %v", rec.Values)
		}
		for k, want := range map[customer.Key]int64{"legal_name": 1, "phone": 2, "email": 2, "address": 0} {
			if rec.Base(k) != want {
				t.Errorf("%s changed at %d, want %d", k, rec.Base(k), want)
			}
		}
		if len(rec.Former) != 2 || !rec.Former[0].Until.Equal(morning.Add(time.Hour)) {
			t.Errorf("former contacts %v, want phone and email until now", rec.Former)
		}
	})
}

func TestTwoVerbsOnOneVersionBothLandBecauseTheLoserDecidesAgain(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		id := v.xiaofang().ID
		var runs atomic.Int64
		var both, done sync.WaitGroup
		both.Add(2)
		errs := make([]error, 2)
		for i, e := range []customer.Effect{set("phone", "+8613900139000"), set("email", "new@example.com")} {
			done.Go(func() {
				first := true
				errs[i] = v.Write(t.Context(), "", func(tx *store.Tx) error {
					runs.Add(1)
					if _, err := tx.Record(id); err != nil {
						return err
					}
					if first { // both have read the same version before either writes
						first = false
						both.Done()
						both.Wait()
					}
					_, err := alterIn(tx, id, e)
					return err
				})
			})
		}
		done.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		rec := v.record(id)
		if rec.Version != 3 || rec.Get("phone") != "+8613900139000" || rec.Get("email") != "new@example.com" {
			t.Errorf("version %d: %v", rec.Version, rec.Values)
		}
		if runs.Load() != 3 {
			t.Errorf("%d runs, want one again", runs.Load())
		}
	})
}

func TestVerbThatAltersARecordTwiceMakesTwoVersionsAndOneChain(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		var id customer.ID
		v.do(func(tx *store.Tx) error {
			rec, err := tx.Reserve(customer.Person)
			if err != nil {
				return err
			}
			id = rec.ID
			if _, err := alterIn(tx, id, set("legal_name", "王小芳")); err != nil {
				return err
			}
			seen, err := tx.Record(id)
			if err != nil || seen.Get("legal_name") != "王小芳" {
				t.Errorf("the verb reads %v, %v after its own write", seen.Values, err)
			}
			_, err = alterIn(tx, id, set("phone", "+8613800138000"))
			return err
		})
		if rec := v.record(id); rec.Version != 2 || len(rec.Values) != 2 {
			t.Errorf("version %d: %v", rec.Version, rec.Values)
		}
		v.rebuilds(1)
	})
}

// rebuilds wants the log to make exactly the stored records.
func (v vault) rebuilds(want int) {
	v.t.Helper()
	n := 0
	err := v.Rebuild(v.t.Context(), func(r store.Rebuilt) error {
		if n++; !r.Equal() {
			v.t.Errorf("record %s is not what the log makes of it", r.ID)
		}
		return nil
	})
	if err != nil || n != want {
		v.t.Errorf("%d records, %v; want %d", n, err, want)
	}
}

func TestReservedRecordExistsOnceItIsAltered(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		var id customer.ID
		v.do(func(tx *store.Tx) error {
			rec, err := tx.Reserve(customer.Organization)
			id = rec.ID
			return err
		})
		if err := v.view().Exists(id); fault.CodeOf(err) != "no_customer" {
			t.Errorf("a reserved id exists: %v", err)
		}
		v.refused("no_customer", func(tx *store.Tx) error { _, err := tx.Record(id); return err })
		v.refused("no_customer", func(tx *store.Tx) error { _, err := tx.Reserved("nobody", customer.Person); return err })
		create := func(tx *store.Tx) error {
			if _, err := tx.Reserved(id, customer.Organization); err != nil {
				return err
			}
			_, err := alterIn(tx, id, set("org_name", "阿门德有限公司"))
			return err
		}
		v.do(create)
		if err := v.view().Exists(id); err != nil || v.record(id).Kind != customer.Organization {
			t.Errorf("%v", err)
		}
		v.refused("stale", create)
		if rec := v.record(id); rec.Version != 1 {
			t.Errorf("created twice: version %d", rec.Version)
		}
	})
}

func TestAlteringWhatWasNotReadIsAMistakeOfTheVerb(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		id := v.xiaofang().ID
		err := v.Write(t.Context(), "", func(tx *store.Tx) error { _, err := alterIn(tx, id, set("phone", "+8613900139000")); return err })
		if err == nil || !strings.Contains(err.Error(), "was not read") || v.record(id).Version != 1 {
			t.Errorf("got %v", err)
		}
	})
}

func TestRecordsArePagedByKind(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		if has, err := v.view().HasRecords(); has || err != nil {
			t.Errorf("an empty database has records: %v", err)
		}
		a, b := v.xiaofang(), v.xiaofang()
		v.create(customer.Organization, set("org_name", "阿门德有限公司"))
		page, err := v.view().RecordIDs(customer.Person, "", 10)
		if err != nil || len(page) != 2 || page[0].ID == page[1].ID || page[0].Version != 1 {
			t.Fatalf("%v %v, want %s and %s", page, err, a.ID, b.ID)
		}
		rest, err := v.view().RecordIDs(customer.Person, page[0].ID, 10)
		if err != nil || len(rest) != 1 || rest[0].ID != page[1].ID {
			t.Errorf("behind the first: %v %v", rest, err)
		}
		if has, err := v.view().HasRecords(); !has || err != nil {
			t.Errorf("has no records: %v", err)
		}
	})
}
