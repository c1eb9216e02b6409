package console

import (
	"net/url"
	"slices"
	"strings"

	"amend/fault"
	"amend/internal/page"
)

// A savedView is a query of the inbox under a name, for one person.
type savedView struct {
	Name  string
	Query string
}

// Href is the address of the view.
func (s savedView) Href() string { return Base + "/inbox?" + s.Query }

// viewPreference is how the preferences of views begin; the name stands behind it.
const viewPreference = "view:"

// views are the reader's own views, by name.
func (v *visit) views() []savedView {
	var all []savedView
	for name, query := range v.likes {
		if of, is := strings.CutPrefix(name, viewPreference); is {
			all = append(all, savedView{Name: of, Query: query})
		}
	}
	slices.SortFunc(all, func(a, b savedView) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// viewSave keeps a query under a name. It is read and written anew, so that nothing but a
// query of the inbox can be kept.
func viewSave(v *visit) error {
	asked, err := url.ParseQuery(v.form.Get("query"))
	if err != nil {
		return fault.New(fault.Malformed, "bad_parameter", "field", "query")
	}
	q := readInboxQuery(asked, v.homeBox()).at("")
	name := v.form.Get("name")
	if name == "" {
		err = fault.New(fault.Invalid, "value_missing", "field", "name")
	} else {
		err = v.Desk.Prefer(v.ctx, v.by(), viewPreference+name, q.values().Encode())
	}
	if err != nil {
		form, typed := v.form.Refused(v.page, err)
		if !typed {
			return err
		}
		v.r.URL.RawQuery = q.values().Encode()
		return v.inbox(form, page.Status(err))
	}
	return v.goTo(q.path(), "view_saved")
}

// viewForget drops a view.
func viewForget(v *visit) error {
	if err := v.Desk.Prefer(v.ctx, v.by(), viewPreference+v.form.Get("name"), ""); err != nil {
		return err
	}
	return v.goTo(page.Back(v.form.Get("back"), Base+"/inbox"), "view_forgotten")
}
