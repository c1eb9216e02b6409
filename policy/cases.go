package policy

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"

	"amend/customer"
	"amend/fault"
)

// A Suite is a file of cases: what a policy must ask of named changes. It is a txtar
// archive. Each file in it is a case: its name is a line for ReadFacts, its body the lines
// that the plan must have, as Ask writes them. A file called policy.json is the policy that
// they are about; without one they are about whichever policy they are tried on.
//
// A case holds a plan to the sorts of line that it mentions: with one line "approve …" it
// names all approvals, and "no approve" says that there are none. Lines with # are remarks.
type Suite struct {
	Remark string
	Policy []byte
	Cases  []Case
}

// A Case is one change and what it must need.
type Case struct {
	Change string   // a line for ReadFacts
	Want   []string // lines of the plan
}

// A Trial is what came of a case.
type Trial struct {
	Case    Case
	Missing []string // expected, and not in the plan
	Extra   []string // in the plan, and not expected
	Err     error    // the case itself cannot be read
}

// Passed reports whether the plan was as expected.
func (t Trial) Passed() bool { return t.Err == nil && len(t.Missing)+len(t.Extra) == 0 }

//go:embed cases/*.txtar
var caseFiles embed.FS

// ShippedSuites are the files of cases that come with the program, those of the packs
// included, by name.
func ShippedSuites() map[string][]byte {
	suites := map[string][]byte{}
	names, _ := fs.Glob(caseFiles, "cases/*.txtar") // a pattern of our own
	for _, name := range names {
		if text, err := caseFiles.ReadFile(name); err == nil {
			suites[path.Base(name)] = text
		}
	}
	packs, _ := Packs() // each is tested to be sound
	for _, p := range packs {
		suites["pack_"+p.Name+".txtar"] = p.suite()
	}
	return suites
}

// policyMember is the name of the file in a suite that is no case.
const policyMember = "policy.json"

// ReadSuite reads a file of cases.
func ReadSuite(text []byte) (Suite, error) {
	var s Suite
	body := &s.Remark
	var bodies []*string
	for line := range strings.Lines(string(text)) {
		name, isName := memberName(line)
		if !isName {
			*body += line
			continue
		}
		body = new(string)
		bodies = append(bodies, body)
		s.Cases = append(s.Cases, Case{Change: name})
	}
	for i, b := range bodies {
		if s.Cases[i].Change == policyMember {
			s.Policy = []byte(*b)
		}
		s.Cases[i].Want = wants(*b)
	}
	s.Cases = slices.DeleteFunc(s.Cases, func(c Case) bool { return c.Change == policyMember })
	if len(s.Cases) == 0 {
		return s, fault.New(fault.Invalid, "cases_none")
	}
	return s, nil
}

// memberName reads the line that begins a file of an archive: "-- NAME --".
func memberName(line string) (string, bool) {
	name, ok := strings.CutPrefix(strings.TrimSpace(line), "-- ")
	name, closed := strings.CutSuffix(name, " --")
	return strings.TrimSpace(name), ok && closed && strings.TrimSpace(name) != ""
}

func wants(body string) []string {
	var lines []string
	for line := range strings.Lines(body) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, canonical(line))
		}
	}
	return lines
}

// Try plans the change of c and holds the plan to what c says.
func (p *Policy) Try(c Case, cat customer.Catalog) Trial {
	t := Trial{Case: c}
	f, err := ReadFacts(cat, c.Change)
	if err != nil {
		t.Err = err
		return t
	}
	if len(c.Want) == 0 {
		t.Err = fault.New(fault.Invalid, "cases_empty")
		return t
	}
	mentioned := map[string]bool{}
	var want []string
	for _, line := range c.Want {
		if sortOf(line) == "" {
			t.Err = fault.New(fault.Invalid, "cases_bad_line", "line", shorten(line))
			return t
		}
		mentioned[sortOf(line)] = true
		if !strings.HasPrefix(line, "no ") {
			want = append(want, line)
		}
	}
	var got []string
	for _, a := range Asks(p.PlanFor(f, customer.KeyOf(f.Field, f.Slot))) {
		if mentioned[string(a.Kind)] {
			got = append(got, a.String())
		}
	}
	t.Missing, t.Extra = without(want, got), without(got, want)
	return t
}

// sortOf is the sort of thing that a line speaks of, "" for a line that no plan can have.
func sortOf(line string) string {
	line = strings.TrimPrefix(line, "no ")
	for _, k := range askKinds() {
		if line == string(k) || strings.HasPrefix(line, string(k)+" ") {
			return string(k)
		}
	}
	return ""
}

// without answers the lines of a that are not in b; what a has twice, b must have twice.
func without(a, b []string) []string {
	left := slices.Clone(b)
	var out []string
	for _, line := range a {
		if i := slices.Index(left, line); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			out = append(out, line)
		}
	}
	return out
}
