package quality

import (
	"encoding/json"
	"slices"
	"strings"

	"amend/customer"
	"amend/fault"
)

const (
	maxItems = 100 // of a list
	maxItem  = 100 // runes of one item
)

// flag is "true" or "false", in the words that forms and tables use for them.
func flag(s string) (string, *fault.Error) {
	switch strings.ToLower(narrow(s)) {
	case "true", "yes", "y", "1", "是", "对":
		return "true", nil
	case "false", "no", "n", "0", "否", "不", "非":
		return "false", nil
	}
	return "", invalid("flag_unknown")
}

// choice is one of the field's choices, whatever its case.
func choice(f customer.Field, s string) (string, *fault.Error) {
	for _, c := range f.Choices {
		if strings.EqualFold(c, s) {
			return c, nil
		}
	}
	return "", invalid("choice_unknown", "choices", strings.Join(f.Choices, ", "))
}

// list is a set of short texts as a JSON array: sorted, each once, so that the same set is
// the same content. Words between commas, semicolons or bars are a list too.
func list(s string) (string, *fault.Error) {
	var items []string
	if !strings.HasPrefix(s, "[") {
		items = strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",;|，；、", r) })
	} else if json.Unmarshal([]byte(s), &items) != nil {
		return "", invalid("list_form")
	}
	set := make([]string, 0, len(items))
	for _, item := range items {
		item, err := clean(item)
		if err != nil {
			return "", err
		}
		if item, err = text(item, maxItem); err != nil {
			return "", err
		}
		if item != "" {
			set = append(set, item)
		}
	}
	slices.Sort(set)
	set = slices.Compact(set)
	switch {
	case len(set) == 0:
		return "", nil
	case len(set) > maxItems:
		return "", invalid("list_length", "got", len(set), "max", maxItems)
	}
	return compact(set), nil
}

const referenceLength = 20 // of a record's id

// reference is the id of another record: 20 digits and letters up to v (base32hex). That
// the record exists is for the store to say.
func reference(s string) (string, *fault.Error) {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'v') && (c < 'A' || c > 'V') {
			return "", invalid("reference_form", "want", referenceLength)
		}
	}
	if len(s) != referenceLength {
		return "", invalid("reference_form", "want", referenceLength)
	}
	return s, nil
}
