package main

import (
	"strings"

	"amend/customer"
	"amend/policy"
)

type policyDiffCmd struct {
	Old string `arg:"" help:"${policy_diff_old}"`
	New string `arg:"" optional:"" help:"${policy_diff_new}"`
	All bool   `help:"${policy_diff_all}"`
}

// Run says what stands otherwise in the second policy, and what comes out otherwise.
func (c policyDiffCmd) Run(a *app) error {
	h, err := a.houseRules()
	if err != nil {
		return err
	}
	if c.New == "" {
		c.Old, c.New = "", c.Old
	}
	was, err := a.policyAt(c.Old)
	if err != nil {
		return err
	}
	is, err := a.policyAt(c.New)
	if err != nil {
		return err
	}
	d := policy.Diff(was, is, h.Catalog)
	a.edits(d.Edits)
	a.shifts(d, h.Catalog, c.All)
	return nil
}

func (a *app) edits(edits []policy.Edit) {
	if len(edits) == 0 {
		a.say("两份策略写的相同", "Both say the same")
		return
	}
	rows := make([][]string, len(edits))
	for i, e := range edits {
		rows[i] = []string{a.lang.Word("policy_how", string(e.How)), a.lang.Word("policy_part", string(e.Part)), e.Name}
	}
	table(a.out, rows...)
}

// mostShifts is how many ways of coming out otherwise are shown unless all are asked for.
const mostShifts = 10

func (a *app) shifts(d policy.Comparison, cat customer.Catalog, all bool) {
	a.say("\n%d 种变更中，%d 种的处理有变化。这里数的是种类，不是实际提交的次数", "\nOf %d sorts of change, %d come out otherwise. These are sorts, not how often they are filed", d.Cases, d.Shifted)
	if d.Sampled {
		a.say("种类太多，以上是均匀抽取的", "There are more sorts; these were picked evenly")
	}
	for i, s := range d.Shifts {
		if i == mostShifts && !all {
			a.say("还有 %d 种变化，用 --all 查看", "%d more, see them with --all", len(d.Shifts)-i)
			return
		}
		a.shift(s, cat)
	}
}

func (a *app) shift(s policy.Shift, cat customer.Catalog) {
	a.say("\n%s → %s（%d 种），例如：%s", "\n%s → %s (%d), such as: %s",
		a.lang.Word("path", string(s.Was)), a.lang.Word("path", string(s.Is)), s.Cases, s.Example.Line(cat))
	a.say("  %s → %s", "  %s → %s", strings.Join(s.WasRules, " "), strings.Join(s.IsRules, " "))
	for _, ask := range s.Less {
		a.say("  － %s", "  − %s", a.lang.Ask(ask))
	}
	for _, ask := range s.More {
		a.say("  ＋ %s", "  + %s", a.lang.Ask(ask))
	}
}
