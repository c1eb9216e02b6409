package main

import (
	"maps"
	"slices"
	"strconv"

	"amend/customer"
	"amend/policy"
)

// The flags are the facts of the vocabulary; what is not given is ordinary.
type policyExplainCmd struct {
	Request string `arg:"" optional:"" help:"${policy_explain_request}"`
	Policy  string `placeholder:"FILE" help:"${policy_explain_policy}"`
	Field   string `placeholder:"NAME" help:"${policy_explain_field}"`
	Kind    string `default:"update" enum:"create,enrol,update" help:"${policy_explain_kind}"`
	Slot    string `placeholder:"NAME" help:"${policy_explain_slot}"`
	Channel string `placeholder:"NAME" help:"${policy_explain_channel}"`
	FiledBy string `placeholder:"WHO" help:"${policy_explain_filed_by}"`

	Fact map[string]string `placeholder:"NAME=VALUE" help:"${policy_explain_fact}"`
}

// Run says what a change needs, which rules say so, and what would be otherwise.
func (c policyExplainCmd) Run(a *app) error {
	switch {
	case c.Request != "":
		return a.explainRequest(c.Request)
	case c.Field == "":
		a.advise("说明什么？给出申请编号，或用 --field 说明一项变更", "Explain what? Give a request, or a change by --field")
		return exit(exitUsage)
	}
	h, err := a.houseRules()
	if err != nil {
		return err
	}
	p, err := a.policyAt(c.Policy)
	if err != nil {
		return err
	}
	f, err := c.facts(h.Catalog)
	if err != nil {
		return err
	}
	a.explain(p.Why(f), p.Version, h.Catalog)
	return nil
}

// facts are those of an ordinary change, save what the flags say.
func (c policyExplainCmd) facts(cat customer.Catalog) (policy.Facts, error) {
	line := c.Kind + " " + string(customer.KeyOf(c.Field, c.Slot))
	for _, name := range slices.Sorted(maps.Keys(c.Fact)) {
		line += " " + name + "=" + c.Fact[name]
	}
	f, err := policy.ReadFacts(cat, line)
	for _, given := range [][2]string{{"channel", c.Channel}, {"filed_by", c.FiledBy}} {
		if err == nil && given[1] != "" {
			err = f.Set(given[0], given[1])
		}
	}
	return f, err
}

// explainRequest explains what is on record, to the person of AMEND_TOKEN.
func (a *app) explainRequest(name string) error {
	return a.within(func(h *house) error {
		by, err := a.person(h)
		if err != nil {
			return err
		}
		all, err := h.desk.Why(a.ctx, by, name)
		if err != nil {
			return err
		}
		for _, e := range all {
			a.say("申请 %s", "Request %s", e.Ref)
			a.explain(e.Why, e.Policy, h.rules.Catalog)
		}
		return nil
	})
}

func (a *app) explain(w policy.Why, version int64, cat customer.Catalog) {
	a.say("变更：%s", "Change: %s", w.Facts.Line(cat))
	a.say("策略第 %s 版要求：", "Policy version %s asks for:", strconv.FormatInt(version, 10))
	for _, ask := range policy.Asks(w.Plan) {
		if ask.Kind != policy.AskBecause {
			a.say("  %s", "  %s", a.lang.Ask(ask))
		}
	}
	a.say("因为：", "Because:")
	for _, r := range w.Reasons {
		a.reason(r, cat)
	}
}

// reason prints one rule, the conditions that it has, what they looked at, and what would be
// asked if one of them had come out otherwise.
func (a *app) reason(r policy.Reason, cat customer.Catalog) {
	a.say("  %s：%s", "  %s: %s", r.Rule, a.pick(r.Zh, r.En))
	for _, c := range r.Conditions {
		mark := "✓"
		if !c.Holds {
			mark = "✗"
		}
		a.say("    %s %s", "    %s %s", mark, a.lang.Condition(c.Phrase, cat))
		if !c.Plain() {
			a.say("        %s", "        %s", a.lang.Known(c.Values, cat))
		}
		a.otherwise(c)
	}
}

// otherwise prints what would not be asked, and what would.
func (a *app) otherwise(c policy.Condition) {
	if len(c.Less)+len(c.More) == 0 {
		a.say("        %s", "        %s", a.lang.Otherwise(c))
		return
	}
	a.say("        若不然：", "        otherwise:")
	for _, ask := range c.Less {
		a.say("        － %s", "        − %s", a.lang.Ask(ask))
	}
	for _, ask := range c.More {
		a.say("        ＋ %s", "        + %s", a.lang.Ask(ask))
	}
}
