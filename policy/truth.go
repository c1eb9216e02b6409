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
func (p *Phrase) of(single func(*Phrase) truth) truth {
	switch p.Op {
	case All, Any:
		decides := truthOf(p.Op == Any)
		sum := decides.contrary()
		for i := range p.Parts {
			switch t := p.Parts[i].of(single); t {
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
		return single(p).contrary()
	}
	return single(p)
}

// singles are single conditions, each once, compiled on their own.
type singles struct {
	phrases  []Phrase
	programs []condition
	at       map[string]int // by text
}

// singlesOf are what the rules and additions of some policies are made of.
func singlesOf(policies ...*Policy) *singles {
	s := &singles{at: map[string]int{}}
	for _, p := range policies {
		for _, list := range [][]condition{p.rules, p.additions} {
			for _, c := range list {
				s.take(c.phrase)
			}
		}
	}
	return s
}

func (s *singles) take(p Phrase) {
	for _, one := range p.Singles() {
		if _, have := s.at[one.Text]; have {
			continue
		}
		program, _ := compile("", one.Text) // a part of what was compiled
		s.at[one.Text] = len(s.phrases)
		s.phrases, s.programs = append(s.phrases, one), append(s.programs, program)
	}
}

// numbered is p with the number of each single condition.
func (s *singles) numbered(p Phrase) Phrase {
	parts := make([]Phrase, len(p.Parts))
	for i, part := range p.Parts {
		parts[i] = s.numbered(part)
	}
	p.Parts, p.number = parts, s.at[p.Text]
	return p
}

// of answers what the i-th single condition comes to for f.
func (s *singles) of(i int, f *Facts) truth { return s.programs[i].of(f) }
