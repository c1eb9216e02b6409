package policy

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"amend/change"
	"amend/customer"
)

// The bounds of a look at a policy, so that the worst document costs seconds: how many cases
// it takes, how often a single condition is evaluated to find them, and how often what it
// came to is read. The shipped policy needs a tenth; one that tells more apart is sampled.
const (
	maxCases     = 500_000
	maxEvaluated = 4_000_000
	maxRead      = 50_000_000
)

// A domain is finitely many facts that stand for all facts: from everything that the
// conditions of some policies and the engine can tell apart, one of each. The choices on
// its axes are independent of each other; facts that are not, share an axis.
//
// What is true of all facts of a domain is true of all facts, unless it was sampled or
// conditions read some facts in a way that trying values cannot exhaust: then it is evidence.
type domain struct {
	singles *singles
	axes    []axis
	across  []int    // single conditions that read facts of several axes
	partial []string // facts that are read in such a way, or have more values than were tried
}

// An axis is one choice: each option sets the facts that the axis is about, and with them
// what the single conditions come to that read no other facts.
type axis struct {
	facts   []string
	singles []int
	options []option
}

type option struct {
	set    func(*Facts)
	truths []truth // of the axis's single conditions
}

// surveyor builds a domain.
type surveyor struct {
	cat     customer.Catalog
	singles *singles
	base    Facts    // what an axis does not set
	partial []string // of the domain
}

// fieldFacts are what follows from a field and the record that carries it.
var fieldFacts = []string{"field", "record_kind", "type", "group", "class", "tier", "contact", "guarded"}

// survey answers the domain of some policies over a catalogue. What a channel is worth
// depends on the field, so the two share an axis.
func survey(cat customer.Catalog, policies ...*Policy) domain {
	s := &surveyor{cat: cat, singles: singlesOf(policies...), base: Ordinary(cat, change.Update, "")}
	d := domain{singles: s.singles}
	d.axes = append(d.axes, s.axis(fieldFacts, s.fields(), "slot", "authority", "channel_age_days", "factors", "lost_channel"))
	open := s.base // where any kind of request can be: a contact, and no channel yet
	open.Contact, open.Authority, open.ChannelAgeDays, open.Factors = true, None, 0, 0
	for _, facts := range [][]string{
		{"kind", "adds", "removes", "grade"}, {"filed_by", "source", "assurance"}, {"channel"}, {"customer_class"}, {"value_high"}, {"changes_30d"}, {"disputes_1y"},
	} {
		d.axes = append(d.axes, s.axis(nil, []Facts{open}, facts...))
	}
	d.partial = s.inexhaustible()
	for i := range s.singles.phrases {
		if !slices.ContainsFunc(d.axes, func(a axis) bool { return slices.Contains(a.singles, i) }) {
			d.across = append(d.across, i)
		}
	}
	return d
}

// fields are what can change: every field of the catalogue, on every kind of record that carries it.
func (s *surveyor) fields() []Facts {
	var all []Facts
	for _, name := range slices.Sorted(maps.Keys(s.cat)) {
		for _, kind := range s.cat[name].Kinds {
			f := s.base
			setting(fieldFacts, FactsOf(s.cat[name]))(&f)
			f.RecordKind = kind
			all = append(all, f)
		}
	}
	return all
}

// axis combines the choices that are there with the values of further facts, one after the
// other, and keeps of each sort that anything can tell apart the first.
func (s *surveyor) axis(facts []string, all []Facts, more ...string) axis {
	for _, name := range more {
		all = s.distinct(facts, all, Facts.ties)
		all, facts = s.product(all, name), append(slices.Clone(facts), name)
	}
	all = slices.DeleteFunc(all, func(f Facts) bool { return !f.possible() })
	all = s.distinct(facts, all, func(Facts) string { return "" })
	a := axis{facts: facts}
	for i, one := range s.singles.phrases {
		if len(one.Reads) > 0 && !slices.ContainsFunc(one.Reads, func(r string) bool { return !slices.Contains(facts, r) }) {
			a.singles = append(a.singles, i)
		}
	}
	for _, f := range all {
		o := option{set: setting(facts, f)}
		f.Authority = f.worth()
		for _, i := range a.singles {
			o.truths = append(o.truths, s.singles.of(i, &f))
		}
		a.options = append(a.options, o)
	}
	return a
}

// product gives each of all every value of one fact; some values only, where all would be
// too much work.
func (s *surveyor) product(all []Facts, fact string) []Facts {
	values := s.values(fact)
	most := max(2, maxEvaluated/len(all)/(len(s.singles.phrases)+1))
	if v := factNamed()[fact]; v.endless() && len(values) > most {
		values = values[:most]
		s.partial = append(s.partial, fact)
	}
	var out []Facts
	for _, f := range all {
		for _, v := range values {
			factNamed()[fact].set(&f, v)
			out = append(out, f)
		}
	}
	return out
}

// distinct keeps of all choices the first of each sort, by what can be told of them and besides.
func (s *surveyor) distinct(facts []string, all []Facts, besides func(Facts) string) []Facts {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(f Facts) bool {
		mark := besides(f) + s.mark(facts, f)
		known := seen[mark]
		seen[mark] = true
		return known
	})
}

// setting carries the values that f has for some facts over to other facts.
func setting(facts []string, f Facts) func(*Facts) {
	var sets []func(*Facts)
	for _, name := range facts {
		if v := factNamed()[name]; v.set != nil {
			word := v.word(f)
			sets = append(sets, func(to *Facts) { v.set(to, word) })
		}
	}
	return func(to *Facts) {
		for _, set := range sets {
			set(to)
		}
	}
}

// mark says everything that can be told of f by some facts: what the engine looks at, what
// each single condition comes to, and the facts themselves where a single condition reads
// other facts too.
func (s *surveyor) mark(facts []string, f Facts) string {
	mark := []byte(f.engineMark())
	judged := f
	judged.Authority = f.worth()
	for i, one := range s.singles.phrases {
		inside := slices.ContainsFunc(one.Reads, func(r string) bool { return slices.Contains(facts, r) })
		outside := slices.ContainsFunc(one.Reads, func(r string) bool { return !slices.Contains(facts, r) })
		switch {
		case inside && !outside:
			mark = append(mark, '0'+byte(s.singles.of(i, &judged)))
		case inside:
			for _, r := range one.Reads {
				if slices.Contains(facts, r) {
					mark = append(mark, ' ')
					mark = append(mark, judged.Value(r)...)
				}
			}
		}
	}
	return string(mark)
}

// engineMark is what PlanFor, the floor and possible look at besides the conditions.
func (f Facts) engineMark() string {
	return fmt.Sprint(f.Kind, f.Contact, f.Guarded(), f.Type == customer.Phone, f.Type == customer.Messenger, f.Type == customer.Address,
		f.Tier == customer.Low || f.Tier == customer.Normal, f.Adds, f.Removes, f.worth(), f.Authority == None && f.Factors == 0, f.FiledBy)
}

// ties is what decides which values of further facts are possible beside those of f.
func (f Facts) ties() string {
	return fmt.Sprint(f.Grade == "", f.Authority, f.ChannelAgeDays > 0, f.Factors == 0, f.Source == "customer")
}

// possible reports whether the desk could ever find f.
func (f Facts) possible() bool {
	switch {
	case f.Adds != (f.Grade == "") || f.Adds && f.Removes: // a value has a grade, and only a value can be removed
	case f.opens() && !f.Adds:
	case f.Kind == change.Enrol && (!f.Contact || f.Type == customer.Address || f.Authority != None || f.Factors > 0):
	case f.Authority == Proven && f.Factors == 0:
	case f.Authority == None && f.ChannelAgeDays > 0:
	case f.FiledBy == "customer" && f.Source != "customer":
	default:
		return true
	}
	return false
}

// size is how many cases the axes make, possible ones or not; one more than most for more.
func (d domain) size() int {
	n := 1
	for _, a := range d.axes {
		if n *= len(a.options); n > d.most() {
			return d.most() + 1
		}
	}
	return n
}

// most is how many cases are looked at.
func (d domain) most() int { return min(maxCases, maxRead/(len(d.singles.phrases)+1)) }

// sampled reports whether cases answers a sample only.
func (d domain) sampled() bool { return d.size() > d.most() }

// cases goes through the domain: all of it, or as many cases as are looked at, picked evenly, always the
// same. Beside the facts it answers what each single condition comes to; that list is used again.
func (d domain) cases() iter.Seq2[Facts, []truth] {
	return func(yield func(Facts, []truth) bool) {
		sampled, truths := d.sampled(), make([]truth, len(d.singles.phrases))
		for i := range min(d.size(), d.most()) {
			var f Facts
			rest := uint64(i)
			for k, a := range d.axes {
				n := uint64(len(a.options))
				at := rest % n
				rest /= n
				if sampled {
					at = mix(uint64(i)<<8+uint64(k)) % n
				}
				a.take(int(at), &f, truths)
			}
			if !f.possible() {
				continue
			}
			d.cross(f, truths)
			if !yield(f, truths) {
				return
			}
		}
	}
}

// take sets what the option at i decides.
func (a axis) take(i int, f *Facts, truths []truth) {
	a.options[i].set(f)
	for k, single := range a.singles {
		truths[single] = a.options[i].truths[k]
	}
}

// cross evaluates the single conditions that no axis decides alone.
func (d domain) cross(f Facts, truths []truth) {
	f.Authority = f.worth()
	for _, i := range d.across {
		truths[i] = d.singles.of(i, &f)
	}
}

// mix spreads a number evenly (splitmix64): a sample needs no chance, only evenness.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
