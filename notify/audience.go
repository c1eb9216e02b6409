package notify

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
)

// A Recipient is one contact point that hears of a request, or the task of reaching a
// customer who has none.
type Recipient struct {
	Key      customer.Key // where the contact stands, or stood
	Channel  Medium
	To       string    // the contact itself; "" where a person must find a way
	New      bool      // this very request proposes it: it may only answer for itself
	Settled  bool      // proven or inherited before the request was filed
	Enrols   bool      // New, by a create or enrolment of a customer with no phone, mail or messenger in 90 days
	Optional bool      // a letter beside faster ways: posted where the company pays for it
	Until    time.Time // no longer valid since; zero: valid
	proven   time.Time
	held     time.Time
}

// Audience answers who hears of a contact change: every contact point valid at any time
// in the last 90 days, and each contact that r proposes. It is asked twice, at request
// and at apply, and answers the same whether rec is from before or after the apply.
//
// Nobody is left out, for whatever reason: a thief who first changes the mail address
// and later the phone meets the old mail address again (threat T27). What r proposes
// counts as new only if no other value of the last 90 days says the same; so a number
// moved from one slot to another still hears that it was moved.
//
// A postal address hears by letter; where a phone, mail or messenger hears too, the
// letter is Optional. A customer without any contact becomes a task (invariant 9 asks
// for notices "where one exists"; this is the person who looks for another way).
//
// The order is that of the keys, the new contacts last.
func Audience(rec customer.Record, cat customer.Catalog, r change.Request, now time.Time) []Recipient {
	old := known(rec, cat, r, now)
	fresh := proposed(cat, r, old)
	fast := slices.ContainsFunc(old, Recipient.fast)
	for i := range fresh {
		fresh[i].Enrols = !fast && r.Kind != change.Update && fresh[i].fast()
	}
	for i := range old {
		old[i].Optional = fast && !old[i].fast()
	}
	all := slices.Concat(old, fresh)
	if len(all) == 0 {
		return []Recipient{{Channel: Call}}
	}
	return all
}

// Reply answers which contact is told how r goes and is asked to confirm its result: one
// that was proven or inherited before r, because a status link shows the request and a
// confirm link closes it. A contact that r leaves alone is preferred, since the one it
// replaces may be lost; then the one proven longest, then held longest.
//
// Only by create or enrolment, and only with nothing else in 90 days, is a customer
// answered through the very contact being enrolled. Where no contact may be trusted, the answer is a letter to
// the address on record, or the task of a call.
func Reply(rec customer.Record, cat customer.Catalog, r change.Request, now time.Time) Recipient {
	all := Audience(rec, cat, r, now)
	leaves := func(c Recipient) bool {
		return c.Until.IsZero() && !slices.ContainsFunc(r.Items, func(i change.Item) bool { return i.Key == c.Key })
	}
	able := slices.DeleteFunc(slices.Clone(all), func(c Recipient) bool {
		lost := r.Plan.Lost && !leaves(c)
		return lost || !c.fast() || (!c.Settled && !c.Enrols)
	})
	if len(able) > 0 {
		slices.SortStableFunc(able, func(a, b Recipient) int {
			return cmp.Or(
				yesFirst(leaves(a), leaves(b)),
				earlier(a.proven, b.proven),
				earlier(a.held, b.held),
				yesFirst(a.Channel == SMS, b.Channel == SMS),
			)
		})
		return able[0]
	}
	for _, c := range all {
		if c.Channel == Letter && !c.New && leaves(c) {
			c.Optional = false
			return c
		}
	}
	return Recipient{Channel: Call}
}

// May reports whether a link for purpose p may be sent to c.
//
// A contact that the request itself proposes can only prove that it answers, or report
// that it is a stranger's; or, if it is being enrolled, show its own request. Freezing is
// safe, so every old contact may do it. Whatever shows or closes the request needs a
// contact settled before it.
func (c Recipient) May(p access.Purpose) bool {
	switch p {
	case access.Address:
		return c.New
	case access.Dispute:
		return !c.New && c.To != ""
	case access.Status, access.Confirm:
		return c.Settled && !c.New || p == access.Status && c.Enrols
	}
	return false
}

// Hears answers the security notice that c gets of a contact change at request or, if
// applied, at apply; false if none: a proposed contact hears at request by its own code.
func (c Recipient) Hears(applied bool) (Kind, bool) {
	switch {
	case !applied && !c.New:
		return RequestedOld, true
	case applied && c.Enrols:
		return Enrolled, true
	case applied && c.New:
		return NewContact, true
	case applied:
		return AppliedOld, true
	}
	return "", false
}

// TouchesContact reports whether r adds, replaces or removes a contact point.
func TouchesContact(cat customer.Catalog, r change.Request) bool {
	return slices.ContainsFunc(r.Items, func(i change.Item) bool {
		f, ok := cat.Of(i.Key)
		return ok && f.Contact()
	})
}

// known lists the contacts of the last 90 days that r did not itself bring.
func known(rec customer.Record, cat customer.Catalog, r change.Request, now time.Time) []Recipient {
	var out []Recipient
	add := func(k customer.Key, v customer.Value, until time.Time) {
		c, ok := recipient(cat, k, v.Content)
		if !ok {
			return
		}
		c.Until, c.proven, c.held = until, v.ProvenSince, v.HeldSince
		c.Settled = before(v.ProvenSince, r.FiledAt) || before(v.HeldSince, r.FiledAt)
		out = append(out, c)
	}
	for _, i := range r.Items {
		if i.Was != nil {
			add(i.Key, *i.Was, time.Time{})
		}
	}
	for k, v := range rec.Values {
		if !brings(r, k, v) {
			add(k, v, time.Time{})
		}
	}
	for _, f := range rec.Former {
		if now.Sub(f.Until) <= customer.FormerKept {
			add(f.Key, f.Value, f.Until)
		}
	}
	return distinct(out)
}

// proposed lists the contacts that r brings and nobody of old is.
func proposed(cat customer.Catalog, r change.Request, old []Recipient) []Recipient {
	var out []Recipient
	for _, i := range r.Items {
		c, ok := recipient(cat, i.Key, i.Now)
		if ok && !slices.ContainsFunc(old, c.same) {
			c.New = true
			out = append(out, c)
		}
	}
	return distinct(out)
}

// brings reports whether v stands under k because r was applied: its cause says so.
func brings(r change.Request, k customer.Key, v customer.Value) bool {
	return v.Cause == string(r.ID) &&
		slices.ContainsFunc(r.Items, func(i change.Item) bool { return i.Key == k && i.Now == v.Content })
}

// recipient answers how the contact under k is reached, false if k is no contact or empty.
func recipient(cat customer.Catalog, k customer.Key, content customer.Content) (Recipient, bool) {
	f, ok := cat.Of(k)
	if !ok || !f.Contact() || content == "" {
		return Recipient{}, false
	}
	c := Recipient{Key: k, To: string(content)}
	switch f.Type {
	case customer.Phone:
		c.Channel = SMS
	case customer.Email:
		c.Channel = Mail
	case customer.Messenger:
		c.Channel = Messenger
	default:
		c.Channel = Letter
	}
	return c, true
}

// distinct keeps one recipient of each contact: a valid one before a former one, and of
// equals the one settled longest, so that a second slot cannot make a contact younger.
func distinct(all []Recipient) []Recipient {
	slices.SortStableFunc(all, func(a, b Recipient) int {
		return cmp.Or(
			cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.To, b.To),
			yesFirst(a.Until.IsZero(), b.Until.IsZero()),
			yesFirst(a.Settled, b.Settled),
			earlier(a.proven, b.proven), earlier(a.held, b.held),
			b.Until.Compare(a.Until), cmp.Compare(a.Key, b.Key),
		)
	})
	all = slices.CompactFunc(all, Recipient.same)
	slices.SortStableFunc(all, func(a, b Recipient) int {
		return cmp.Or(strings.Compare(string(a.Key), string(b.Key)), yesFirst(a.Until.IsZero(), b.Until.IsZero()), b.Until.Compare(a.Until))
	})
	return all
}

func (c Recipient) same(d Recipient) bool { return c.Channel == d.Channel && c.To == d.To }

// fast reports whether c is reached without post or a person.
func (c Recipient) fast() bool {
	return c.Channel == SMS || c.Channel == Mail || c.Channel == Messenger
}

func before(t, filed time.Time) bool { return !t.IsZero() && t.Before(filed) }

// earlier orders known times first, then the earlier.
func earlier(a, b time.Time) int {
	return cmp.Or(yesFirst(!a.IsZero(), !b.IsZero()), a.Compare(b))
}

func yesFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
