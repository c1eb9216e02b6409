package main

import (
	"maps"
	"path/filepath"
	"slices"

	"amend/customer"
	"amend/policy"
)

type policyTestCmd struct {
	Files  []string `arg:"" optional:"" help:"${policy_cases}"`
	Policy string   `placeholder:"FILE" help:"${policy_cases_policy}"`
}

// Run tries files of cases, or those that come with the program, and says of each case
// whether the plan is as expected.
func (c policyTestCmd) Run(a *app) error {
	h, err := a.houseRules()
	if err != nil {
		return err
	}
	p := h.Policy // which the shipped cases are about
	if len(c.Files) > 0 || c.Policy != "" {
		if p, err = a.policyAt(c.Policy); err != nil {
			return err
		}
	}
	suites, err := c.suites()
	if err != nil {
		return err
	}
	cases, failed := 0, 0
	for _, name := range slices.Sorted(maps.Keys(suites)) {
		n, bad, err := a.trySuite(name, suites[name], p, h.Catalog)
		if err != nil {
			return err
		}
		cases, failed = cases+n, failed+bad
	}
	a.say("用例 %d 个，符合 %d 个", "Cases: %d, as expected: %d", cases, cases-failed)
	if failed > 0 {
		return exit(exitUnproven)
	}
	return nil
}

func (c policyTestCmd) suites() (map[string][]byte, error) {
	if len(c.Files) == 0 {
		return policy.ShippedSuites(), nil
	}
	suites := map[string][]byte{}
	for _, path := range c.Files {
		text, err := readFile(path, maxPolicyFile)
		if err != nil {
			return nil, err
		}
		suites[path] = text
	}
	return suites, nil
}

// trySuite prints one line for each case, and below a case that failed what differs.
func (a *app) trySuite(name string, text []byte, p *policy.Policy, cat customer.Catalog) (cases, failed int, err error) {
	s, err := policy.ReadSuite(text)
	if err != nil {
		return 0, 0, err
	}
	if s.Policy != nil {
		if p, err = policy.Parse(s.Policy); err != nil {
			return 0, 0, err
		}
	}
	a.say("%s", "%s", filepath.Base(name))
	for _, c := range s.Cases {
		t := p.Try(c, cat)
		if t.Passed() {
			a.say("  ✓ %s", "  ✓ %s", c.Change)
			continue
		}
		failed++
		a.say("  ✗ %s", "  ✗ %s", c.Change)
		a.differs(t)
	}
	return len(s.Cases), failed, nil
}

func (a *app) differs(t policy.Trial) {
	if f, ok := asFault(t.Err); ok {
		a.say("      %s", "      %s", a.sentence(f))
	}
	for _, line := range t.Missing {
		a.say("      应有：%s", "      expected  %s", line)
	}
	for _, line := range t.Extra {
		a.say("      实有：%s", "      got       %s", line)
	}
}
