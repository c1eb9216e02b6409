package portal

import (
	"slices"
	"strconv"
	"time"

	"amend/change"
	"amend/customer"
	"amend/internal/page"
	"amend/internal/store"
)

// A plan is told to a customer as what happens next, in the order in which it does: what they
// do, who checks, how long it waits, what stops meanwhile, who is told, who uses it.

// next is what happens to a change that is about to be asked for.
func (v *visit) next(c store.Foreseen, lost bool) []page.NextThing {
	var without []change.Method
	if lost {
		without = v.lostMethods(c.Items)
	}
	things := v.gates(c.Plan, c.Effective, without)
	if len(c.Hears) > 0 {
		things = append(things, page.NextThing{Icon: "bell", Text: v.page.T("portal.next.told"), Note: v.page.List(v.hearers(c.Hears)...)})
	}
	if len(c.Impact) > 0 {
		var names []string
		for _, s := range c.Impact {
			names = append(names, s.Name)
		}
		things = append(things, page.NextThing{Icon: "send", Text: v.page.T("portal.next.systems"), Note: v.page.List(names...)})
	}
	return things
}

// lostMethods are those that lead to a contact which is on its way out and cannot be
// reached any more.
func (v *visit) lostMethods(items []store.Item) []change.Method {
	var lost []change.Method
	for _, it := range items {
		switch f, _ := v.House.Catalog.Of(it.Field); f.Type {
		case customer.Phone:
			lost = append(lost, change.SMSCode, change.Callback)
		case customer.Email:
			lost = append(lost, change.MailCode, change.MailLink)
		}
	}
	return lost
}

// gates are the steps that a plan asks for, of somebody who cannot use the lost methods.
func (v *visit) gates(p store.PlanView, effective time.Time, lost []change.Method) []page.NextThing {
	var things []page.NextThing
	evidence := 0
	for i, g := range p.Gates {
		switch g.Kind {
		case change.Evidence:
			evidence++
			things = append(things, v.evidence(g, evidence))
		case change.Approval:
			things = append(things, page.NextThing{Icon: "user", Text: v.people("portal.next.people", g.Quorum), Note: v.page.T("portal.next.by", "time", v.page.Moment(v.through(p.Gates[:i+1], effective)))})
		case change.Cool:
			things = append(things, page.NextThing{Icon: "hourglass", Text: v.page.T("portal.next.cool", "span", v.hours(seconds(g))), Note: v.page.T("portal.next.cool_note")})
		case change.Schedule:
			things = append(things, page.NextThing{Icon: "calendar", Text: v.page.T("portal.next.scheduled", "time", v.page.Date(effective))})
		case change.Authority:
			things = append(things, page.NextThing{Icon: "key", Text: v.page.T("portal.next.authority"), Note: v.anyOf(g.Any, lost)})
		case change.Reachability:
			things = append(things, page.NextThing{Icon: "mobile", Text: v.page.T("portal.next.reachability"), Note: v.fields(g.Fields)})
		}
	}
	if len(things) == 0 {
		things = append(things, page.NextThing{Icon: "check", Text: v.page.T("portal.next.at_once")})
	}
	if len(p.Holds) > 0 {
		things = append(things, v.holds(p.Holds))
	}
	return things
}

// evidence is the n-th proof that a person has to see.
func (v *visit) evidence(g store.GateView, n int) page.NextThing {
	text := v.page.T("portal.next.evidence")
	if n > 1 {
		text = v.page.T("portal.next.evidence_more")
	}
	return page.NextThing{Icon: "idcard", Text: text, Note: v.anyOf(g.Any, nil)}
}

// anyOf words the ways through a gate. One that is enough by itself hides those that need
// two proofs, and a document or a register is answered by a sighted original for now.
func (v *visit) anyOf(combos []change.Combo, lost []change.Method) string {
	var alone, both []string
	for _, c := range combos {
		var names []string
		for _, m := range c.Of {
			if m != change.Document && m != change.Registry && !slices.Contains(lost, m) {
				names = append(names, v.page.T("portal.proof."+string(m)))
			}
		}
		switch {
		case c.Need == 1:
			alone = append(alone, names...)
		case c.Need == 2 && len(names) == 2:
			both = append(both, v.page.T("portal.next.both", "one", names[0], "other", names[1]))
		}
	}
	if len(alone) == 0 {
		alone = both
	}
	if len(alone) == 1 {
		return alone[0]
	}
	return v.page.T("portal.next.any_of", "ways", v.page.List(alone...))
}

func (v *visit) holds(holds []store.HoldView) page.NextThing {
	var actions []string
	var longest int64
	for _, h := range holds {
		actions = append(actions, v.page.T("portal.hold."+h.Action))
		longest = max(longest, h.Seconds)
	}
	return page.NextThing{Icon: "lock", Text: v.page.T("portal.next.holds", "span", v.hours(time.Duration(longest)*time.Second)), Note: v.page.List(actions...)}
}

// hearers are the contacts that hear of it, as their owner knows them.
func (v *visit) hearers(all []store.Hearer) []string {
	var told []string
	for _, h := range all {
		to := v.shown(h.Contact, h.To)
		switch {
		case h.New:
			to = v.page.T("portal.next.told_new", "to", to)
		case h.Former:
			to = v.page.T("portal.next.told_former", "to", to)
		}
		told = append(told, to)
	}
	return told
}

// people words a number of people: one, two, or how many.
func (v *visit) people(key string, n int) string {
	if n <= 2 {
		return v.page.T(key + "." + strconv.Itoa(max(n, 1)))
	}
	return v.page.T(key+".n", "n", strconv.Itoa(n))
}

// hours is a length of time as rules give it: in hours up to three days, then in days.
func (v *visit) hours(d time.Duration) string {
	if d <= 72*time.Hour {
		return v.page.T("portal.hours", "n", strconv.Itoa(int(d.Hours())))
	}
	return v.page.T("portal.days", "n", strconv.Itoa(int(d.Hours()/24)))
}
