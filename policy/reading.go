package policy

// A reading is a policy whose conditions are read off a domain's truths instead of evaluated.
type reading struct {
	p                *Policy
	rules, additions []Phrase
}

func (d domain) reading(p *Policy) reading {
	r := reading{p: p}
	for _, c := range p.rules {
		r.rules = append(r.rules, d.singles.numbered(c.phrase))
	}
	for _, c := range p.additions {
		r.additions = append(r.additions, d.singles.numbered(c.phrase))
	}
	return r
}

// rule and addition answer what the condition at i comes to.
func (r reading) rule(i int, truths []truth) truth { return r.rules[i].of(picked(truths)) }

func (r reading) addition(i int, truths []truth) truth { return r.additions[i].of(picked(truths)) }

func picked(truths []truth) func(*Phrase) truth {
	return func(one *Phrase) truth { return truths[one.number] }
}

// judge is Policy.judge for a case of the domain.
func (r reading) judge(truths []truth) judgement {
	pick := picked(truths)
	return r.p.judged(func(i int) truth { return r.rules[i].of(pick) }, func(i int) truth { return r.additions[i].of(pick) })
}
