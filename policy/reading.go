package policy

// A reading is a policy whose conditions are put together from what their single conditions
// come to, instead of evaluated: for many changes at once, or to see what one of them does.
type reading struct {
	p                *Policy
	rules, additions []Phrase
}

func (s *singles) reading(p *Policy) reading {
	r := reading{p: p}
	for _, c := range p.rules {
		r.rules = append(r.rules, s.numbered(c.phrase))
	}
	for _, c := range p.additions {
		r.additions = append(r.additions, s.numbered(c.phrase))
	}
	return r
}

// rule and addition answer what the condition at i comes to.
func (r reading) rule(i int, truths []truth) truth { return r.rules[i].of(picked(truths)) }

func (r reading) addition(i int, truths []truth) truth { return r.additions[i].of(picked(truths)) }

func picked(truths []truth) func(*Phrase) truth {
	return func(one *Phrase) truth { return truths[one.number] }
}

// judge is Policy.judge for facts of which the single conditions come to truths.
func (r reading) judge(truths []truth) judgement {
	pick := picked(truths)
	return r.p.judged(func(i int) truth { return r.rules[i].of(pick) }, func(i int) truth { return r.additions[i].of(pick) })
}
