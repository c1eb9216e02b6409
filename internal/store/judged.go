package store

import (
	"encoding/json"
	"fmt"

	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/policy"
)

// A JudgedItem is what the policy was told of one item when its request was filed.
type JudgedItem struct {
	Change change.ID
	Item   customer.Key
	Facts  policy.Facts
}

// JudgedItems answers what the policy was told of a request, or of all parts of a submission. What
// was filed before that was kept is not known any more.
func (v View) JudgedItems(name string) ([]JudgedItem, error) {
	const q = `SELECT j.change_id, j.item, j.facts FROM judged j JOIN change_request c ON c.id = j.change_id
		WHERE c.id = $1 OR c.submission = $1 ORDER BY c.lane, j.item`
	told, err := list(v, "facts of "+name, func(row Row) (JudgedItem, error) {
		var t JudgedItem
		var text string
		if err := row.Scan(&t.Change, &t.Item, &text); err != nil {
			return t, err
		}
		if err := json.Unmarshal([]byte(text), &t.Facts); err != nil {
			return t, fmt.Errorf("read facts: %w", err)
		}
		return t, nil
	}, q, name)
	if err == nil && len(told) == 0 {
		err = fault.New(fault.NotFound, "facts_not_kept", "change", name)
	}
	return told, err
}
