package browser

import (
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/lang"
)

// fullHouse is a house in the middle of its work: requests in every state, three systems of
// which one fails, holds, tasks, an absence, somebody's link that nobody used yet.
func fullHouse(t testing.TB) *house {
	t.Helper()
	h := openHouse(t)
	zh, en := h.known[lang.ZH], h.known[lang.EN]
	h.past(zh[1], en[1], zh[6])
	h.disputes(zh[2])
	h.conflict(zh[3])
	h.Mailing.Fail(1000)
	h.underWay(zh[0], en[0])
	h.askedOf(zh[4], en[4])
	h.beside(zh[5])
	h.settle()
	return h
}

// past are requests that came to an end: applied, confirmed, rejected, withdrawn.
func (h *house) past(a, b, c *somebody) {
	h.t.Helper()
	h.approves(h.files("ada", a, fieldValue{"name_spelling", "LI Ming"}), "bob")
	h.files("", a, fieldValue{"interests", `["围棋"]`})
	h.must(h.Desk.Confirm(h.t.Context(), h.customer(a), h.phoneChanges(a, "13911139111").ID))
	h.phoneChanges(c, "13944439444")

	rejected := h.files("ada", b, fieldValue{"phone", "13922239222"})
	h.proves(rejected, "phone", false, b.phone)
	h.proves(rejected, "phone", true, "+8613922239222")
	h.must(h.Desk.Reject(h.t.Context(), h.actor("bob"), rejected.ID, h.request(rejected.ID).Hash(), "not_authorised", "The voice did not match"))
	withdrawn := h.files("", b, fieldValue{"bank_card", "6222021234567890011"})
	h.must(h.Desk.Withdraw(h.t.Context(), h.customer(b), withdrawn.ID))
	h.settle()
}

// phoneChanges brings a change of somebody's phone to where it has applied.
func (h *house) phoneChanges(of *somebody, phone string) change.Request {
	h.t.Helper()
	r := h.files("ada", of, fieldValue{"phone", phone})
	h.proves(r, "phone", false, of.phone)
	h.proves(r, "phone", true, "+86"+phone)
	h.approves(r, "bob")
	return r
}

// disputes are a change that its customer says was not theirs, and the holds behind it.
func (h *house) disputes(of *somebody) {
	h.t.Helper()
	r := h.files("ada", of, fieldValue{"email", "new@mail.example"})
	h.proves(r, "phone", false, of.phone)
	h.proves(r, "email", true, "new@mail.example")
	h.must(h.Desk.Dispute(h.t.Context(), h.customer(of), r.ID, "这不是我"))
	h.settle()
}

// conflict is a request whose base another one moved meanwhile: it has three values.
func (h *house) conflict(of *somebody) {
	h.t.Helper()
	first := h.files("ada", of, fieldValue{"email", "first@mail.example"})
	h.proves(first, "phone", false, of.phone)
	h.proves(first, "email", true, "first@mail.example")
	second := h.files("", of, fieldValue{"email", "second@mail.example"})
	h.proves(second, "phone", false, of.phone)
	h.proves(second, "email", true, "second@mail.example")
	h.settle()
	if h.state(first.ID) == change.Reviewing {
		h.approves(first, "bob")
	}
}

// underWay are requests that wait: for proofs, for one decision, for two at high risk, for
// a cooling-off, for a day.
func (h *house) underWay(a, b *somebody) {
	h.t.Helper()
	h.files("ada", a, fieldValue{"phone", "13933339333"})
	h.files("ada", a, fieldValue{"name_spelling", "WANG Xiaofang"})
	h.files("", b, fieldValue{"address", "北京市海淀区中关村大街 27 号"})
	bank := h.files("", b, fieldValue{"bank_card", "6222021234567890128"})
	h.must(h.Desk.Attest(h.t.Context(), h.actor("sue"), bank.ID, desk.Attestation{Kind: change.Sighted, Passed: true, Document: "Bank card", Compared: "Name and number"}))
	_, err := h.Desk.Challenge(h.t.Context(), h.actor("ada"), bank.ID, desk.Ask{Method: change.Callback, To: "phone"})
	h.must(err)
	h.must(h.Desk.Attest(h.t.Context(), h.actor("ann"), bank.ID, desk.Attestation{Kind: change.Callback, Passed: true, Compared: "She agreed"}))
	h.files("", b, fieldValue{"legal_name", "Augusta Ada King"})
	later := h.laterOn(a)
	h.proves(later, "phone", false, a.phone)
	h.proves(later, "email", true, "spaeter@mail.example")
}

// laterOn files a change that takes effect on a later day.
func (h *house) laterOn(of *somebody) change.Request {
	h.t.Helper()
	filed, err := h.Desk.Propose(h.t.Context(), h.customer(of), desk.Proposal{
		Record: of.id, Channel: "portal", Reason: "下周搬家", Effective: h.Clock.Now().Add(5 * 24 * time.Hour),
		Items: []desk.Proposed{{Key: "email", Value: text("spaeter@mail.example")}},
	})
	h.must(err)
	h.settle()
	return filed.Changes[0]
}

// askedOf are requests that wait for an answer: one of the customer, one of who filed it.
func (h *house) askedOf(a, b *somebody) {
	h.t.Helper()
	for of, question := range map[*somebody]string{a: "护照上是哪种拼写？", b: "Which spelling is in the passport?"} {
		r := h.files("ada", of, fieldValue{"name_spelling", "ZHOU Yutong"})
		h.must(h.Desk.Ask(h.t.Context(), h.actor("bob"), r.ID, question))
	}
	pending := h.files("sam", a, fieldValue{"preferred_name", "周女士"})
	if h.state(pending.ID) == change.Reviewing {
		h.must(h.Desk.Reassign(h.t.Context(), h.actor("sue"), pending.ID, h.people["bea"].id))
	}
	h.settle()
}

// beside is what surrounds the requests: a bank account, a company, an app that lets its
// customers in, somebody new.
func (h *house) beside(holder *somebody) {
	h.t.Helper()
	_, err := h.Desk.Propose(h.t.Context(), h.actor("ada"), desk.Proposal{
		RecordKind: customer.Organization, Channel: "shop", Reason: "新客户",
		Items: []desk.Proposed{{Key: "org_name", Value: text("澜石健康科技有限公司")}, {Key: "phone", Value: text("02155550100")}},
	})
	h.must(err)
	_, _, err = h.Desk.AddPerson(h.t.Context(), access.Actor{Name: "newcomer", Roles: []access.Role{access.Agent}}, "")
	h.must(err)
}

// doors are where a visitor begins, and the pages that no link leads to.
func (h *house) doors(who string) []string {
	switch who {
	case "":
		link, err := h.Desk.AddLink(h.t.Context(), "newcomer")
		h.must(err)
		return append([]string{"/", "/help", "/console/sign-in", link[strings.Index(link, "/console"):]}, h.troubled()...)
	case "customer":
		return []string{"/", "/me"}
	case "bob":
		return append([]string{"/console/", "/console/step-up"}, h.requests()...)
	}
	return []string{"/console/"}
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
