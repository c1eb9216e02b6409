package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"amend/fault"
)

// Print is a header in short: the same for the same columns in any order, however case,
// blanks and punctuation of their names vary. It stays what it is from version to version,
// because mappings are kept under it.
func Print(header []string) string {
	var names []string
	for _, name := range header {
		if p := plain(name); p != "" {
			names = append(names, p)
		}
	}
	slices.Sort(names)
	sum := sha256.Sum256([]byte(strings.Join(names, "\n"))) // no plain name has a line end
	return "h1-" + hex.EncodeToString(sum[:16])
}

// A Saved mapping is one that a person has confirmed. It is kept as JSON under the print of
// its header, so that the next file with the same columns needs nobody to look again.
type Saved struct {
	Print       string    `json:"print"`
	Mapping     Mapping   `json:"mapping"`
	ConfirmedBy string    `json:"confirmed_by"` // id of the actor
	ConfirmedAt time.Time `json:"confirmed_at"`
}

// Save makes a saved mapping of what somebody has confirmed.
func Save(m Mapping, by string, now time.Time) Saved {
	return Saved{Print: Print(m.Header), Mapping: m, ConfirmedBy: by, ConfirmedAt: now.UTC()}
}

// ParseSaved reads a saved mapping. One whose print isn't that of its header was altered.
func ParseSaved(doc []byte) (Saved, error) {
	var s Saved
	if err := parseDocument(doc, &s); err != nil {
		return Saved{}, err
	}
	if s.Print != Print(s.Mapping.Header) {
		return Saved{}, fault.New(fault.Malformed, "mapping_syntax")
	}
	return s, nil
}

// For answers the mapping with its columns named as in header. It answers false for a header
// of another print, and where two columns differ in nothing that the print looks at.
func (s Saved) For(header []string) (Mapping, bool) {
	if Print(header) != s.Print {
		return Mapping{}, false
	}
	found := true
	here := func(name string) string {
		if slices.Contains(header, name) {
			return name
		}
		same := slices.DeleteFunc(slices.Clone(header), func(h string) bool { return plain(h) != plain(name) })
		if len(same) != 1 {
			found = false
			return name
		}
		return same[0]
	}
	m := s.Mapping.renamed(here)
	m.Header = slices.Clone(header)
	return m, found
}

// renamed answers m with every column that it reads under another name.
func (m Mapping) renamed(to func(string) string) Mapping {
	rename := func(s Source) Source {
		s.From = slices.Clone(s.From)
		for i, name := range s.From {
			s.From[i] = to(name)
		}
		return s
	}
	m.Values = slices.Clone(m.Values)
	for i, t := range m.Values {
		t.Source = rename(t.Source)
		parts := make(map[string]Source, len(t.Parts))
		for member, s := range t.Parts {
			parts[member] = rename(s)
		}
		if len(parts) > 0 {
			t.Parts = parts
		}
		m.Values[i] = t
	}
	return m
}
