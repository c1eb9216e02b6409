package desk

import (
	"cmp"
	"slices"
	"time"

	"amend/customer"
	"amend/internal/store"
	"amend/policy"
	"amend/verify"
)

// A channel is one contact point that may speak for the customer.
type channel struct {
	key    customer.Key
	field  customer.Field
	value  customer.Value
	shared bool
}

// channels are the contact points of one record, as this transaction sees them.
type channels struct {
	on     []channel
	post   bool // it has a postal address
	former bool // it had a contact point of any kind in the last 90 days
}

// channels reads which of a record's contact points may carry codes, and what they share.
func (d *Desk) channels(tx *store.Tx, rec customer.Record) (channels, error) {
	var cs channels
	for k, v := range rec.Values {
		f, ok := d.house.Catalog.Of(k)
		cs.post = cs.post || ok && f.Contact() && f.Type == customer.Address
		if !ok || !(f.Channel() || f.Type == customer.Messenger) {
			continue
		}
		shared := false
		if !v.HeldSince.IsZero() && v.ProvenSince.IsZero() {
			var err error
			if shared, err = tx.Shared(rec.ID, f, v.Content); err != nil {
				return cs, err
			}
		}
		cs.on = append(cs.on, channel{key: k, field: f, value: v, shared: shared})
	}
	for _, old := range rec.Former {
		if f, ok := d.house.Catalog.Of(old.Key); ok && f.Contact() && tx.Now().Sub(old.Until) < customer.FormerKept {
			cs.former = true
		}
	}
	slices.SortFunc(cs.on, func(a, b channel) int { return cmp.Compare(a.key, b.key) })
	return cs, nil
}

// none reports whether there is no contact to ask or write to, nor was one in the last 90
// days: the floor of an enrolment counts a postal address like any other contact point.
func (cs channels) none() bool { return len(cs.on) == 0 && !cs.post && !cs.former }

// proven counts the contact points that were proven.
func (cs channels) proven() int {
	n := 0
	for _, c := range cs.on {
		if !c.value.ProvenSince.IsZero() && c.value.Grade != customer.GradeE {
			n++
		}
	}
	return n
}

// best answers what the best channel is worth that is not among the lost, and its age in days.
func (cs channels) best(now time.Time, contact bool, lost []customer.Key) (string, int) {
	worth, age := policy.None, 0
	for _, c := range cs.on {
		if !c.field.Channel() || slices.Contains(lost, c.key) {
			continue
		}
		switch verify.Authority(verify.Claim{Value: c.value, Filed: now, Shared: c.shared, Contact: contact}) {
		case verify.Proven:
			if days := daysSince(c.value.ProvenSince, now); worth != policy.Proven || days > age {
				worth, age = policy.Proven, days
			}
		case verify.Weak:
			if days := daysSince(c.value.HeldSince, now); worth == policy.None || (worth == policy.Weak && days > age) {
				worth, age = policy.Weak, days
			}
		}
	}
	return worth, age
}

// doubted are the contact points that another customer holds too.
func (cs channels) doubted() []customer.Key {
	var keys []customer.Key
	for _, c := range cs.on {
		if c.shared {
			keys = append(keys, c.key)
		}
	}
	return keys
}

func daysSince(t, now time.Time) int { return int(now.Sub(t) / (24 * time.Hour)) }
