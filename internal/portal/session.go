package portal

import "amend/internal/page"

// signOut ends the session, and what the browser kept of it.
func signOut(v *visit) error {
	if err := v.Desk.SignOut(v.ctx, v.by(), v.who.Session); err != nil {
		return err
	}
	v.Door.DropCookie(v.w, sessionCookie)
	v.w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return v.goTo("/", "signed_out")
}

// extend keeps the session from ending because nothing happens: asking is enough. It never
// lives longer than its day.
func extend(v *visit) error {
	v.remember(v.who.Token, v.who.Session.Ends)
	return v.goTo(page.Back(v.form.Get("back"), "/me"), "extended")
}

// choose sets language and theme in this browser.
func choose(v *visit) error {
	v.Door.Choose(v.w, v.r, v.form)
	return nil
}
