package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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
	p := policy.Shipped()
	if !c.Rules {
		_, err := fmt.Fprintf(a.out, "%s\n", p.Text())
		return err
	}
	var doc struct {
		Rules, Additions []struct{ Name, Zh, En, When, Use string }
	}
	if err := json.Unmarshal(p.Text(), &doc); err != nil {
		return fmt.Errorf("read the policy's rules: %w", err)
	}
	rows := [][]string{{a.pick("规则", "Rule"), a.pick("方案", "Recipe"), a.pick("含义", "Meaning")}}
	for _, r := range doc.Rules {
		rows = append(rows, []string{r.Name, r.Use, a.pick(r.Zh, r.En)})
	}
	for _, r := range doc.Additions {
		rows = append(rows, []string{r.Name, "+", a.pick(r.Zh, r.En)})
	}
	table(a.out, rows...)
	return nil
}

type policyCheckVersionCmd struct {
	Version int64 `arg:"" optional:"" help:"${policy_version}"`
}

// Run prints the version in force with the digest of its text; a version that was named
// and is another one ends with the code for what was checked and is not so.
func (c policyCheckVersionCmd) Run(a *app) error {
	p := policy.Shipped()
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
