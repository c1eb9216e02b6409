// Package downstream is the systems that must follow the golden record: what each may
// receive, what it has been told and has acknowledged, which actions are held, and the
// one seam through which connectors carry it.
package downstream

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"amend/customer"
	"amend/fault"
)

// SystemID names one system: lower-case letters, digits, - and _, at most 32 bytes.
type SystemID string

// A System is one connected system: CRM, ERP, HIS, mailing, finance …
type System struct {
	ID        SystemID
	Name      string          // how people call it
	Connector string          // name in the connector catalogue
	Settings  json.RawMessage // the connector's settings; secrets are sealed elsewhere
	Fields    []Subscription  // only what is listed here ever leaves
	Kinds     []customer.Kind // the kinds of record it follows; none listed, none sent
	Must      bool            // a failed delivery may be compensated instead of excepted
	Owner     string          // the department or person who answers for its exceptions
	Region    string          // where it keeps its data, as an ISO 3166 code
	Paused    bool            // changes wait, nothing is lost
	Pause     Pause           `json:"-"` // of a paused one: by whom, since when, why; kept beside the settings
}

// A Subscription lets some of a record's values leave, under the system's own names.
type Subscription struct {
	// Key is "phone" (every value of that field), "phone/work" (that one), "group:postal"
	// or "class:contact" (every field of that group or class).
	Key  string `json:"key"`
	As   string `json:"as,omitempty"`   // the system's name of a field; a slot stays behind it: "mobile/work"
	Main bool   `json:"main,omitempty"` // only the value without a slot
}

// rank says how closely s speaks of k: 0 not at all, then class, group, field, one value.
func (s Subscription) rank(k customer.Key, f customer.Field) int {
	group, isGroup := strings.CutPrefix(s.Key, "group:")
	class, isClass := strings.CutPrefix(s.Key, "class:")
	switch {
	case s.Main && k.Slot() != "":
		return 0
	case s.Key == string(k) && k.Slot() != "":
		return 4
	case s.Key == k.Field():
		return 3
	case isGroup && group == f.Group:
		return 2
	case isClass && class == string(f.Class):
		return 1
	}
	return 0
}

// name is what the system calls k.
func (s Subscription) name(k customer.Key) string {
	switch {
	case s.As == "":
		return string(k)
	case s.Key == string(k):
		return s.As
	}
	return string(customer.KeyOf(s.As, k.Slot()))
}

// A Scope is what a change touches: the keys, of one kind of record, as the catalogue knows them.
type Scope struct {
	Kind    customer.Kind
	Catalog customer.Catalog
	Keys    []customer.Key
}

// Wants reports whether s follows at least one key of the scope. A paused system still
// wants: what it misses waits for it.
func (s System) Wants(in Scope) bool { return len(s.wanted(in)) > 0 }

func (s System) wanted(in Scope) []Member {
	if !slices.Contains(s.Kinds, in.Kind) {
		return nil
	}
	var found []Member
	for _, k := range in.Keys {
		if m, ok := s.member(k, in.Catalog); ok {
			found = append(found, m)
		}
	}
	slices.SortFunc(found, func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
	return found
}

// member is k as s names it, by the closest subscription; an uncatalogued field never leaves.
func (s System) member(k customer.Key, cat customer.Catalog) (Member, bool) {
	f, known := cat.Of(k)
	if !known {
		return Member{}, false
	}
	best, name := 0, ""
	for _, sub := range s.Fields {
		if r := sub.rank(k, f); r > best {
			best, name = r, sub.name(k)
		}
	}
	return Member{Name: name, Key: k, Structured: f.Type.Structured()}, best > 0
}

// mappedName is what a system may call a field: a letter first, at most 64 characters, no slash.
var mappedName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_.\-]{0,63}$`)

var systemID = regexp.MustCompile(`^[a-z0-9][a-z0-9_\-]{0,31}$`)

// Check says what is wrong with s before it is saved: nobody to answer for it, nothing
// subscribed, a subscription that no field answers to, or two fields under one name.
func (s System) Check(cat customer.Catalog) error {
	var faults []*fault.Error
	bad := func(code string, params ...any) { faults = append(faults, fault.New(fault.Invalid, code, params...)) }
	if !systemID.MatchString(string(s.ID)) {
		bad("bad_system_id")
	}
	if s.Name == "" || s.Connector == "" || s.Owner == "" {
		bad("system_incomplete")
	}
	if len(s.Kinds) == 0 || len(s.Fields) == 0 {
		bad("system_follows_nothing")
	}
	for _, sub := range s.Fields {
		if !sub.known(cat) {
			bad("unknown_subscription", "key", sub.Key)
		}
		if sub.As != "" && (!mappedName.MatchString(sub.As) || strings.Contains(sub.Key, ":")) {
			bad("bad_mapped_name", "key", sub.Key)
		}
	}
	for _, name := range s.clashes(cat) {
		bad("mapped_twice", "name", name)
	}
	return fault.Join(faults...)
}

// known reports whether at least one catalogued field answers to s.
func (s Subscription) known(cat customer.Catalog) bool {
	if key, err := customer.ParseKey(s.Key); err == nil {
		f, ok := cat.Of(key)
		return ok && (key.Slot() == "" || (f.Multi && !s.Main))
	}
	for name, f := range cat {
		if s.rank(customer.Key(name), f) > 0 {
			return true
		}
	}
	return false
}

// clashes lists the names that two values would share.
func (s System) clashes(cat customer.Catalog) []string {
	var keys []customer.Key
	for name := range cat {
		keys = append(keys, customer.Key(name))
	}
	for _, sub := range s.Fields {
		if k := customer.Key(sub.Key); k.Slot() != "" {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	names := map[string]customer.Key{}
	var twice []string
	for _, k := range slices.Compact(keys) {
		m, ok := s.member(k, cat)
		if !ok {
			continue
		}
		if _, taken := names[m.Name]; taken {
			twice = append(twice, m.Name)
		}
		names[m.Name] = k
	}
	return twice
}
