package main

import (
	"strings"
	"time"

	"amend/desk"
	"amend/fault"
	"amend/policy"
)

type policyCheckCmd struct {
	File  string `arg:"" optional:"" help:"${policy_check_file}"`
	Staff bool   `help:"${policy_check_staff}"`
}

// Run says what a policy doesn't do that it says, with an example and a remedy for each, and
// how far it was looked. A severe finding ends with the code for what was checked and isn't so.
func (c policyCheckCmd) Run(a *app) error {
	h, err := a.houseRules()
	if err != nil {
		return err
	}
	p, err := a.policyAt(c.File)
	if err != nil && c.File != "" {
		return a.malformed(err)
	}
	if err != nil {
		return err
	}
	co := policy.Company{Catalog: h.Catalog}
	if c.Staff {
		if co.Staff, err = a.staffHere(); err != nil {
			return err
		}
	}
	r := policy.Check(p, co)
	for _, f := range r.Findings {
		a.flawed(f, co)
	}
	a.looked(r)
	if r.Severe() {
		return exit(exitUnproven)
	}
	return nil
}

// malformed lists every fault of a document's form, and ends as a severe finding does.
func (a *app) malformed(err error) error {
	f, ok := asFault(err)
	if !ok || f.Code == "file_unreadable" {
		return err
	}
	for _, one := range append([]*fault.Error{f}, f.More...) {
		alone := *one
		alone.More = nil
		a.say("✗ %s", "✗ %s", a.sentence(&alone))
	}
	return exit(exitUnproven)
}

func (a *app) flawed(f policy.Finding, co policy.Company) {
	mark := map[policy.Severity]string{policy.Severe: "✗", policy.Warning: "·"}[f.Severity]
	what, remedy := a.lang.Finding(f, co.Catalog)
	a.say("%s %s：%s", "%s %s: %s", mark, f.At, what)
	if f.Example != nil {
		a.say("    例如：%s", "    for example: %s", f.Example.Line(co.Catalog))
	}
	a.say("    办法：%s", "    what to do: %s", remedy)
}

// looked says how much was tried, so that nobody takes evidence for proof.
func (a *app) looked(r policy.Report) {
	if len(r.Findings) == 0 {
		a.say("没有发现问题", "Nothing found")
	}
	if r.Sampled {
		a.say("变更种类太多，均匀抽取了 %d 项，不能证明没有问题", "There are too many sorts of change: %d were picked evenly, which proves nothing about the rest", r.Cases)
	} else {
		a.say("试了每一种变更，共 %d 项", "Every sort of change was tried, %d in all", r.Cases)
	}
	if len(r.Partial) > 0 {
		a.say("以下事实只试了一部分取值：%s", "Of these facts only some values were tried: %s", strings.Join(r.Partial, ", "))
	}
}

// staffHere are the people of this installation.
func (a *app) staffHere() (*policy.Staff, error) {
	var able policy.Staff
	err := a.within(func(h *house) error {
		staff, err := h.store.View(a.ctx).Staff()
		able = desk.Able(staff, time.Now())
		return err
	})
	return &able, err
}
