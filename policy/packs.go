package policy

import (
	"embed"

	"amend/fault"
)

//go:embed packs/*.json packs/*.txtar
var packFiles embed.FS

// A Pack is a policy to begin with, made for one sort of house: a company takes it as a
// draft and makes it its own. Each passes Check and has cases of its own.
type Pack struct {
	Name   string
	Text   []byte // the document, as people read it
	Policy *Policy
}

// Packs answers the packs, by name. The shipped policy is none of them: it fits everybody.
func Packs() ([]Pack, error) {
	var all []Pack
	for _, name := range packNames() {
		p, err := PackNamed(name)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func packNames() []string { return []string{"finance", "government", "health", "retail"} }

// PackNamed answers one pack.
func PackNamed(name string) (Pack, error) {
	text, err := packFiles.ReadFile("packs/" + name + ".json")
	if err != nil {
		return Pack{}, fault.New(fault.NotFound, "pack_unknown", "name", shorten(name))
	}
	p, err := Parse(text)
	return Pack{name, text, p}, err
}

// Goals says what p is for, in both languages.
func (p *Policy) Goals() (zh, en string) { return p.doc.Goals.Zh, p.doc.Goals.En }

// suite is a pack's file of cases with its document, so that they are about it.
func (p Pack) suite() []byte {
	cases, _ := packFiles.ReadFile("packs/" + p.Name + ".txtar") // embedded beside the document
	return append(append(cases, "\n-- "+policyMember+" --\n"...), p.Text...)
}
