package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/fault"
)

// Bounds of a document, generous: they keep one bad upload from costing the server much.
const (
	maxRules  = 300 // rules, and additions
	maxLevels = 8
	maxQuorum = 9
	maxCombos = 16
)

// Parse reads a policy document. It refuses what it doesn't know word for word, so that
// a slip never becomes a weaker policy; every fault found is in the error.
func Parse(doc []byte) (*Policy, error) {
	d, err := decode(doc)
	if err != nil {
		return nil, err
	}
	c := &checker{doc: d, levelRole: map[string]string{}}
	p := c.policy()
	if err := fault.Join(c.faults...); err != nil {
		return nil, err
	}
	p.text, err = textOf(d)
	return p, err
}

// textOf is the one text of a document.
func textOf(d document) ([]byte, error) {
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write policy %d in canonical form: %w", d.Version, err)
	}
	return append(text, '\n'), nil
}

// checker collects what is wrong with a document.
type checker struct {
	doc       document
	levelRole map[string]string // one name of a level means one role in the whole document
	faults    []*fault.Error
}

func (c *checker) refuse(code string, params ...any) {
	if len(c.faults) < 50 {
		c.faults = append(c.faults, fault.New(fault.Invalid, code, params...))
	}
}

func (c *checker) policy() *Policy {
	d := c.doc
	p := &Policy{Version: d.Version, Timers: d.Timers, Sampling: d.Sampling, doc: d}
	if d.Version < 1 || d.Name == "" {
		c.refuse("policy_bad_number", "at", "version")
	}
	if d.Sampling < 0 || d.Sampling > 1 {
		c.refuse("policy_bad_number", "at", "sampling")
	}
	c.words("goals", d.Goals)
	for _, name := range slices.Sorted(maps.Keys(d.Recipes)) {
		c.recipe(name, d.Recipes[name])
	}
	c.rules(p)
	c.timers()
	for m := range d.Validity {
		c.word("validity", string(m), methods())
	}
	return p
}

func (c *checker) words(at string, w words) {
	if w.Zh == "" || w.En == "" {
		c.refuse("policy_words_missing", "at", at)
	}
}

func (c *checker) word(at, w string, known []string) {
	if !slices.Contains(known, w) {
		c.refuse("policy_unknown_word", "at", at, "word", shorten(w))
	}
}

func (c *checker) rules(p *Policy) {
	if len(c.doc.Rules) == 0 {
		c.refuse("policy_no_rules")
	}
	if len(c.doc.Rules) > maxRules || len(c.doc.Additions) > maxRules {
		c.refuse("policy_bad_number", "at", "rules")
		return
	}
	seen := map[string]bool{}
	for _, r := range c.doc.Rules {
		c.name(r.Name, seen)
		c.words(r.Name, r.words)
		if _, ok := c.doc.Recipes[r.Use]; !ok {
			c.refuse("policy_unknown_recipe", "rule", r.Name, "recipe", shorten(r.Use))
		}
		p.rules = append(p.rules, c.when(r.Name, r.When))
	}
	for _, a := range c.doc.Additions {
		c.name(a.Name, seen)
		c.words(a.Name, a.words)
		c.extra(a.Name, a.Add)
		p.additions = append(p.additions, c.when(a.Name, a.When))
	}
}

func (c *checker) name(name string, seen map[string]bool) {
	switch {
	case !plainName(name) || slices.Contains(reserved(), name):
		c.refuse("policy_bad_name", "name", shorten(name))
	case seen[name]:
		c.refuse("policy_duplicate_name", "name", name)
	}
	seen[name] = true
}

func (c *checker) when(name, when string) condition {
	cond, err := compile(shorten(name), when)
	if err != nil {
		c.faults = append(c.faults, err)
	}
	return cond
}

func (c *checker) recipe(name string, r recipe) {
	c.name(name, map[string]bool{})
	c.words(name, r.words)
	c.combos(name, r.Authority, authorityMethods())
	c.extra(name, extra{Evidence: r.Evidence, Levels: r.Levels, CoolAtLeast: r.Cool, Holds: r.Holds})
}

func (c *checker) extra(at string, x extra) {
	for _, gate := range x.Evidence {
		c.combos(at, gate, evidenceMethods())
		if len(gate) == 0 {
			c.refuse("policy_bad_number", "at", at)
		}
	}
	c.levels(at, x.Levels)
	for _, h := range x.Holds {
		c.word(at, h.Action, actions())
	}
	if len(x.Evidence) > maxCombos || len(x.Holds) > maxCombos || time.Duration(x.CoolAtLeast) > 90*day {
		c.refuse("policy_bad_number", "at", at)
	}
}

func (c *checker) combos(at string, combos []change.Combo, known []string) {
	for _, combo := range combos {
		for i, m := range combo.Of {
			c.word(at, string(m), known)
			if slices.Contains(combo.Of[:i], m) {
				c.refuse("policy_duplicate_name", "name", string(m))
			}
		}
		if combo.Need < 1 || combo.Need > len(combo.Of) || len(combos) > maxCombos {
			c.refuse("policy_bad_number", "at", at)
		}
	}
}

func (c *checker) levels(at string, levels []level) {
	seen := map[string]bool{}
	for _, l := range levels {
		if role, ok := c.levelRole[l.Name]; ok && role != l.Role || l.Name == "" || l.Name == floorLevel || len(l.Name) > 40 {
			c.refuse("policy_bad_name", "name", shorten(l.Name))
		}
		if seen[l.Name] {
			c.refuse("policy_duplicate_name", "name", shorten(l.Name))
		}
		seen[l.Name], c.levelRole[l.Name] = true, l.Role
		c.word(at, l.Role, decidingRoles())
		if l.Quorum < 1 || l.Quorum > maxQuorum || l.Within <= 0 || len(levels) > maxLevels {
			c.refuse("policy_bad_number", "at", at)
		}
	}
}

// timers refuses a timer that never rings, and codes that live longer than ten minutes
// (OWASP ASVS 5.0 V6.5: out-of-band codes).
func (c *checker) timers() {
	t := c.doc.Timers
	for _, d := range []Period{
		t.Draft, t.Verifying, t.NeedsInfo, t.SMSCode, t.MailCode, t.MailLink,
		t.Letter, t.LetterAbroad, t.Rescreen, t.Unconfirmed, t.Dispute, Period(t.Callback), Period(t.Decide),
	} {
		if d <= 0 {
			c.refuse("policy_bad_number", "at", "timers")
			break
		}
	}
	if max := Period(10 * time.Minute); t.SMSCode > max || t.MailCode > max {
		c.refuse("policy_bad_number", "at", "timers")
	}
	if len(t.Ask) > maxCombos || len(t.Remind) > maxCombos || !slices.IsSorted(t.Ask) || !slices.IsSorted(t.Remind) {
		c.refuse("policy_bad_number", "at", "timers")
	}
}

// reserved are the names that the engine itself speaks under.
func reserved() []string { return []string{strictestName, floorName, errorName} }

func authorityMethods() []string {
	return append(evidenceMethods(), string(change.SMSCode), string(change.MailCode))
}

// evidenceMethods leave out codes: a code speaks for a channel, so it is authority or nothing.
func evidenceMethods() []string {
	return []string{string(change.Callback), string(change.Sighted), string(change.Document), string(change.Registry), string(change.Letter)}
}

func methods() []string { return append(authorityMethods(), string(change.MailLink)) }

// actions are the downstream actions that a hold can block.
func actions() []string { return []string{payout, passwordReset, credit} }

// decidingRoles may be asked for at a level of approval.
func decidingRoles() []string {
	return []string{
		string(access.Steward), string(access.Approver), string(access.Owner), string(access.Privacy), string(access.Security),
	}
}
