package notify

import (
	"bytes"
	_ "embed" // the default rules are a file
	"encoding/json"
	"io"
	"slices"

	"amend/change"
	"amend/customer"
	"amend/fault"
)

//go:embed templates/subscriptions.json
var defaultRules []byte

// A When is what a subscription listens to.
type When string

// The things a rule may listen to.
const (
	WhenContact When = "contact" // any contact point
	WhenField   When = "field"   // the field named by Is
	WhenGroup   When = "group"   // every field of the group named by Is
)

// A Rule subscribes departments to applied changes (row N2). It is readable data:
// {"when": "group", "is": "bank", "tell": ["finance"]}.
type Rule struct {
	When When     `json:"when"`
	Is   string   `json:"is,omitempty"`
	Tell []string `json:"tell"`
}

// maxRules bounds a file of subscriptions.
const maxRules = 500

// DefaultRules is what a new installation starts with: a contact change tells sales and service.
func DefaultRules() ([]Rule, error) { return ParseRules(defaultRules) }

// ParseRules reads a JSON list of rules and refuses what would never tell anybody.
func ParseRules(data []byte) ([]Rule, error) {
	var rules []Rule
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&rules); err != nil || len(rules) > maxRules {
		return nil, fault.New(fault.Malformed, "subscriptions_bad")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fault.New(fault.Malformed, "subscriptions_bad")
	}
	for i, r := range rules {
		if !r.valid() {
			return nil, fault.New(fault.Invalid, "subscription_rule_bad", "line", i+1)
		}
	}
	return rules, nil
}

func (r Rule) valid() bool {
	if len(r.Tell) == 0 || slices.Contains(r.Tell, "") {
		return false
	}
	switch r.When {
	case WhenContact:
		return r.Is == ""
	case WhenField, WhenGroup:
		return r.Is != ""
	}
	return false
}

func (r Rule) hears(f customer.Field) bool {
	switch r.When {
	case WhenContact:
		return f.Contact()
	case WhenField:
		return f.Name == r.Is
	case WhenGroup:
		return f.Group == r.Is
	}
	return false
}

// A Told is one department and the values that concern it.
type Told struct {
	Department string
	Keys       []customer.Key
}

// Subscribers answers which departments hear of r, each once, with the keys its rules
// name: sorted by department, keys in the order of r.
func Subscribers(rules []Rule, cat customer.Catalog, r change.Request) []Told {
	heard := map[string][]customer.Key{}
	for _, item := range r.Items {
		f, ok := cat.Of(item.Key)
		if !ok {
			continue
		}
		for _, rule := range rules {
			if !rule.hears(f) {
				continue
			}
			for _, d := range rule.Tell {
				if !slices.Contains(heard[d], item.Key) {
					heard[d] = append(heard[d], item.Key)
				}
			}
		}
	}
	out := make([]Told, 0, len(heard))
	for d, keys := range heard {
		out = append(out, Told{d, keys})
	}
	slices.SortFunc(out, func(a, b Told) int { return bytes.Compare([]byte(a.Department), []byte(b.Department)) })
	return out
}
