package policy

import (
	"reflect"
	"slices"

	"amend/change"
)

// Both answers a plan that asks for everything a and b ask for: the request that creates
// a record is one, whatever its values need.
func Both(a, b change.Plan) change.Plan {
	d, e := demandsOf(a), demandsOf(b)
	d.authority = union(d.authority, e.authority)
	d.evidence = union(d.evidence, e.evidence)
	for _, k := range e.keys {
		d.answer(k)
	}
	d.reach = d.reach || e.reach
	for _, l := range e.levels {
		d.atLeast(l)
	}
	d.cool = max(d.cool, e.cool)
	d.rest = union(d.rest, e.rest)
	for _, h := range e.holds {
		d.hold(h.Action, h.For)
	}
	a.Gates, a.Holds = d.gates(), d.holds
	a.Weak, a.Lost = a.Weak || b.Weak, a.Lost || b.Lost
	a.Expire = max(a.Expire, b.Expire) // a letter keeps its time
	a.Rules = union(a.Rules, b.Rules)
	a.Standing = union(a.Standing, b.Standing)
	return a
}

// atLeast makes sure that a level stands with its people and its time.
func (d *demands) atLeast(l change.Level) {
	i := slices.IndexFunc(d.levels, func(have change.Level) bool { return have.Name == l.Name && have.Role == l.Role })
	if i < 0 {
		d.levels = append(d.levels, l)
		return
	}
	d.levels[i].Quorum = max(d.levels[i].Quorum, l.Quorum)
	d.levels[i].Within = min(d.levels[i].Within, l.Within)
	d.levels[i].Apart = d.levels[i].Apart || l.Apart
}

// union appends what of b is not in a; what b holds twice is there twice.
func union[T any](a, b []T) []T {
	out, left := slices.Clone(a), slices.Clone(a)
	for _, x := range b {
		i := slices.IndexFunc(left, func(y T) bool { return reflect.DeepEqual(x, y) })
		if i < 0 {
			out = append(out, x)
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	return out
}
