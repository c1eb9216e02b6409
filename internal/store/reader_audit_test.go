package store_test

import (
	"testing"
	"time"

	"amend/access"
	"amend/audit"
	"amend/fault"
	"amend/internal/store"
)

// did stores an entry of its own id and answers the id.
func (v vault) did(actor, verb, record, change string) (id string) {
	v.t.Helper()
	v.clock.add(time.Second)
	v.do(func(tx *store.Tx) error {
		var e store.Entry
		e.ID, e.At, e.Verb, e.Actor, e.Sort, e.Record, e.Change = tx.NewID(), tx.Now(), verb, actor, "staff", record, change
		e.Facts = []audit.Fact{{Name: "state", Value: "draft"}}
		id = e.ID
		return tx.Append(e)
	})
	return id
}

func (v vault) entries(f store.EntryFilter, s store.Slice) store.EntryPage {
	v.t.Helper()
	p, err := v.reader().Entries(v.t.Context(), as(access.Auditor), f, s)
	if err != nil {
		v.t.Fatal(err)
	}
	return p
}

func TestLogIsReadNewestFirstInPages(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		a, b, c := v.did("ada", "propose", "r1", ""), v.did("bob", "approve", "r1", ""), v.did("ada", "reveal", "r2", "")
		first := v.entries(store.EntryFilter{}, store.Slice{Limit: 2})
		if len(first.Items) != 2 || first.Items[0].Entry != c || first.Items[1].Entry != b || first.Next == "" || !first.Back.IsZero() {
			t.Fatalf("%+v", first)
		}
		if l := first.Items[0]; l.By != "ada" || l.Verb != "reveal" || l.Record != "r2" || l.Pos != nil || l.State != "draft" {
			t.Errorf("%+v", l)
		}
		rest := v.entries(store.EntryFilter{}, store.Slice{Limit: 2, Cursor: first.Next})
		if len(rest.Items) != 1 || rest.Items[0].Entry != a || rest.Next != "" {
			t.Errorf("%+v", rest)
		}
	})
}

func TestLogIsNarrowedByWhoWhatWhenAndWhich(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		a, b := v.did("ada", "propose", "r1", ""), v.did("bob", "approve", "r1", "")
		v.clock.add(24 * time.Hour)
		c := v.did("ada", "reveal", "r2", "")
		later := v.clock.now().Add(-time.Hour)
		for name, x := range map[string]struct {
			f    store.EntryFilter
			want []string
		}{
			"who":         {store.EntryFilter{Who: "ada"}, []string{c, a}},
			"what":        {store.EntryFilter{Verb: "approve"}, []string{b}},
			"both":        {store.EntryFilter{Who: "bob", Verb: "reveal"}, nil},
			"from":        {store.EntryFilter{From: later}, []string{c}},
			"until":       {store.EntryFilter{Until: later}, []string{b, a}},
			"record":      {store.EntryFilter{Record: "r1"}, []string{b, a}},
			"record, who": {store.EntryFilter{Record: "r1", Who: "bob"}, []string{b}},
		} {
			got := v.entries(x.f, store.Slice{})
			if len(got.Items) != len(x.want) {
				t.Errorf("%s: %d entries, want %d", name, len(got.Items), len(x.want))
				continue
			}
			for i, l := range got.Items {
				if l.Entry != x.want[i] {
					t.Errorf("%s: entry %d is %s, want %s", name, i, l.Entry, x.want[i])
				}
			}
		}
	})
}

func TestReferenceThatIsNoRequestsIsSaidAtItsField(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		for _, ref := range []string{"REQ-NONE", "REQ-NONE/2", "REQ-NONE/x"} {
			_, err := v.reader().Entries(t.Context(), as(access.Auditor), store.EntryFilter{Ref: ref}, store.Slice{})
			if fault.CodeOf(err) != "no_ref" {
				t.Errorf("%s: %v", ref, err)
			}
		}
	})
}

func TestEntryIsReadInFullBeforeItHasAPlace(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		id := v.did("ada", "reveal", "r1", "")
		e, err := v.reader().LogEntry(t.Context(), as(access.Auditor), id)
		if err != nil || e.Entry != id || e.Pos != nil || len(e.Leaf) == 0 || e.Alters {
			t.Errorf("%+v %v", e, err)
		}
		if _, err := v.reader().LogEntry(t.Context(), as(access.Auditor), "no"); fault.CodeOf(err) != "no_entry" {
			t.Errorf("got %v", err)
		}
		if _, err := v.reader().LogEntry(t.Context(), as(access.Agent), id); fault.CodeOf(err) != "not_allowed" {
			t.Errorf("an agent: %v", err)
		}
	})
}
