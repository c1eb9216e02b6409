package console

import (
	"amend/access"
	"amend/desk"
	"amend/internal/page"
	"amend/internal/store"
)

// tokensPage is every bearer token that was made: whose, never which.
type tokensPage struct {
	*page.Page
	Frame  page.ConsoleFrame
	Form   page.Form
	Tokens []store.TokenLine
	Roles  []page.Option
}

func tokensShow(v *visit) error { return v.tokens(page.Form{}, 200) }

func (v *visit) tokens(form page.Form, status int) error {
	v.page.Title, v.page.Path = v.page.T("console.tokens.title"), Base+"/admin/tokens"
	t := tokensPage{Page: v.page, Frame: v.frame("/admin"), Form: form}
	var err error
	if t.Tokens, err = v.Reader.TokenLines(v.ctx, v.by()); err != nil {
		return err
	}
	for _, r := range access.Roles() {
		if desk.Decides(access.Actor{Sort: access.Staff, Roles: []access.Role{r}}) {
			continue
		}
		o := page.Option{Value: string(r), Text: v.page.Word("role", string(r)), Group: v.page.T("console.tokens.for_people")}
		if r == access.App || r == access.Portal {
			o.Group = v.page.T("console.tokens.for_programs")
		}
		t.Roles = append(t.Roles, o)
	}
	return v.answer(status, tokenList(t))
}

// tokenAdd makes a token and shows it once.
func tokenAdd(v *visit) error {
	who, token, err := v.Desk.Grant(v.ctx, v.by(), access.Actor{Name: v.form.Get("name"), Roles: rolesOf(v.form)})
	if err != nil {
		form, ok := v.refusedName(err)
		if !ok {
			return err
		}
		return v.tokens(form, page.Status(err))
	}
	return v.shownOnce(onceShown{
		Title: v.page.T("console.tokens.made", "name", who.Name), Text: v.page.T("console.tokens.made_text"), Secret: token,
		Next: page.Link{Href: Base + "/admin/tokens", Text: v.page.T("console.tokens.title")}, At: "/admin",
	})
}

// tokenRevoke ends a token, for who manages tokens.
func tokenRevoke(v *visit) error {
	if err := v.Desk.Revoke(v.ctx, v.by(), v.r.PathValue("token")); err != nil {
		return err
	}
	return v.goTo(Base+"/admin/tokens", "token_revoked")
}

// ownTokenRevoke ends a token of whoever asks.
func ownTokenRevoke(v *visit) error {
	if err := v.Desk.Revoke(v.ctx, v.by(), v.r.PathValue("token")); err != nil {
		return err
	}
	return v.goTo(Base+"/account", "token_revoked")
}

// tokenWorks reports whether a token lets its holder in.
func tokenWorks(p *page.Page, one store.TokenLine) bool {
	return one.Revoked.IsZero() && (one.Expires.IsZero() || one.Expires.After(p.Now))
}
