package policy

import (
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
)

// demands is a plan's gates sorted by kind: the form in which they are added to and raised.
type demands struct {
	authority [][]change.Combo
	reach     bool // a reachability gate stands, whatever it names
	keys      []customer.Key
	evidence  [][]change.Combo
	levels    []change.Level
	cool      time.Duration
	rest      []change.Gate // schedules, and kinds that a later engine may know: kept as they are
	holds     []change.HoldRule
}

// demandsOf sorts the gates of a plan. Cooling gates hold one after the other, so they add up.
func demandsOf(p change.Plan) demands {
	d := demands{holds: slices.Clone(p.Holds)}
	for _, g := range p.Gates {
		switch g.Kind {
		case change.Authority:
			d.authority = append(d.authority, g.Any)
		case change.Reachability:
			d.reach = true
			d.keys = append(d.keys, g.Keys...)
		case change.Evidence:
			d.evidence = append(d.evidence, g.Any)
		case change.Approval:
			if g.Level != nil && g.Level.Quorum > 0 {
				d.levels = append(d.levels, *g.Level)
			}
		case change.Cool:
			d.cool += max(g.For, 0)
		default:
			d.rest = append(d.rest, g)
		}
	}
	return d
}

// gates puts the demands in the order of a request's life: prove, approve, cool, schedule.
func (d demands) gates() []change.Gate {
	var gates []change.Gate
	for _, any := range d.authority {
		gates = append(gates, change.Gate{Kind: change.Authority, Any: any})
	}
	if d.reach {
		gates = append(gates, change.Gate{Kind: change.Reachability, Keys: d.keys})
	}
	for _, any := range d.evidence {
		gates = append(gates, change.Gate{Kind: change.Evidence, Any: any})
	}
	for _, l := range d.levels {
		gates = append(gates, change.Gate{Kind: change.Approval, Level: &l})
	}
	if d.cool > 0 {
		gates = append(gates, change.Gate{Kind: change.Cool, For: d.cool})
	}
	return append(gates, d.rest...)
}

func (d *demands) answer(k customer.Key) {
	d.reach = true
	if !slices.Contains(d.keys, k) {
		d.keys = append(slices.Clone(d.keys), k)
	}
}

// add asks for x beside what is already asked for.
func (d *demands) add(x extra) {
	d.evidence = append(d.evidence, x.Evidence...)
	for _, l := range x.Levels {
		d.level(change.Level{Name: l.Name, Role: l.Role, Quorum: l.Quorum, Within: time.Duration(l.Within), Apart: l.Apart})
	}
	d.cool = max(d.cool, time.Duration(x.CoolAtLeast))
	for _, h := range x.Holds {
		d.hold(h.Action, time.Duration(h.For))
	}
}

// level adds a level; one of a name in use asks for that many people more.
func (d *demands) level(l change.Level) {
	i := slices.IndexFunc(d.levels, func(have change.Level) bool { return have.Name == l.Name && have.Role == l.Role })
	if i < 0 {
		d.levels = append(d.levels, l)
		return
	}
	d.levels[i].Quorum += l.Quorum
	d.levels[i].Within = min(d.levels[i].Within, l.Within)
	d.levels[i].Apart = d.levels[i].Apart || l.Apart
}

// hold blocks an action for at least that long.
func (d *demands) hold(action string, atLeast time.Duration) {
	i := slices.IndexFunc(d.holds, func(h change.HoldRule) bool { return h.Action == action })
	if i < 0 {
		d.holds = append(d.holds, change.HoldRule{Action: action, For: atLeast})
		return
	}
	d.holds[i].For = max(d.holds[i].For, atLeast)
}

// people counts the different people that the levels ask for: nobody counts at two levels.
func (d demands) people() int {
	n := 0
	for _, l := range d.levels {
		n += l.Quorum
	}
	return n
}

// staff makes sure that at least n people agree.
func (d *demands) staff(n int) {
	if missing := n - d.people(); missing > 0 {
		d.level(change.Level{Name: floorLevel, Role: string(access.Approver), Quorum: missing, Within: WorkingDay})
	}
}
