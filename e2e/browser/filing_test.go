package browser

import (
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
)

// A fieldValue is one value that is filed, as a door hands it over.
type fieldValue struct{ key, value string }

// files files a change for a customer by somebody of staff on the phone, or by the customer
// in the portal where by is "".
func (h *house) files(by string, of *somebody, values ...fieldValue) change.Request {
	h.t.Helper()
	p := desk.Proposal{Record: of.id, Channel: "hotline", Reason: of.says("客户来电要求", "The customer asked")}
	actor := h.customer(of)
	if by == "" {
		p.Channel = "portal"
	} else {
		actor = h.actor(by)
	}
	for _, v := range values {
		p.Items = append(p.Items, desk.Proposed{Key: customer.Key(v.key), Value: text(v.value)})
	}
	filed, err := h.Desk.Propose(h.t.Context(), actor, p)
	h.must(err)
	h.settle()
	return filed.Changes[0]
}

// customer is somebody who is signed in to the portal.
func (h *house) customer(s *somebody) access.Actor {
	return access.Actor{ID: string(s.id), Sort: access.Customer, Via: "portal"}
}

// proves sends a code to a contact, the one on record or the one that is proposed, and
// answers it by the link in the message.
func (h *house) proves(r change.Request, contact string, isNew bool, to string) {
	h.t.Helper()
	h.Clock.Add(2 * time.Minute) // codes to one number keep a distance
	method := change.SMSCode
	if contact == "email" {
		method = change.MailCode
	}
	by := h.actor("ada")
	if r.Channel == "portal" {
		by = access.Actor{ID: string(r.Record), Sort: access.Customer, Via: "portal"}
	}
	sent, err := h.Desk.Challenge(h.t.Context(), by, r.ID, desk.Ask{Method: method, To: customer.Key(contact), New: isNew})
	h.must(err)
	h.settle()
	if r.Channel == "portal" {
		h.must(h.Desk.Prove(h.t.Context(), by, r.ID, sent.Challenge, h.codeTo(to)))
		return
	}
	purpose := access.Status
	if isNew {
		purpose = access.Address
	}
	tap, err := h.Tap(h.t.Context(), to, purpose, true)
	h.must(err)
	h.must(h.Desk.Prove(h.t.Context(), tap.By, r.ID, tap.Challenge, tap.Code))
}

// approves approves what a request holds now.
func (h *house) approves(r change.Request, names ...string) {
	h.t.Helper()
	for _, name := range names {
		h.must(h.Desk.Approve(h.t.Context(), h.actor(name), r.ID, h.request(r.ID).Hash(), ""))
	}
	h.settle()
}

// request is a request as it is on record now.
func (h *house) request(id change.ID) change.Request {
	h.t.Helper()
	r, err := h.Store.View(h.t.Context()).Change(id)
	h.must(err)
	return r
}

// state is where a request stands now.
func (h *house) state(id change.ID) change.State {
	h.t.Helper()
	state, _ := h.request(id).Next(h.Clock.Now())
	return state
}

// holds is what the record of a customer has in a field.
func (h *house) holds(of *somebody, key string) string {
	h.t.Helper()
	rec, err := h.Store.View(h.t.Context()).Record(of.id)
	h.must(err)
	return string(rec.Values[customer.Key(key)].Content)
}

// linkFor is the newest link of a purpose that went to somebody and still holds.
func (h *house) linkFor(to string, purpose access.Purpose) string {
	h.t.Helper()
	h.settle()
	messages := h.Mailbox.To(to)
	for i := len(messages) - 1; i >= 0; i-- {
		for _, piece := range strings.Fields(strings.NewReplacer("，", " ", "。", " ", "；", " ", "）", " ").Replace(messages[i].Text)) {
			_, path, ours := strings.Cut(piece, h.base+"/l/")
			if !ours {
				continue
			}
			path = strings.TrimRight(path, ".,;)")
			token, _, _ := strings.Cut(path, "/")
			l, _, _, err := h.reader.Link(h.t.Context(), token)
			if err == nil && l.Purpose == purpose {
				return "/l/" + path
			}
		}
	}
	h.t.Fatalf("no link to %s for %s in %d messages", to, purpose, len(messages))
	return ""
}
