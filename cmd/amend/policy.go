package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"amend/fault"
	"amend/policy"
)

type policyCmd struct {
	Show         policyShowCmd         `cmd:"" help:"${policy_show}"`
	Check        policyCheckCmd        `cmd:"" help:"${policy_check}"`
	Test         policyTestCmd         `cmd:"" help:"${policy_test}"`
	Explain      policyExplainCmd      `cmd:"" help:"${policy_explain}"`
	Diff         policyDiffCmd         `cmd:"" help:"${policy_diff}"`
	Packs        policyPacksCmd        `cmd:"" help:"${policy_packs}"`
	Pack         policyPackCmd         `cmd:"" help:"${policy_pack}"`
	Facts        policyFactsCmd        `cmd:"" help:"${policy_facts}"`
	CheckVersion policyCheckVersionCmd `cmd:"" name:"check-version" help:"${policy_check_version}"`
}

type policyShowCmd struct {
	Rules bool `help:"${policy_rules}"`
}

// Run prints the document, or its rules as people read them.
func (c policyShowCmd) Run(a *app) error {
	p, err := a.policyInForce()
	if err != nil {
		return err
	}
	if !c.Rules {
		_, err := fmt.Fprintf(a.out, "%s\n", p.Text())
		return err
	}
	rows := [][]string{{a.pick("规则", "Rule"), a.pick("方案", "Recipe"), a.pick("含义", "Meaning")}}
	for _, r := range p.Rules() {
		rows = append(rows, []string{r.Name, cmp.Or(r.Use, "+"), a.pick(r.Zh, r.En)})
	}
	table(a.out, rows...)
	return nil
}

// policyInForce answers the policy that judges here; where there is no data yet, the one
// that comes with the program and will.
func (a *app) policyInForce() (p *policy.Policy, err error) {
	err = a.within(func(h *house) (err error) {
		p, err = h.desk.Policy(a.ctx)
		return err
	})
	if fault.CodeOf(err) == "no_data" {
		return policy.Shipped(), nil
	}
	return p, err
}

// policyAt reads a policy from a file; without one it answers that in force.
func (a *app) policyAt(path string) (*policy.Policy, error) {
	if path == "" {
		return a.policyInForce()
	}
	text, err := readFile(path, maxPolicyFile)
	if err != nil {
		return nil, err
	}
	return policy.Parse(text)
}

// maxPolicyFile bounds a policy or a file of cases, in bytes.
const maxPolicyFile = 1 << 20

type policyCheckVersionCmd struct {
	Version int64 `arg:"" optional:"" help:"${policy_version}"`
}

// Run prints the version in force with the digest of its text; a version that was named
// and is another one ends with the code for what was checked and is not so.
func (c policyCheckVersionCmd) Run(a *app) error {
	p, err := a.policyInForce()
	if err != nil {
		return err
	}
	sum := sha256.Sum256(p.Text())
	table(a.out, []string{strconv.FormatInt(p.Version, 10), hex.EncodeToString(sum[:])})
	if c.Version == 0 || c.Version == p.Version {
		return nil
	}
	return a.unproven(fault.New(fault.Conflict, "policy_other", "have", p.Version, "want", c.Version))
}

// unproven says what was found and ends with the code for it.
func (a *app) unproven(err error) error {
	a.report(err)
	return exit(exitUnproven)
}
