package policy

import (
	"slices"

	"amend/access"
	"amend/change"
)

// Staff is who can be asked to decide and to attest, as a company knows them on one day.
type Staff struct {
	People []Member
	Leads  []string // departments whose lead can be alerted
}

// A Member is one person, with the roles of those for whom they stand in.
type Member struct {
	ID         string
	Department string
	Roles      []access.Role
	Away       bool
}

// present are those who are not away.
func (s Staff) present() Staff {
	s.People = slices.DeleteFunc(slices.Clone(s.People), func(m Member) bool { return m.Away })
	return s
}

// A seat is one part in a request that a person must take. Nobody takes two: who filed,
// who attests and who decides are different people (threat T4).
type seat struct {
	act  access.Act
	role access.Role // of a level; "" where the act is enough
}

// fits reports whether m may take the seat.
func (s seat) fits(m Member) bool {
	has := func(r access.Role) bool { return slices.Contains(m.Roles, r) }
	return slices.ContainsFunc(s.act.Who(), has) && (s.role == "" || has(s.role))
}

// seats are the parts that a request of f under plan has for people: filing it, the fewest
// attestations that can open its gates, and its approvals.
func seats(f Facts, plan change.Plan) []seat {
	var all []seat
	if f.FiledBy == "staff" {
		all = append(all, seat{act: access.FileChange})
	}
	for _, g := range plan.Gates {
		switch g.Kind {
		case change.Authority, change.Evidence:
			all = append(all, slices.Repeat([]seat{{act: access.AttestSighted}}, hands(f, g))...)
		case change.Approval:
			if g.Level != nil && g.Level.Quorum > 0 {
				all = append(all, slices.Repeat([]seat{{act: access.Approve, role: access.Role(g.Level.Role)}}, g.Level.Quorum)...)
			}
		}
	}
	return all
}

// hands is the least number of people who attest something for g.
func hands(f Facts, g change.Gate) int {
	least := -1
	for _, c := range g.Any {
		byCustomer, byStaff := 0, 0
		for _, m := range c.Of {
			switch {
			case !f.answers(m):
			case m == change.Callback || m == change.Sighted:
				byStaff++
			default:
				byCustomer++
			}
		}
		if n := max(c.Need-byCustomer, 0); n <= byStaff && (least < 0 || n < least) {
			least = n
		}
	}
	return max(least, 0)
}

// answers reports whether anybody can give a proof by m for a request of f. Documents,
// register matches and letters wait for an automatic method; a call needs a number that was
// on record before.
func (f Facts) answers(m change.Method) bool {
	switch m {
	case change.SMSCode, change.MailCode, change.Callback:
		return !f.opens()
	case change.Sighted:
		return true
	}
	return false
}

// shut answers the first proof gate of plan that nobody can ever open.
func shut(f Facts, plan change.Plan) (change.Gate, bool) {
	for _, g := range plan.Gates {
		if g.Kind != change.Authority && g.Kind != change.Evidence {
			continue
		}
		opens := slices.ContainsFunc(g.Any, func(c change.Combo) bool {
			can := slices.DeleteFunc(slices.Clone(c.Of), func(m change.Method) bool { return !f.answers(m) })
			return c.Need <= len(can)
		})
		if !opens {
			return g, true
		}
	}
	return change.Gate{}, false
}

// seated is how many of the seats the people can take at once, each at most one: a largest
// matching, seat by seat along augmenting paths.
func (s Staff) seated(all []seat) int {
	takes := make([]int, len(s.People)) // seat of each person, by index from 1
	n := 0
	for i := range all {
		if s.seat(all, i, takes, make([]bool, len(s.People))) {
			n++
		}
	}
	return n
}

func (s Staff) seat(all []seat, i int, takes []int, asked []bool) bool {
	for k, m := range s.People {
		if asked[k] || !all[i].fits(m) {
			continue
		}
		asked[k] = true
		if takes[k] == 0 || s.seat(all, takes[k]-1, takes, asked) {
			takes[k] = i + 1
			return true
		}
	}
	return false
}

// apart reports whether those who carry the role of l come from enough departments.
func (s Staff) apart(l change.Level) bool {
	departments := map[string]bool{}
	for _, m := range s.People {
		if m.Department != "" && (seat{access.Approve, access.Role(l.Role)}).fits(m) {
			departments[m.Department] = true
		}
	}
	return !l.Apart || len(departments) >= l.Quorum
}

// suffices reports whether the people can bring a request of f under plan to its end.
func (s Staff) suffices(f Facts, plan change.Plan) bool {
	for _, g := range plan.Gates {
		if g.Kind == change.Approval && g.Level != nil && !s.apart(*g.Level) {
			return false
		}
	}
	all := seats(f, plan)
	return s.seated(all) == len(all)
}
