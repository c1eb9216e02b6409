package downstream

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"amend/customer"
)

// A Member is one value under the name that the system knows it by.
type Member struct {
	Name       string
	Key        customer.Key
	Content    customer.Content // "" is no value: the system empties its own
	Structured bool             // Content is JSON
}

// Payload is what of rec may leave to s, by name: only what is subscribed, unmasked,
// because a system needs the value itself. A value that was removed travels as empty, so
// that the copy converges.
func (s System) Payload(rec customer.Record, cat customer.Catalog) []Member {
	keys := slices.Collect(maps.Keys(rec.Values))
	for k := range rec.Changed {
		if _, live := rec.Values[k]; !live {
			keys = append(keys, k)
		}
	}
	members := s.wanted(Scope{Kind: rec.Kind, Catalog: cat, Keys: keys})
	for i, m := range members {
		members[i].Content = rec.Get(m.Key)
	}
	return members
}

// Drift names the members of sent whose copy differs in read. A member that was not
// read back says nothing: it is not drift.
func Drift(sent, read []Member) []string {
	held := make(map[string]customer.Content, len(read))
	for _, m := range read {
		held[m.Name] = m.Content
	}
	var names []string
	for _, m := range sent {
		if got, ok := held[m.Name]; ok && !m.equals(got) {
			names = append(names, m.Name)
		}
	}
	return names
}

// equals compares contents; JSON is compared by meaning, since a system may keep its members in another order.
func (m Member) equals(got customer.Content) bool {
	if got == m.Content || !m.Structured {
		return got == m.Content
	}
	var a, b any
	if json.Unmarshal([]byte(m.Content), &a) != nil || json.Unmarshal([]byte(got), &b) != nil {
		return false
	}
	return reflect.DeepEqual(a, b)
}
