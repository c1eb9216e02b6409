package console

import (
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"amend/access"
	"amend/internal/page"
	"amend/notify"
)

// adminPage leads to what the house is made of, and says whose it is.
type adminPage struct {
	*page.Page
	Frame   page.ConsoleFrame
	Tiles   [][]adminTile // rows of four
	LogKey  string
	Witness string
	Version string
}

// An adminTile leads to one part of the house.
type adminTile struct {
	Href  string
	Title string
	N     string
	Note  string
}

func adminShow(v *visit) error {
	v.page.Title = v.page.T("console.admin.title")
	a := adminPage{Page: v.page, Frame: v.frame("/admin"), Version: version()}
	members, err := v.Reader.Members(v.ctx, v.by())
	if err != nil {
		return err
	}
	working := atWork(members)
	tiles := []adminTile{
		v.adminTile("people", "/admin/people", len(working)),
		v.adminTile("roles", "/admin/roles", len(access.Roles())),
		v.adminTile("departments", "/admin/departments", len(v.departmentNames(members))),
		v.adminTile("catalog", "/admin/catalog", len(v.House.Catalog)),
		v.adminTile("texts", "/admin/texts", len(notify.Kinds())),
	}
	if v.by().May(access.ReadSystems) == nil {
		systems, err := v.Reader.Systems(v.ctx, v.by())
		if err != nil {
			return err
		}
		tiles = append(tiles, v.adminTile("systems", "/systems", len(systems)))
	}
	if v.by().May(access.ManageTokens) == nil {
		tokens, err := v.Reader.TokenLines(v.ctx, v.by())
		if err != nil {
			return err
		}
		tiles = append(tiles, v.adminTile("tokens", "/admin/tokens", len(tokens)))
	}
	a.Tiles = slices.Collect(slices.Chunk(tiles, 4))
	keys, err := v.logKeys()
	if err != nil {
		return err
	}
	a.LogKey, a.Witness = keys.text, keys.watched.Key
	return v.show(adminBoard(a))
}

func (v *visit) adminTile(part, path string, n int) adminTile {
	return adminTile{Href: Base + path, Title: v.page.T("console." + part + ".title"), N: strconv.Itoa(n), Note: v.page.T("console.admin." + part + "_note")}
}

// version is the version of this program, or the commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value[:min(12, len(s.Value))]
		}
	}
	if v == "" {
		return "(devel)"
	}
	return v
}

// roleList words roles that stand behind one another.
func (v *visit) roleList(roles string) string {
	words := strings.FieldsFunc(roles, func(r rune) bool { return r == ' ' || r == ',' })
	for i, r := range words {
		words[i] = v.page.Word("role", r)
	}
	return v.page.List(words...)
}

// whoMayWords words the roles that may do an act, for a page that cannot be acted on.
func (v *visit) whoMayWords(act access.Act) string {
	words := make([]string, 0, len(act.Who()))
	for _, r := range act.Who() {
		words = append(words, v.page.Word("role", string(r)))
	}
	return v.page.List(words...)
}

// onceShown is a page that shows a secret, once: it is kept as a hash, or sealed.
type onceShown struct {
	Title  string
	Text   string
	Secret string
	Next   page.Link
	At     string // the rail's entry
}

func (v *visit) shownOnce(o onceShown) error {
	v.page.Title, v.page.Path = o.Title, o.Next.Href
	return v.show(oncePage(v.page, v.frame(o.At), o))
}

// typedAs reports whether the name that confirms a dangerous act was typed into an entry, and
// answers the form with what is wrong if not.
func (v *visit) typedAs(entry, name string) (page.Form, bool) {
	if v.form.Get(entry) == name {
		return v.form, true
	}
	form := v.form
	form.Wrong = append(form.Wrong, page.Wrong{Name: entry, Text: v.page.T("console.admin.confirm_differs", "name", name)})
	return form, false
}
