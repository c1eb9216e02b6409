package simulate

import (
	"errors"
	"maps"

	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/notify"
)

// aroundIt is a bad world around a good program: clients, systems, channels and a house
// that break what they promise.
func aroundIt() []Fault {
	return []Fault{
		{Name: "channel_panics", Breaks: Program, How: "a channel panics at a message", channel: func(w *world, m notify.Outgoing) (notify.Answer, error, bool) {
			if len(w.ledger.requests) > 20 && (m.Kind == notify.Changed || m.Kind == notify.Joined) {
				panic("the channel's own fault")
			}
			return notify.Answer{}, nil, false
		}},
		{Name: "client_without_key", Breaks: 10, How: "clients ask again after a lost answer and give no idempotency key", forgetful: true},
		{Name: "value_in_log", Breaks: 11, How: "a connector's failure carries a customer's value", connector: func(w *world, _ downstream.System) error {
			if len(w.ledger.requests) > 10 && w.chance.once(3) {
				return errors.New("cannot reach " + phoneMark + "0001")
			}
			return nil
		}},
		{Name: "system_lies", Breaks: 7, How: "a system acknowledges what it never took", deliver: func(f *far, e downstream.Envelope) (downstream.Answer, bool) {
			if !f.w.chance.once(3) {
				return downstream.Answer{}, false
			}
			return downstream.Answer{Outcome: downstream.OK, Seq: e.Seq}, true
		}},
		{Name: "system_goes_back", Breaks: 7, How: "a system lets an older state of a record win", deliver: goesBack},
		{Name: "mask_taken_off", Breaks: 13, How: "the catalogue shows phones and mail addresses to everybody", house: func(h *desk.House) {
			h.Catalog = altered(h.Catalog, func(f *customer.Field) {
				if f.Class == customer.ContactData {
					f.Mask = "none"
				}
			})
		}},
		{Name: "contact_not_guarded", Breaks: Floor, How: "the catalogue calls a mail address a liking, so that policy and floor let it through", house: func(h *desk.House) {
			h.Catalog = altered(h.Catalog, func(f *customer.Field) {
				if f.Name == "email" {
					f.Type, f.Class, f.Group, f.Tier = customer.Text, customer.Preference, "preference", customer.Low
				}
			})
		}},
	}
}

// goesBack takes every envelope, and then what came before it.
func goesBack(f *far, e downstream.Envelope) (downstream.Answer, bool) {
	was, known := f.holds[string(e.Record)]
	if !known || was.Seq >= e.Seq || !f.w.chance.once(2) {
		return downstream.Answer{}, false
	}
	return downstream.Answer{Outcome: downstream.OK, Seq: e.Seq}, true
}

func altered(c customer.Catalog, change func(*customer.Field)) customer.Catalog {
	c = maps.Clone(c)
	for name, f := range c {
		change(&f)
		c[name] = f
	}
	return c
}
