package browser

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/lang"
)

// busy puts a house to work. In each language, the customers with the same number have the
// same things going on.
func (h *house) busy() {
	h.t.Helper()
	for _, l := range lang.Langs() {
		who := h.known[l]
		h.refused(who[1])
		h.disputes(who[2])
		h.conflict(who[3])
		h.phoneChanges(who[6])
		h.must(h.Desk.Confirm(h.t.Context(), h.customer(who[8]), h.phoneChanges(who[8]).ID))
		h.approves(h.files("ada", who[8], fieldValue{"name_spelling", "LI Ming"}), "bob")
	}
	h.Mailing.Fail(100_000)
	for _, l := range lang.Langs() {
		who := h.known[l]
		h.files("", who[6], fieldValue{"interests", `["围棋"]`}) // the failing system waits for it
		h.underWay(who[0])
		h.asked(who[4])
		h.cools(who[8])
		h.draft(l, 5)
		h.files("", who[7], fieldValue{"interests", `["围棋"]`}, fieldValue{"legal_name", who[7].says("吴紫涵", "Emily Jonson")})
	}
	h.beside(h.known[lang.ZH][5])
	h.links(h.known[lang.ZH][7], h.known[lang.ZH][6])
	h.settle()
}

// phoneChanges brings a change of somebody's phone to where it has applied.
func (h *house) phoneChanges(of *somebody) change.Request {
	h.t.Helper()
	r := h.files("ada", of, fieldValue{"phone", of.newPhone()})
	h.proves(r, "phone", false, of.phone)
	h.proves(r, "phone", true, "+86"+strings.ReplaceAll(of.newPhone(), " ", ""))
	h.approves(r, "bob")
	return r
}

// refused are requests that ended without a change: rejected, and taken back.
func (h *house) refused(of *somebody) {
	h.t.Helper()
	rejected := h.files("ada", of, fieldValue{"phone", of.newPhone()})
	h.proves(rejected, "phone", false, of.phone)
	h.proves(rejected, "phone", true, "+86"+strings.ReplaceAll(of.newPhone(), " ", ""))
	h.must(h.Desk.Reject(h.t.Context(), h.actor("bob"), rejected.ID, h.request(rejected.ID).Hash(), "not_authorised", of.says("声音不符", "The voice did not match")))
	withdrawn := h.files("", of, fieldValue{"bank_card", "6222021234567890011"})
	h.must(h.Desk.Withdraw(h.t.Context(), h.customer(of), withdrawn.ID))
	h.settle()
}

// disputes are a change that its customer says was not theirs, and the holds behind it.
func (h *house) disputes(of *somebody) {
	h.t.Helper()
	r := h.files("ada", of, fieldValue{"email", "new." + of.mail})
	h.proves(r, "phone", false, of.phone)
	h.proves(r, "email", true, "new."+of.mail)
	h.must(h.Desk.Dispute(h.t.Context(), h.customer(of), r.ID, of.says("这不是我", "This was not me")))
	h.settle()
}

// conflict is a request whose base another one moved meanwhile: it has three values.
func (h *house) conflict(of *somebody) {
	h.t.Helper()
	first := h.files("ada", of, fieldValue{"email", "first." + of.mail})
	h.proves(first, "phone", false, of.phone)
	h.proves(first, "email", true, "first."+of.mail)
	second := h.files("", of, fieldValue{"email", "second." + of.mail})
	h.proves(second, "phone", false, of.phone)
	h.proves(second, "email", true, "second."+of.mail)
	h.settle()
	h.approves(first, "bob")
}

// underWay are requests that wait: for proofs, for one decision, for two at high risk, for
// an original, for a day.
func (h *house) underWay(of *somebody) {
	h.t.Helper()
	h.files("ada", of, fieldValue{"phone", of.newPhone()})
	h.files("ada", of, fieldValue{"name_spelling", "WANG Xiaofang"})
	h.files("", of, fieldValue{"address", "北京市海淀区中关村大街 27 号"})
	bank := h.files("", of, fieldValue{"bank_card", "6222021234567890128"})
	h.must(h.Desk.Attest(h.t.Context(), h.actor("sue"), bank.ID, desk.Attestation{Kind: change.Sighted, Passed: true, Document: of.says("银行卡", "Bank card"), Compared: of.says("姓名和卡号", "Name and number")}))
	_, err := h.Desk.Challenge(h.t.Context(), h.actor("ada"), bank.ID, desk.Ask{Method: change.Callback, To: "phone"})
	h.must(err)
	h.must(h.Desk.Attest(h.t.Context(), h.actor("ann"), bank.ID, desk.Attestation{Kind: change.Callback, Passed: true, Compared: of.says("客户同意", "She agreed")}))
	h.files("", of, fieldValue{"legal_name", of.says("王晓芳", "Augusta Ada King")})
	later := h.laterOn(of)
	h.proves(later, "phone", false, of.phone)
	h.proves(later, "email", true, "later."+of.mail)
}

// cools is a change of a name that everybody has agreed to, and that waits once more.
func (h *house) cools(of *somebody) {
	h.t.Helper()
	r := h.files("", of, fieldValue{"legal_name", of.says("古丽娜尔", "Jean Moreau")})
	h.proves(r, "email", false, of.mail)
	for _, name := range []string{"sam", "ann"} {
		h.must(h.Desk.Attest(h.t.Context(), h.actor(name), r.ID, desk.Attestation{Kind: change.Sighted, Passed: true, Document: of.says("身份证", "ID card"), Compared: of.says("姓名", "Name")}))
	}
	h.approves(r, "bob", "bea")
	if state := h.state(r.ID); state != change.Cooling {
		h.t.Fatalf("the name of %s is %s", of.name, state)
	}
}

// laterOn files a change that takes effect on a later day.
func (h *house) laterOn(of *somebody) change.Request {
	h.t.Helper()
	filed, err := h.Desk.Propose(h.t.Context(), h.customer(of), desk.Proposal{
		Record: of.id, Channel: "portal", Reason: of.says("下周搬家", "We move next week"), Effective: h.Clock.Now().Add(5 * 24 * time.Hour),
		Items: []desk.Proposed{{Key: "email", Value: text("later." + of.mail)}},
	})
	h.must(err)
	h.settle()
	return filed.Changes[0]
}

// asked are requests that wait for an answer, and one that was given to somebody to decide.
func (h *house) asked(of *somebody) {
	h.t.Helper()
	r := h.files("ada", of, fieldValue{"name_spelling", "ZHOU Yutong"})
	h.must(h.Desk.Ask(h.t.Context(), h.actor("bob"), r.ID, of.says("护照上是哪种拼写？", "Which spelling is in the passport?")))
	portal := h.files("", of, fieldValue{"bank_card", "6222021234567890128"})
	h.must(h.Desk.Attest(h.t.Context(), h.actor("sue"), portal.ID, desk.Attestation{Kind: change.Sighted, Passed: true, Document: of.says("银行卡", "Bank card"), Compared: of.says("姓名和卡号", "Name and number")}))
	given := h.files("sam", of, fieldValue{"preferred_name", of.says("周女士", "Mary")})
	h.must(h.Desk.Reassign(h.t.Context(), h.actor("sue"), given.ID, h.people["bea"].id))
	h.settle()
}

// beside is what surrounds the requests: a company and a bank account that wait, somebody
// who has not signed in yet.
func (h *house) beside(holder *somebody) {
	h.t.Helper()
	for _, p := range []desk.Proposal{
		{RecordKind: customer.Organization, Items: []desk.Proposed{{Key: "org_name", Value: text("澜石健康科技有限公司")}, {Key: "phone", Value: text("02155550100")}}},
		{RecordKind: customer.Account, Items: []desk.Proposed{{Key: "holder", Value: text(string(holder.id))}, {Key: "account_no", Value: text("6210000012345678")}, {Key: "account_type", Value: text("membership")}}},
	} {
		p.Channel, p.Reason = "shop", "新客户登记"
		_, err := h.Desk.Propose(h.t.Context(), h.actor("ada"), p)
		h.must(err)
	}
	_, _, err := h.Desk.AddPerson(h.t.Context(), access.Actor{Name: "newcomer", Roles: []access.Role{access.Agent}}, "")
	h.must(err)
}

// links keeps one link of each purpose for those who follow them.
func (h *house) links(me, moved *somebody) {
	h.t.Helper()
	r := h.files("sam", me, fieldValue{"phone", me.newPhone()})
	h.Clock.Add(2 * time.Minute)
	for _, ask := range []desk.Ask{{Method: change.SMSCode, To: "phone"}, {Method: change.SMSCode, To: "phone", New: true}} {
		_, err := h.Desk.Challenge(h.t.Context(), h.actor("sam"), r.ID, ask)
		h.must(err)
	}
	to := "+86" + strings.ReplaceAll(me.newPhone(), " ", "")
	for purpose, to := range map[access.Purpose]string{access.Status: me.phone, access.Dispute: me.phone, access.Address: to, access.Confirm: moved.mail} {
		h.followable[purpose] = strings.TrimPrefix(h.linkFor(to, purpose), "/l/")
	}
}

// draft is what a customer typed and has not sent.
func (h *house) draft(l lang.Lang, n int) {
	h.t.Helper()
	me := h.known[l][n]
	// As the portal keeps it: its form of a draft is its own, so that it is typed into the portal.
	v := h.visits(h.t, fmt.Sprintf("customer %d", n), l)
	for path, form := range map[string]url.Values{
		"/me/edit/phone":          {"country": {"CN"}, "value": {me.newPhone()}, "do": {"keep"}},
		"/me/edit/preferred_name": {"value": {me.name[:3]}, "do": {"keep"}},
	} {
		if a := v.posts(path, form); a.status != 303 {
			h.t.Fatalf("%s answers %d", path, a.status)
		}
	}
}

// says is a sentence in somebody's language.
func (s *somebody) says(zh, en string) string {
	if s.lang == lang.ZH {
		return zh
	}
	return en
}
