package main

import (
	"strings"

	"amend/policy"
)

type policyFactsCmd struct{}

// Run lists what a rule may speak of: the names, what they mean, and what they can be.
func (policyFactsCmd) Run(a *app) error {
	rows := [][]string{{a.pick("事实", "Fact"), a.pick("含义", "Meaning"), a.pick("取值", "Values")}}
	for _, f := range policy.Vocabulary() {
		values := strings.Join(f.Values, " ")
		switch {
		case f.Type == "bool":
			values = "true false"
		case f.Type == "int":
			values = "0 1 2 …"
		case values == "":
			values = a.pick("例如 ", "such as ") + f.Example
		}
		rows = append(rows, []string{f.Name, a.lang.Word("fact_name", f.Name), values})
	}
	table(a.out, rows...)
	return nil
}
