package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/keys"
)

// A crew is the people who lead customers through whole lives, and those customers: people
// who were enrolled, because an inherited number cannot speak for itself.
type crew struct {
	g                             *ground
	agent, seer, approver, second access.Actor
	people                        []customer.ID
	number                        atomic.Int64 // of the next new phone
}

// rest is how long a customer is left alone between two lives: a number speaks for a contact
// change 30 days after it was proven, and former contacts hear of changes for 90.
const rest = 100 * 24 * time.Hour

// gather names the staff and enrols n customers, by the verbs that an agent uses.
func (c *crew) gather(ctx context.Context, n int) error {
	for name, as := range map[string]struct {
		who  *access.Actor
		role access.Role
	}{"agent": {&c.agent, access.Agent}, "seer": {&c.seer, access.Agent}, "approver": {&c.approver, access.Approver}, "second": {&c.second, access.Approver}} {
		a, _, err := c.g.desk.AddPerson(ctx, access.Actor{Name: name, Roles: []access.Role{as.role}}, "")
		if err != nil {
			return err
		}
		*as.who = a
	}
	c.people = make([]customer.ID, n)
	h := c.g.hire(ctx)
	h.keep(c.g.telling)
	_, err := crowd(enrolling, n, func(_, i int) (err error) {
		c.people[i], err = c.enrol(h.ctx, i)
		return err
	})
	return errors.Join(err, h.rest())
}

// enrolling is how many customers are enrolled at once.
const enrolling = 8

func (c *crew) enrol(ctx context.Context, i int) (customer.ID, error) {
	d := c.g.desk
	filed, err := d.Propose(ctx, c.agent, desk.Proposal{
		RecordKind: customer.Person, Channel: "shop", Reason: "a new customer",
		Items: []desk.Proposed{{Key: "legal_name", Value: quoted("Ben Number%d", i)}, {Key: "phone", Value: quoted("+86136%08d", i)}, {Key: "email", Value: quoted("ben%d@example.com", i)}},
	})
	if err != nil {
		return "", err
	}
	r := filed.Changes[0].ID
	for _, ask := range []desk.Ask{{Method: change.SMSCode, To: "phone", New: true}, {Method: change.MailCode, To: "email", New: true}} {
		if err := c.prove(ctx, r, ask); err != nil {
			return "", err
		}
	}
	err = d.Attest(ctx, c.seer, r, desk.Attestation{Kind: change.Sighted, Passed: true, Document: "ID card", Compared: "name and photo"})
	if err != nil {
		return "", err
	}
	for _, by := range []access.Actor{c.approver, c.second} {
		if err := c.approve(ctx, by, r); err != nil {
			return "", err
		}
	}
	return filed.Record, d.Apply(ctx, r)
}

// live leads one customer through a change of their phone: filed on the hotline, agreed to on
// the old number, answered on the new one, approved, applied, and confirmed.
func (c *crew) live(ctx context.Context, id customer.ID) error {
	d := c.g.desk
	filed, err := d.Propose(ctx, c.agent, desk.Proposal{
		Record: id, Channel: "hotline", Reason: "a new number",
		Items: []desk.Proposed{{Key: "phone", Value: quoted("+86137%08d", c.number.Add(1))}},
	})
	if err != nil {
		return err
	}
	r := filed.Changes[0].ID
	for _, proposed := range []bool{false, true} {
		if err := c.prove(ctx, r, desk.Ask{Method: change.SMSCode, To: "phone", New: proposed}); err != nil {
			return err
		}
	}
	if err := c.approve(ctx, c.approver, r); err != nil {
		return err
	}
	if err := d.Apply(ctx, r); err != nil {
		return err
	}
	return d.Confirm(ctx, access.Actor{ID: string(id), Sort: access.Customer, Via: "bench"}, r)
}

// prove asks for a link, waits for its message, and taps it.
func (c *crew) prove(ctx context.Context, r change.ID, ask desk.Ask) error {
	sent, err := c.g.desk.Challenge(ctx, c.agent, r, ask)
	if err != nil {
		return err
	}
	t, err := c.g.post.await(ctx, sent.Challenge)
	if err != nil {
		return err
	}
	link, record, err := c.g.store.View(ctx).Link(keys.LinkHash(t.token), c.g.now())
	if err != nil {
		return err
	}
	by := access.Actor{ID: string(record), Sort: access.Customer, Via: "link", Link: link}
	return c.g.desk.Prove(ctx, by, r, sent.Challenge, t.code)
}

func (c *crew) approve(ctx context.Context, by access.Actor, id change.ID) error {
	r, err := c.g.store.View(ctx).Change(id)
	if err != nil {
		return err
	}
	return c.g.desk.Approve(ctx, by, id, r.Hash(), "")
}

// lived refuses a customer whose last change is not through: confirmed, and acknowledged by
// every system.
func (c *crew) lived(ctx context.Context, id customer.ID) error {
	all, err := c.g.store.View(ctx).Deliveries(id)
	if err != nil {
		return err
	}
	for _, one := range all {
		if one.AckedSeq < one.WantedSeq {
			return fmt.Errorf("%s was not told of a change", one.System)
		}
	}
	if len(all) != len(following()) {
		return fmt.Errorf("%d systems were told of a change", len(all))
	}
	return nil
}

// quoted is a text as a door hands it over.
func quoted(format string, args ...any) json.RawMessage {
	raw, _ := json.Marshal(fmt.Sprintf(format, args...)) // a string always can be
	return raw
}
