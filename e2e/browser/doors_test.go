package browser

import (
	"strings"

	"amend/change"
	"amend/internal/lang"
)

// visitors are who walks through the house: each page is looked at by the first of them who
// gets there.
func visitors() []string {
	return []string{
		"", "seeker", "chooser", "link status", "link address", "link confirm", "link dispute", "guest", "customer 0", "customer 1", "customer 5", "customer 6", "customer 7",
		"sue", "bob", "ada", "olga", "otto", "ivy", "aud", "sid",
	}
}

// doors are where a visitor begins, and the pages that no link leads to.
func (h *house) doors(who string, l lang.Lang) []string {
	kind, _, _ := strings.Cut(who, " ")
	switch kind {
	case "":
		link, err := h.Desk.AddLink(h.t.Context(), "newcomer")
		h.must(err)
		return append([]string{"/", "/help", "/l/other", "/l/mine", "/regions?of=31&field=city", "/console/sign-in", link[strings.Index(link, "/console"):]}, h.troubled()...)
	case "guest":
		return []string{"/enter"}
	case "customer":
		return append([]string{"/me"}, h.doorsOf(who, l)...)
	case "link":
		return []string{"/l"}
	case "seeker":
		return []string{"/prove"}
	case "chooser":
		return []string{"/choose-me"}
	case "ivy":
		return []string{"/console/", "/console/systems/new"}
	case "bob":
		return append([]string{"/console/", "/console/step-up", "/console/notices"}, h.requests()...)
	case "sue":
		someone := "/console/customers/" + string(h.known[lang.ZH][0].id)
		return []string{"/console/", "/console/intake/regions?of=31&field=city", someone, someone + "/reveal", "/console/customers/search", h.requests()[0] + "/reveal"}
	}
	return []string{"/console/"}
}

// doorsOf are pages that one customer is enough for: a form of each sort, a submission of
// more than one part.
func (h *house) doorsOf(who string, l lang.Lang) []string {
	switch who {
	case "customer 0":
		all := []string{"/", "/session/extend", "/me/edit/address?abroad=yes"}
		for _, field := range []string{"phone", "email", "address", "legal_name", "gender", "birthday", "marketing_optout", "interests", "messenger", "bank_card"} {
			all = append(all, "/me/edit/"+field)
		}
		return all
	case "customer 7":
		return []string{"/me/requests/" + h.parted(h.known[l][7])}
	}
	return nil
}

// troubled are addresses that lead nowhere, and must say so.
func (h *house) troubled() []string { return []string{"/nowhere", "/console/nowhere"} }

// requests are pages of the console, one for the newest request of each state and recipe.
func (h *house) requests() []string {
	rows, err := h.Store.View(h.t.Context()).Rows(`SELECT id FROM change_request ORDER BY id DESC`)
	h.must(err)
	var all []string
	seen := map[string]bool{}
	for rows.Next() {
		var id change.ID
		h.must(rows.Scan(&id))
		if kind := string(h.state(id)) + " " + h.request(id).Plan.Recipe; !seen[kind] {
			seen[kind] = true
			all = append(all, "/console/changes/"+string(id))
		}
	}
	return all
}

// parted is somebody's submission of more than one part.
func (h *house) parted(of *somebody) string {
	var ref string
	h.must(h.Store.View(h.t.Context()).Row(`SELECT submission FROM change_request WHERE record_id = $1 AND lane > 1`, string(of.id)).Scan(&ref))
	return ref
}
