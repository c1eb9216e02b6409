package main

import (
	"maps"
	"slices"
	"strings"
)

type catalogCmd struct {
	Show catalogShowCmd `cmd:"" help:"${catalog_show}"`
}

type catalogShowCmd struct{}

// Run lists every field, the company's own included.
func (catalogShowCmd) Run(a *app) error {
	h, err := a.houseRules()
	if err != nil {
		return err
	}
	rows := [][]string{{a.pick("字段", "Field"), a.pick("名称", "Label"), a.pick("类型", "Type"), a.pick("敏感级", "Tier"), a.pick("负责部门", "Owner"), a.pick("用于", "Kinds")}}
	for _, name := range slices.Sorted(maps.Keys(h.Catalog)) {
		f := h.Catalog[name]
		kinds := make([]string, len(f.Kinds))
		for i, k := range f.Kinds {
			kinds[i] = a.lang.Word("record", string(k))
		}
		rows = append(rows, []string{name, f.Label[string(a.lang)], string(f.Type), a.lang.Word("tier", string(f.Tier)), f.Owner, strings.Join(kinds, " ")})
	}
	table(a.out, rows...)
	return nil
}
