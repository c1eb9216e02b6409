package experiments

import (
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/keys"
)

// file files the next request: a new customer, or another mail address for the newest one.
func (l *lifeline) file(n int) error {
	page, err := l.store.View(l.ctx).RecordIDs(customer.Person, "", 1000)
	if err != nil {
		return err
	}
	p := desk.Proposal{Channel: "hotline", Reason: "the customer asked"}
	if len(page) == 0 || n%4 == 0 {
		p.RecordKind = customer.Person
		p.Items = []desk.Proposed{{Key: "legal_name", Value: json.RawMessage(`"王小芳"`)}, {Key: "phone", Value: json.RawMessage(fmt.Sprintf(`"138%08d"`, n))}}
	} else {
		p.Record = page[len(page)-1].ID
		p.Items = []desk.Proposed{{Key: "email", Value: json.RawMessage(fmt.Sprintf(`"life%d@wang.example"`, n))}}
	}
	if err := l.pass(31 * 24 * time.Hour); err != nil { // behind every limit of what went before
		return err
	}
	return l.do("propose", func() error { _, err := l.desk.Propose(l.ctx, l.crew["ada"], p); return err })
}

// verify meets the first gate that wants something.
func (l *lifeline) verify(r change.Request) error {
	for _, g := range r.Wants(l.clock.Now()) {
		switch g.Kind {
		case change.Evidence:
			return l.do("attest", func() error {
				return l.desk.Attest(l.ctx, l.crew["sam"], r.ID, desk.Attestation{Kind: change.Sighted, Passed: true, Document: "ID card", Compared: "name"})
			})
		case change.Authority:
			return l.prove(r, desk.Ask{Method: change.SMSCode, To: "phone"})
		}
	}
	contacts := r.Contacts(l.clock.Now())
	if len(contacts) == 0 {
		return l.pass(time.Hour)
	}
	ask := desk.Ask{Method: change.SMSCode, To: contacts[0], New: true}
	if contacts[0] == "email" {
		ask.Method = change.MailCode
	}
	return l.prove(r, ask)
}

// prove asks for a code, or answers the one that came.
func (l *lifeline) prove(r change.Request, ask desk.Ask) error {
	key := fmt.Sprint(r.ID, ask)
	sent, known := l.asked[key]
	if !known {
		l.clock.Add(25 * time.Hour) // behind every limit on sending
		return l.do("challenge", func() error {
			sent, err := l.desk.Challenge(l.ctx, l.crew["ada"], r.ID, ask)
			if err == nil {
				l.asked[key] = sent
			}
			return err
		})
	}
	token, code := l.out.code(sent.Challenge)
	if token == "" {
		return l.tell()
	}
	link, record, err := l.store.View(l.ctx).Link(keys.LinkHash(token), l.clock.Now())
	if err != nil {
		return err
	}
	by := access.Actor{ID: string(record), Sort: access.Customer, Via: "link", Link: link}
	return l.do("prove", func() error { return l.desk.Prove(l.ctx, by, r.ID, sent.Challenge, code) })
}

var lifeLink = regexp.MustCompile(`/l/([A-Za-z0-9_-]{43})/([0-9a-v]{20})/([0-9]{6})`)

// code finds the link and the code of a challenge in what was sent.
func (o *lifeOutside) code(challenge string) (token, code string) {
	for _, m := range o.sent {
		for _, found := range lifeLink.FindAllStringSubmatch(m.Text, -1) {
			if found[2] == challenge {
				token, code = found[1], found[3]
			}
		}
	}
	return token, code
}

func (l *lifeline) tell() error {
	return l.do("tell", func() error { _, err := l.desk.Tell(l.ctx, 100); return err })
}

func (l *lifeline) approve(r change.Request) error {
	by := l.crew["bob"]
	if _, decided := r.DecidedBy(by.ID); decided {
		by = l.crew["bea"]
	}
	return l.do("approve", func() error { return l.desk.Approve(l.ctx, by, r.ID, r.Hash(), "") })
}

// finish lets the system follow, and then the customer has the last word.
func (l *lifeline) finish(r change.Request) error {
	if err := l.pass(time.Minute); err != nil {
		return err
	}
	by := access.Actor{ID: string(r.Record), Sort: access.Customer, Via: l.crew["app"].ID}
	return l.do("confirm", func() error { return l.desk.Confirm(l.ctx, by, r.ID) })
}

// pass lets time go by, with everything that falls due.
func (l *lifeline) pass(d time.Duration) error {
	l.clock.Add(d)
	due, err := l.store.View(l.ctx).DueChanges(l.store.Now(), 100)
	if err != nil {
		return err
	}
	for _, id := range due {
		if err := l.do("due", func() error { return l.desk.Due(l.ctx, id) }); err != nil {
			return err
		}
	}
	if err := l.do("deliver", func() error { _, err := l.desk.Deliver(l.ctx, lifeSystem, 100); return err }); err != nil {
		return err
	}
	if err := l.tell(); err != nil {
		return err
	}
	return l.do("sequence", func() error { _, err := l.desk.Sequence(l.ctx); return err })
}
