// Package privacy says what may be seen: one function masks every value that leaves
// the store, and a short list says for which purposes a value may be revealed.
// What is not expressly allowed is hidden.
package privacy

import (
	"amend/access"
	"amend/customer"
)

// Masked is a value as one actor may see it.
type Masked struct {
	Text   string `json:"text"`
	Hidden bool   `json:"hidden"` // something was left out, so a reveal would show more
}

// veil stands for a value of which nothing is shown. Its length says nothing.
const veil = "••••"

// Mask is the only place that decides how much of c the actor sees. Values are masked by
// their field's mask; a field of tier Top is never shown whole without a reveal, even if
// its mask says "none"; an unknown mask hides everything (GB/T 35273-2020, 7.2).
//
// revealed means that a reveal with a purpose was granted and stands in the log. It is void
// for an actor whom the table of permissions does not let reveal: a customer's link, for
// one, can be forwarded, and who holds a recycled number reads its predecessor's messages.
func Mask(by access.Actor, f customer.Field, c customer.Content, revealed bool) Masked {
	if c == "" {
		return Masked{}
	}
	if !known(by) {
		return Masked{veil, true}
	}
	if revealed && by.May(access.Reveal) == nil {
		return Masked{Text: string(c)}
	}

	if f.Mask == "none" {
		if open(f.Tier) {
			return Masked{Text: string(c)}
		}
		f.Mask = usual(f.Type)
	}
	text := cover(f, string(c))
	if text == string(c) { // a value that looks masked already, such as the name "王*芳"
		text = veil
	}
	return Masked{text, true}
}

// known reports whether the actor is somebody at all.
func known(by access.Actor) bool {
	switch by.Sort {
	case access.Staff, access.Client, access.Customer, access.System:
		return by.ID != ""
	}
	return false
}

// open reports whether a field of tier t may ever be shown as it is without a reveal.
func open(t customer.Tier) bool {
	switch t {
	case customer.Low, customer.Normal, customer.High:
		return true
	}
	return false
}

// usual is the mask of a type that its field left open although its tier forbids that.
func usual(t customer.Type) string {
	switch t {
	case customer.Name:
		return "name"
	case customer.Address:
		return "address"
	case customer.ResidentID, customer.Passport, customer.USCC, customer.BankCard, customer.CNAPS:
		return "tail4"
	case customer.Date:
		return "date"
	}
	return "all"
}

// cover masks a value by its field's mask. A mask made for one line of text hides a structured value whole.
func cover(f customer.Field, s string) string {
	if f.Type.Structured() {
		if f.Mask == "address" && f.Type == customer.Address {
			return coverAddress(s)
		}
		return veil
	}
	switch f.Mask {
	case "phone":
		return coverPhone(s)
	case "email":
		return coverEmail(s)
	case "name":
		return coverName(s)
	case "tail4":
		return coverTail(s)
	case "date":
		return coverDate(s)
	}
	return veil
}
