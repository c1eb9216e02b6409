package policy

// truth is what a condition comes to in CEL: true, false, or a failure.
type truth int8

const (
	no truth = iota
	yes
	failed
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// contrary of a failure is a failure.
func (t truth) contrary() truth {
	switch t {
	case yes:
		return no
	case no:
		return yes
	}
	return failed
}

// of answers what p comes to if its single conditions come to what single says. As in CEL,
// a failed part does not matter where the others decide.
// Test: TestPhrasesComeToWhatTheirConditionsComeTo.
func (p Phrase) of(single func(text string) truth) truth {
	switch p.Op {
	case All, Any:
		decides := truthOf(p.Op == Any)
		sum := decides.contrary()
		for _, part := range p.Parts {
			switch t := part.of(single); t {
			case decides:
				return t
			case failed:
				sum = failed
			}
		}
		return sum
	case Choice:
		switch p.Parts[0].of(single) {
		case yes:
			return p.Parts[1].of(single)
		case no:
			return p.Parts[2].of(single)
		}
		return failed
	}
	if p.Not {
		return single(p.Text).contrary()
	}
	return single(p.Text)
}

// singles are the single conditions of a policy, compiled on their own, by their text.
type singles map[string]condition

// singles compiles what the rules and additions of p are made of.
func (p *Policy) singles() singles {
	s := singles{}
	for _, c := range append(p.rules[:len(p.rules):len(p.rules)], p.additions...) {
		for _, one := range c.phrase.Singles() {
			if _, have := s[one.Text]; !have {
				s[one.Text], _ = compile("", one.Text) // a part of what compiled
			}
		}
	}
	return s
}

// truth answers what one of them comes to for f.
func (s singles) truth(text string, f *Facts) truth {
	matched, ok := s[text].holds(f)
	if !ok {
		return failed
	}
	return truthOf(matched)
}
