package console

import (
	"strings"

	"amend/customer"
	"amend/internal/page"
)

// hideAfter is for how many seconds a revealed value is shown: long enough to dial a number.
const hideAfter = 30

// customerReveal shows values unmasked for a moment, and for a purpose. The entry is written
// before anything is shown. The answer is the page itself: what was revealed stands in no
// address, and asking for it again shows it masked.
func customerReveal(v *visit) error {
	id := customer.ID(v.r.PathValue("customer"))
	var keys []customer.Key
	for _, k := range v.form.Values["field"] {
		keys = append(keys, customer.Key(k))
	}
	shown, err := v.Desk.Reveal(v.ctx, v.by(), id, keys, v.form.Get("purpose"))
	form, refused := v.form.Refused(v.page, err)
	if err != nil && !refused {
		return err
	}
	c, readErr := v.customer(id)
	if readErr != nil {
		return readErr
	}
	if refused {
		for i, w := range form.Wrong { // its list has an id of its own
			form.Wrong[i].Name = strings.TrimSuffix(w.Name+"-"+v.form.Get("field"), "-")
		}
		c.Form = form
		return v.answer(page.Status(err), customerForm(c))
	}
	c.Clear, c.Purpose = shown, v.form.Get("purpose")
	c.Groups = c.groups()
	return v.show(customerForm(c))
}

// customerHidden is where a revealed page leads when it is loaded again.
func customerHidden(v *visit) error {
	return v.goTo(Base+"/customers/"+v.r.PathValue("customer"), "")
}
