package policy

import (
	"slices"
	"time"

	"amend/change"
	"amend/customer"
)

// The numbers of the floor. They are code: no policy can lower them.
const (
	provenDays = 30             // a channel proven later authorises no contact change
	heldDays   = 90             // an inherited contact held less authorises nothing
	floorCool  = 72 * time.Hour // with weak authority, or none
	recoverers = 2              // people who agree where no channel can
	floorLevel = "floor"        // the level that the floor adds
)

// The actions that a hold can block downstream.
const (
	payout        = "payout"
	passwordReset = "password_reset"
	credit        = "credit"
)

// floorHolds are what a takeover would use next.
func floorHolds() []string { return []string{passwordReset, payout} }

// solid methods need no contact point: an original, a document, a register.
func solid() []change.Method {
	return []change.Method{change.Document, change.Registry, change.Sighted}
}

// other methods can stand in for a lost channel, beside a solid one: a call or a letter
// to a contact that was on record before.
func other() []change.Method {
	return append(solid(), change.Callback, change.Letter)
}

// Floor raises p to what the floor demands of f, and lowers nothing: gates that no
// channel of this customer could ever open are replaced by the recovery lane's.
//
// A guarded field needs authority through a channel proven before. Weak authority adds
// one person, 72 hours and holds. Without authority: two independent other proofs, two
// people, 72 hours and holds. A create or an enrolment: one solid proof, every contact
// given answers, one reviewer.
func Floor(f Facts, p change.Plan) change.Plan {
	d := demandsOf(p)
	worth := f.worth()
	asked := len(d.authority) > 0
	switch {
	case f.opens():
		d.enrol(f)
	case !asked && !f.Guarded():
		return p
	case worth == None:
		p.Lost = true
		d.recover()
	case f.Guarded():
		p.Weak = worth == Weak
		d.authorise(f)
		if p.Weak {
			d.slow(1)
		}
	default:
		p.Weak = worth == Weak
	}
	p.Gates, p.Holds = d.gates(), d.holds
	return p
}

// enrol is the floor of a beginning relation.
func (d *demands) enrol(f Facts) {
	d.authority = withoutChannels(d.authority)
	d.reach = true
	if f.reaches() {
		d.answer(customer.KeyOf(f.Field, f.Slot))
	}
	if least(d.evidence, solid()) < 1 {
		d.evidence = append(d.evidence, anyOf(solid()))
	}
	d.staff(1)
}

// recover is the floor where no channel can speak for the customer. The two proofs are
// two gates: a proof opens one gate only, and one person's word counts once.
func (d *demands) recover() {
	d.authority = withoutChannels(d.authority)
	if least(d.evidence, solid()) < 1 {
		d.evidence = append(d.evidence, anyOf(solid()))
	}
	if least(d.evidence, other()) < 2 {
		d.evidence = append(d.evidence, anyOf([]change.Method{change.Registry, change.Document, change.Sighted, change.Callback, change.Letter}))
	}
	d.slow(recoverers)
}

// slow gives the true owner people, time and blocked payouts.
func (d *demands) slow(people int) {
	d.staff(people)
	d.cool = max(d.cool, floorCool)
	for _, action := range floorHolds() {
		d.hold(action, floorCool)
	}
}

// authorise makes sure that one authority gate opens only through a channel of the customer.
func (d *demands) authorise(f Facts) {
	best := -1
	for i, any := range d.authority {
		sound := soundCombos(any, f)
		if len(sound) == len(any) && len(any) > 0 {
			return
		}
		if len(sound) > 0 {
			best = i
		}
	}
	d.authority = slices.Clone(d.authority)
	if best >= 0 {
		d.authority[best] = soundCombos(d.authority[best], f)
		return
	}
	d.authority = append(d.authority, defaultAuthority(f))
}

// soundCombos keeps the combos that cannot be met without a channel's word.
func soundCombos(any []change.Combo, f Facts) []change.Combo {
	return slices.DeleteFunc(slices.Clone(any), func(c change.Combo) bool { return !sound(c, f) })
}

// sound reports whether whoever meets c has answered through a channel that may speak for
// f: alone, or beside another proof. The worst choice of methods counts.
func sound(c change.Combo, f Facts) bool {
	alone, beside, rest := 0, 0, 0
	for i, m := range c.Of {
		switch {
		case m == change.MailLink || slices.Contains(c.Of[:i], m):
			return false // a link proves only that an address answers; a method named twice would count twice
		case speaksAlone(m, f):
			alone++
		case m.ThroughContact():
			beside++
		default:
			rest++
		}
	}
	return rest < c.Need && (c.Need > 1 || beside == 0) && c.Need <= alone+beside+rest
}

// speaksAlone reports whether a proof by m is authority with nothing beside it: a mail
// code not for a phone (OWASP ASVS 5.0 V6.3.6), a letter only for fields below tier high.
func speaksAlone(m change.Method, f Facts) bool {
	switch m {
	case change.SMSCode, change.Callback:
		return true
	case change.MailCode:
		return f.Type != customer.Phone
	case change.Letter:
		return f.Tier == customer.Normal || f.Tier == customer.Low
	}
	return false
}

// defaultAuthority is the gate that the floor sets where a recipe has none.
func defaultAuthority(f Facts) []change.Combo {
	if speaksAlone(change.MailCode, f) {
		return anyOf([]change.Method{change.SMSCode, change.MailCode, change.Callback})
	}
	combos := anyOf([]change.Method{change.SMSCode, change.Callback})
	for _, m := range solid() {
		combos = append(combos, change.Combo{Need: 2, Of: []change.Method{change.MailCode, m}})
	}
	return combos
}

func anyOf(methods []change.Method) []change.Combo { return []change.Combo{{Need: 1, Of: methods}} }

// withoutChannels keeps what can be met with solid proofs: no channel is there to answer the rest.
func withoutChannels(gates [][]change.Combo) [][]change.Combo {
	var kept [][]change.Combo
	for _, any := range gates {
		var combos []change.Combo
		for _, c := range any {
			c.Of = slices.DeleteFunc(slices.Clone(c.Of), func(m change.Method) bool { return !slices.Contains(solid(), m) })
			if c.Need <= len(c.Of) {
				combos = append(combos, c)
			}
		}
		if len(combos) > 0 {
			kept = append(kept, combos)
		}
	}
	return kept
}

// least is how many proofs by the wanted methods the gates yield in the worst case.
func least(gates [][]change.Combo, wanted []change.Method) int {
	sum := 0
	for _, any := range gates {
		if len(any) == 0 {
			continue
		}
		low := len(any[0].Of)
		for _, c := range any {
			n := c.Need
			for _, m := range c.Of {
				if !slices.Contains(wanted, m) {
					n--
				}
			}
			low = min(low, max(n, 0))
		}
		sum += low
	}
	return sum
}
