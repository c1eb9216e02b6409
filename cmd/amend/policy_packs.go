package main

import "amend/policy"

type policyPacksCmd struct{}

// Run lists the policies to begin with, and what each is for.
func (policyPacksCmd) Run(a *app) error {
	packs, err := policy.Packs()
	if err != nil {
		return err
	}
	rows := make([][]string, len(packs))
	for i, p := range packs {
		zh, en := p.Policy.Goals()
		rows[i] = []string{p.Name, a.pick(zh, en)}
	}
	table(a.out, rows...)
	return nil
}

type policyPackCmd struct {
	Name string `arg:"" help:"${policy_pack_name}"`
}

// Run prints one of them, to be made one's own.
func (c policyPackCmd) Run(a *app) error {
	p, err := policy.PackNamed(c.Name)
	if err != nil {
		return err
	}
	_, err = a.out.Write(p.Text)
	return err
}
