package notify_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/notify"
)

var clock = time.Date(2026, 11, 21, 14, 5, 0, 0, time.UTC)

const day = 24 * time.Hour

func catalog() customer.Catalog {
	return customer.Catalog{
		"phone":     {Name: "phone", Type: customer.Phone, Class: customer.ContactData, Group: "phone", Multi: true},
		"email":     {Name: "email", Type: customer.Email, Class: customer.ContactData, Group: "email"},
		"messenger": {Name: "messenger", Type: customer.Messenger, Class: customer.ContactData, Group: "messenger"},
		"address":   {Name: "address", Type: customer.Address, Class: customer.ContactData, Group: "postal"},
		"bank":      {Name: "bank", Type: customer.BankCard, Class: customer.Transaction, Group: "bank"},
		"title":     {Name: "title", Type: customer.Text, Class: customer.Identity, Group: "name"},
	}
}

func proven(content string, ago time.Duration) customer.Value {
	return customer.Value{Content: customer.Content(content), Cause: "run", ProvenSince: clock.Add(-ago)}
}

func inherited(content string, ago time.Duration) customer.Value {
	return customer.Value{Content: customer.Content(content), Cause: "run", HeldSince: clock.Add(-ago)}
}

// request replaces the value under k, as reviewed from rec.
func request(rec customer.Record, k customer.Key, to string) change.Request {
	i := change.Item{Key: k, Now: customer.Content(to)}
	if v, ok := rec.Values[k]; ok {
		i.Was = &v
	}
	return change.Request{ID: "r2", Kind: change.Update, FiledAt: clock.Add(-time.Hour), Items: []change.Item{i}}
}

// after is rec once r was applied at t.
func after(rec customer.Record, r change.Request, t time.Time) customer.Record {
	out := customer.Record{Values: map[customer.Key]customer.Value{}, Former: slices.Clone(rec.Former)}
	for k, v := range rec.Values {
		out.Values[k] = v
	}
	for _, i := range r.Items {
		if v, ok := out.Values[i.Key]; ok {
			out.Former = append(out.Former, customer.Former{Key: i.Key, Value: v, Until: t})
		}
		delete(out.Values, i.Key)
		if i.Now != "" {
			out.Values[i.Key] = customer.Value{Content: i.Now, Cause: string(r.ID), ProvenSince: t}
		}
	}
	return out
}

func to(all []notify.Recipient) []string {
	var out []string
	for _, c := range all {
		s := string(c.Channel) + " " + c.To
		if c.New {
			s += " new"
		}
		out = append(out, s)
	}
	return out
}

func same(t *testing.T, got []notify.Recipient, want ...string) {
	t.Helper()
	if !slices.Equal(to(got), want) {
		t.Fatalf("got %q, want %q", to(got), want)
	}
}

func TestEveryContactOnRecordHearsOfAContactChange(t *testing.T) {
	rec := customer.Record{Values: map[customer.Key]customer.Value{
		"phone": proven("+8613800008000", 900*day), "email": inherited("ada@old.example", 900*day),
		"bank": proven("6222", day), "title": proven("Dr", day),
	}}
	r := request(rec, "phone", "+8613900009000")
	want := []string{"mail ada@old.example", "sms +8613800008000", "sms +8613900009000 new"}
	same(t, notify.Audience(rec, catalog(), r, clock), want...)
	same(t, notify.Audience(after(rec, r, clock), catalog(), r, clock), want...)
}

// Threat T27: first the mail address, then the phone.
func TestOldAddressHearsOfTheSecondChangeToo(t *testing.T) {
	rec := customer.Record{Values: map[customer.Key]customer.Value{
		"phone": proven("+8613800008000", 900*day), "email": proven("ada@old.example", 900*day)}}
	first := request(rec, "email", "thief@new.example")
	first.ID = "r1"
	rec = after(rec, first, clock.Add(-40*day))
	second := request(rec, "phone", "+8613900009000")
	want := []string{"mail thief@new.example", "mail ada@old.example", "sms +8613800008000", "sms +8613900009000 new"}
	same(t, notify.Audience(rec, catalog(), second, clock), want...)
	same(t, notify.Audience(after(rec, second, clock), catalog(), second, clock), want...)
}

func TestFormerContactHearsForExactlyNinetyDays(t *testing.T) {
	former := func(ago time.Duration) customer.Record {
		return customer.Record{Values: map[customer.Key]customer.Value{"phone": proven("+8613800008000", 900*day)},
			Former: []customer.Former{{Key: "email", Value: proven("ada@old.example", 900*day), Until: clock.Add(-ago)}}}
	}
	r := request(former(0), "phone", "+8613900009000")
	same(t, notify.Audience(former(90*day), catalog(), r, clock), "mail ada@old.example", "sms +8613800008000", "sms +8613900009000 new")
	same(t, notify.Audience(former(90*day+time.Microsecond), catalog(), r, clock), "sms +8613800008000", "sms +8613900009000 new")
	same(t, notify.Audience(former(-day), catalog(), r, clock), "mail ada@old.example", "sms +8613800008000", "sms +8613900009000 new")
}

func TestContactInTwoSlotsHearsOnce(t *testing.T) {
	rec := customer.Record{Values: map[customer.Key]customer.Value{
		"phone": proven("+8613800008000", 900*day), "phone/work": inherited("+8613800008000", 10*day), "email": proven("a@b.example", 900*day)},
		Former: []customer.Former{{Key: "phone/home", Value: proven("+8613800008000", 900*day), Until: clock.Add(-day)}}}
	all := notify.Audience(rec, catalog(), request(rec, "email", "c@d.example"), clock)
	same(t, all, "mail a@b.example", "sms +8613800008000", "mail c@d.example new")
	if !all[1].Settled || !all[1].Until.IsZero() {
		t.Fatalf("got %+v, want the valid, settled one", all[1])
	}
}

func TestNumberMovedToAnotherSlotIsNotNew(t *testing.T) {
	rec := customer.Record{Values: map[customer.Key]customer.Value{"phone": proven("+8613800008000", 900*day)}}
	r := request(rec, "phone", "+8613900009000")
	r.Items = append(r.Items, change.Item{Key: "phone/work", Now: "+8613800008000"})
	same(t, notify.Audience(rec, catalog(), r, clock), "sms +8613800008000", "sms +8613900009000 new")
	same(t, notify.Audience(after(rec, r, clock), catalog(), r, clock), "sms +8613800008000", "sms +8613900009000 new")
}

func TestRemovedContactHears(t *testing.T) {
	rec := customer.Record{Values: map[customer.Key]customer.Value{"phone": proven("+8613800008000", 900*day)}}
	r := request(rec, "phone", "")
	same(t, notify.Audience(after(rec, r, clock), catalog(), r, clock), "sms +8613800008000")
}

func TestLetterIsOptionalOnlyBesideAFasterWay(t *testing.T) {
	rec := customer.Record{Values: map[customer.Key]customer.Value{"address": inherited(`{"line":"1"}`, 900*day)}}
	r := request(rec, "phone", "+8613900009000")
	if all := notify.Audience(rec, catalog(), r, clock); all[0].Channel != notify.Letter || all[0].Optional {
		t.Fatalf("got %+v, want a letter that must be posted", all)
	}
	rec.Values["messenger"] = proven("wechat:o1", 900*day)
	if all := notify.Audience(rec, catalog(), r, clock); all[0].Channel != notify.Letter || !all[0].Optional {
		t.Fatalf("got %+v, want an optional letter", all)
	}
}

func TestCustomerWithoutAnyContactBecomesATask(t *testing.T) {
	rec := customer.Record{Values: map[customer.Key]customer.Value{"title": proven("Dr", day)}}
	r := request(rec, "title", "Prof")
	same(t, notify.Audience(rec, catalog(), r, clock), "call ")
	if got := notify.Reply(rec, catalog(), r, clock); got.Channel != notify.Call {
		t.Fatalf("got %+v, want a call task", got)
	}
}

func TestEnrolmentIsAnsweredThroughTheContactBeingEnrolled(t *testing.T) {
	r := request(customer.Record{}, "phone", "+8613900009000")
	r.Kind = change.Enrol
	got := notify.Reply(customer.Record{}, catalog(), r, clock)
	if !got.Enrols || !got.May(access.Status) || got.May(access.Confirm) || got.May(access.Dispute) {
		t.Fatalf("got %+v", got)
	}
	if k, _ := got.Hears(true); k != notify.Enrolled {
		t.Fatalf("got %s, want enrolled", k)
	}
	rec := customer.Record{Values: map[customer.Key]customer.Value{"email": proven("a@b.example", 900*day)}}
	if got := notify.Reply(rec, catalog(), r, clock); got.New {
		t.Fatal("a customer with a contact was answered through a new one")
	}
}

func TestNewContactMayOnlyAnswerForItself(t *testing.T) {
	rec := customer.Record{Values: map[customer.Key]customer.Value{"phone": proven("+8613800008000", 900*day)}}
	for _, c := range notify.Audience(rec, catalog(), request(rec, "phone", "+8613900009000"), clock) {
		for _, p := range []access.Purpose{access.Status, access.Confirm, access.Dispute, access.Address, "other"} {
			want := c.New == (p == access.Address) && p != "other"
			if c.May(p) != want {
				t.Errorf("new=%v purpose %s: got %v", c.New, p, c.May(p))
			}
		}
		atRequest, told := c.Hears(false)
		if told == c.New || (told && atRequest != notify.RequestedOld) {
			t.Errorf("new=%v hears %q at request", c.New, atRequest)
		}
		if k, _ := c.Hears(true); (k == notify.NewContact) != c.New {
			t.Errorf("new=%v hears %q at apply", c.New, k)
		}
	}
}

func TestContactProvenAfterFilingSeesNothingOfTheRequest(t *testing.T) {
	rec := customer.Record{Values: map[customer.Key]customer.Value{"phone": proven("+8613800008000", 0)}}
	r := request(rec, "title", "Prof")
	all := notify.Audience(rec, catalog(), r, clock)
	if all[0].May(access.Status) || all[0].May(access.Confirm) || !all[0].May(access.Dispute) {
		t.Fatalf("got %+v", all[0])
	}
	if got := notify.Reply(rec, catalog(), r, clock); got.Channel != notify.Call {
		t.Fatalf("got %+v, want a call task", got)
	}
}

func TestReplyPrefersAContactTheRequestLeavesAlone(t *testing.T) {
	rec := customer.Record{Values: map[customer.Key]customer.Value{
		"phone": proven("+8613800008000", 900*day), "email": inherited("a@b.example", 10*day)}}
	if got := notify.Reply(rec, catalog(), request(rec, "phone", "+8613900009000"), clock); got.To != "a@b.example" {
		t.Fatalf("got %+v", got)
	}
	if got := notify.Reply(rec, catalog(), request(rec, "title", "Prof"), clock); got.To != "+8613800008000" {
		t.Fatalf("got %+v, want the one proven longest", got)
	}
}

func TestLostContactIsNotAskedToConfirm(t *testing.T) {
	rec := customer.Record{Values: map[customer.Key]customer.Value{
		"phone": proven("+8613800008000", 900*day), "address": inherited(`{"line":"1"}`, 900*day)}}
	r := request(rec, "phone", "+8613900009000")
	r.Plan.Lost = true
	got := notify.Reply(after(rec, r, clock), catalog(), r, clock)
	if got.Channel != notify.Letter || got.Optional {
		t.Fatalf("got %+v, want a letter", got)
	}
}

func TestOnlyContactPointsTouchContact(t *testing.T) {
	for key, want := range map[customer.Key]bool{"phone/work": true, "address": true, "bank": false, "nothing": false} {
		if notify.TouchesContact(catalog(), request(customer.Record{}, key, "x")) != want {
			t.Errorf("%s: want %v", key, want)
		}
	}
}

// Whatever was changed in the last 90 days, in whatever order, everybody who was a
// contact in that time hears, once, before and after the apply alike.
func TestNobodyOfTheLastNinetyDaysIsEverLeftOut(t *testing.T) {
	values := []string{"", "+1", "+2", "+3", "+4"}
	keys := []customer.Key{"phone", "phone/work", "phone/home"}
	rapid.Check(t, func(t *rapid.T) {
		rec := customer.Record{Values: map[customer.Key]customer.Value{"phone": proven("+0", 900*day)}}
		valid := map[string]bool{"+0": true}
		step := func(i int) change.Request {
			r := request(rec, rapid.SampledFrom(keys).Draw(t, "key"), rapid.SampledFrom(values).Draw(t, "value"))
			r.ID = change.ID(rune('a' + i))
			return r
		}
		n := rapid.IntRange(0, 6).Draw(t, "changes")
		for i := range n {
			r := step(i)
			rec = after(rec, r, clock.Add(-time.Duration(80-i)*day))
			if v := r.Items[0].Now; v != "" {
				valid[string(v)] = true
			}
		}
		last := step(n)
		for _, now := range []customer.Record{rec, after(rec, last, clock)} {
			heard := map[string]int{}
			for _, c := range notify.Audience(now, catalog(), last, clock) {
				heard[c.To]++
				if c.New == valid[c.To] {
					t.Fatalf("%q new=%v", c.To, c.New)
				}
			}
			for v := range valid {
				if heard[v] != 1 {
					t.Fatalf("%q heard %d times", v, heard[v])
				}
			}
		}
	})
}
