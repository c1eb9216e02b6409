package console

import (
	"encoding/base64"
	"encoding/json"
	"io"

	"amend/access"
	"amend/customer"
	"amend/downstream"
	"amend/internal/page"
)

// signingSize is how long the secret is that signs what a system receives, in bytes
// (Standard Webhooks: 24 to 64).
const signingSize = 32

// systemAddPage connects a system that takes signed webhooks.
type systemAddPage struct {
	*page.Page
	Frame  page.ConsoleFrame
	Form   page.Form
	Fields []classFields
	Kinds  []page.Option
	Owners []page.Option
}

// A classFields is the fields of one class, to choose from.
type classFields struct {
	ID     string
	Title  string
	Fields []page.Option
}

func systemAddShow(v *visit) error {
	if f := v.by().May(access.ManageSystems); f != nil {
		return f
	}
	return v.systemForm(page.Form{}, 200)
}

func (v *visit) systemForm(form page.Form, status int) error {
	v.page.Title, v.page.Path = v.page.T("console.system_add.title"), Base+"/systems/new"
	a := systemAddPage{Page: v.page, Frame: v.frame("/systems"), Form: form, Owners: v.departmentOptions()}
	for _, class := range []customer.Class{customer.Identity, customer.ContactData, customer.Preference, customer.Transaction, customer.Behaviour} {
		g := classFields{ID: "f-fields-" + string(class), Title: v.page.Word("class", string(class))}
		for _, f := range v.Reader.Catalog(v.ctx, v.by()) {
			if f.Class == class {
				g.Fields = append(g.Fields, page.Option{Value: f.Name, Text: v.page.Label(f.Label, f.Name)})
			}
		}
		a.Fields = append(a.Fields, g)
	}
	for _, k := range []customer.Kind{customer.Person, customer.Organization, customer.Account} {
		a.Kinds = append(a.Kinds, page.Option{Value: string(k), Text: v.page.Word("record", string(k))})
	}
	return v.answer(status, systemAddForm(a))
}

// systemAdd connects it, and shows once the secret by which it knows our signature.
func systemAdd(v *visit) error {
	key := make([]byte, signingSize)
	if _, err := io.ReadFull(v.Rand, key); err != nil {
		return err
	}
	secret := "whsec_" + base64.StdEncoding.EncodeToString(key)
	s, err := v.proposedSystem()
	if err == nil {
		err = v.Desk.AddSystem(v.ctx, v.by(), s, []byte(secret))
	}
	if err != nil {
		form, ok := v.form.Refused(v.page, err)
		if !ok {
			return err
		}
		return v.systemForm(form, page.Status(err))
	}
	return v.shownOnce(onceShown{
		Title: v.page.T("console.system_add.done", "name", s.Name), Text: v.page.T("console.system_add.done_text"), Secret: secret,
		Next: page.Link{Href: systemPath(s.ID, ""), Text: v.page.T("console.system_add.done_next")}, At: "/systems",
	})
}

// proposedSystem is what the form describes.
func (v *visit) proposedSystem() (downstream.System, error) {
	settings, err := json.Marshal(map[string]string{"url": v.form.Get("url")})
	s := downstream.System{
		ID: downstream.SystemID(v.form.Get("id")), Name: v.form.Get("name"), Connector: "webhook", Settings: settings,
		Must: v.form.Has("must", "yes"), Owner: v.form.Get("owner"), Region: v.form.Get("region"),
	}
	for _, name := range v.form.Values["fields"] {
		s.Fields = append(s.Fields, downstream.Subscription{Key: name})
	}
	for _, kind := range v.form.Values["kinds"] {
		s.Kinds = append(s.Kinds, customer.Kind(kind))
	}
	return s, err
}
