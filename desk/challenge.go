package desk

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/notify"
	"amend/verify"
)

// Ask is a request to prove something: by a method, through a contact point.
type Ask struct {
	Method change.Method
	To     customer.Key // the contact point on the record, or of the request's proposal
	New    bool         // to the value that the request proposes
	From   string       // network prefix or client that asks: sending is limited for each
}

// Sent is what became of an ask. It never says where the code went, nor whether it arrived.
type Sent struct {
	Challenge string
	Expires   time.Time
	Task      string // a call-back is a task for a member of staff
}

// Challenge sends a code or a link to a contact of the customer, or opens a call-back
// task. Whoever asks for it never sees it: for a request that staff filed, the message
// carries a link that the customer taps. Stories: phone.txtar, codes.txtar.
func (d *Desk) Challenge(ctx context.Context, by access.Actor, id change.ID, ask Ask) (Sent, error) {
	if f := by.May(access.SendChallenge); f != nil {
		return Sent{}, f
	}
	var sent Sent
	err := d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		if err := tx.SeesChange(by, *r); err != nil {
			return err
		}
		if err := takesProofs(*r); err != nil {
			return err
		}
		c, to, err := d.challenge(tx, *r, ask)
		if err != nil {
			return err
		}
		if ask.Method == change.Callback {
			sent, err = d.openCallback(tx, by, *r, c)
			return err
		}
		sent, err = d.sendCode(tx, by, r, c, to, ask.From)
		return err
	})
	return sent, err
}

// challenge decides what an answer to ask would prove, and refuses what would prove nothing.
func (d *Desk) challenge(tx *store.Tx, r change.Request, ask Ask) (verify.Challenge, string, error) {
	c := verify.Challenge{
		ID: tx.NewID(), Change: r.ID, Record: r.Record, Method: ask.Method, Contact: ask.To, New: ask.New,
		SentAt: tx.Now(), Expires: tx.Now().Add(verify.Lives(ask.Method)), State: verify.Live,
	}
	field, ok := d.house.Catalog.Of(ask.To)
	if !ok {
		return c, "", fault.New(fault.Invalid, "unknown_field", "field", ask.To)
	}
	if err := verify.MethodFits(ask.Method, field.Type); err != nil {
		return c, "", err
	}
	holder, err := d.contactsOf(tx, r)
	if err != nil {
		return c, "", err
	}
	c.Record = holder.ID // wrong codes are the customer's, whichever account they ask about
	if ask.New {
		return d.reachability(tx, r, c)
	}
	return d.authority(tx, r, c, field)
}

// reachability is a challenge to the value that the request itself proposes.
func (d *Desk) reachability(tx *store.Tx, r change.Request, c verify.Challenge) (verify.Challenge, string, error) {
	it, ok := r.Item(c.Contact)
	if !ok || it.Now == "" || r.Frozen() || !r.Offers(change.Reachability, c.Method, tx.Now()) {
		return c, "", fault.New(fault.Conflict, "proof_not_needed", "method", c.Method)
	}
	c.Gate = change.Reachability
	return c, string(it.Now), nil
}

// authority is a challenge to a contact point that was on record before the request. For a
// frozen request it is the proof that reverting needs, through a channel proven before.
func (d *Desk) authority(tx *store.Tx, r change.Request, c verify.Challenge, field customer.Field) (verify.Challenge, string, error) {
	v, shared, err := d.prior(tx, r, c.Contact, field)
	if err != nil {
		return c, "", err
	}
	claim := verify.Claim{Value: v, Filed: r.FiledAt, Shared: shared, Contact: d.touchesContact(r)}
	switch verify.Authority(claim) {
	case verify.Weak:
		c.Weak = true
	case verify.None:
		return c, "", fault.New(fault.Invalid, "contact_no_authority", "field", c.Contact)
	}
	if c.Gate = d.gateFor(r, c, tx.Now()); c.Gate == "" {
		return c, "", fault.New(fault.Conflict, "proof_not_needed", "method", c.Method)
	}
	return c, string(v.Content), nil
}

// gateFor is the open gate that a proof through a prior contact would serve.
func (d *Desk) gateFor(r change.Request, c verify.Challenge, now time.Time) change.GateKind {
	switch {
	case r.Frozen():
		return disputeGate
	case (!c.Weak || r.Plan.Weak) && r.Offers(change.Authority, c.Method, now):
		return change.Authority
	case r.Offers(change.Evidence, c.Method, now):
		return change.Evidence
	}
	return ""
}

// disputeGate marks a proof that serves the dispute, not a gate of the plan.
const disputeGate change.GateKind = "dispute"

// prior answers the value under k as it was before the request: on record, or, for an
// applied request that is disputed, the value it replaced.
func (d *Desk) prior(tx *store.Tx, r change.Request, k customer.Key, field customer.Field) (customer.Value, bool, error) {
	rec, err := d.contactsOf(tx, r)
	if err != nil {
		return customer.Value{}, false, err
	}
	v := rec.Values[k]
	if it, ok := r.Item(k); ok && !r.AppliedAt.IsZero() && it.Was != nil && r.RecordKind != customer.Account {
		v = *it.Was
	}
	shared := false
	if v.ProvenSince.IsZero() && v.Content != "" {
		shared, err = tx.Shared(rec.ID, field, v.Content)
	}
	return v, shared, err
}

func (d *Desk) touchesContact(r change.Request) bool {
	return notify.TouchesContact(d.house.Catalog, r)
}

// sendCode makes the secret, keeps its hash, and queues the message that carries it.
func (d *Desk) sendCode(tx *store.Tx, by access.Actor, r *change.Request, c verify.Challenge, to, from string) (Sent, error) {
	if err := d.mayGuess(tx, c); err != nil {
		return Sent{}, err
	}
	if err := d.maySend(tx, c.ID, to, from); err != nil {
		return Sent{}, err
	}
	live, err := tx.Challenges(r.ID)
	if err != nil {
		return Sent{}, err
	}
	for _, old := range verify.Displaced(live, c) {
		tx.VoidChallenge(old.ID)
	}
	code := sixDigits(tx)
	c.MAC = d.keys.CodeMAC(c.ID, code)
	if err := d.carry(tx, by, *r, &c, to, code); err != nil {
		return Sent{}, err
	}
	tx.AddChallenge(c)
	ev := change.Event{Verb: change.Challenged, By: change.PartyOf(by), At: tx.Now(), Facts: map[string]string{
		"gate": string(c.Gate), "method": string(c.Method), "contact": string(c.Contact), "new": fmt.Sprint(c.New),
	}}
	return Sent{Challenge: c.ID, Expires: c.Expires}, d.seal(tx, *r, ev, alteration{})
}

// mayGuess refuses a new code while the contact rests after wrong ones.
func (d *Desk) mayGuess(tx *store.Tx, c verify.Challenge) error {
	was, err := tries(tx, c)
	if err != nil {
		return err
	}
	return was.Allow(tx.Now())
}

// tries reads the guards that a challenge stands behind: its channel's, and the customer's over all channels.
func tries(tx *store.Tx, c verify.Challenge) (t verify.Tries, err error) {
	if t.Channel, err = tx.Guard(c.Record, guarded(c)); err != nil {
		return t, err
	}
	t.All, err = tx.Guard(c.Record, everyChannel(c))
	return t, err
}

// everyChannel names the guard over all channels of a customer; no contact point has this
// key. Proposed contacts have one of their own: whoever holds nothing but a new number can
// guess at that one, and must not lock the customer out of the channels on record.
func everyChannel(c verify.Challenge) customer.Key {
	if c.New {
		return "*+new"
	}
	return "*"
}

// guarded names the channel whose tries are shared: the same contact counts apart for the
// value on record and for a proposal.
func guarded(c verify.Challenge) customer.Key {
	if c.New {
		return c.Contact + "+new"
	}
	return c.Contact
}

// carry queues the message: the code itself where the customer types it in a session of
// their own, a link where a member of staff filed the request.
func (d *Desk) carry(tx *store.Tx, by access.Actor, r change.Request, c *verify.Challenge, to, code string) error {
	rec, err := d.contactsOf(tx, r)
	if err != nil {
		return err
	}
	t := d.telling(tx, r, rec)
	recipient := t.recipient(*c, to)
	minutes := fmt.Sprint(int(c.Expires.Sub(c.SentAt).Minutes()))
	byLink := r.Filed.Sort != access.Customer || c.Method == change.MailLink
	switch {
	case c.New && byLink:
		c.Expires = c.SentAt.Add(addressLives)
		link := t.link(access.Address, recipient) + "/" + c.ID + "/" + code
		return t.send(notify.Link, recipient, "link", link, "hours", fmt.Sprint(int(addressLives.Hours())))
	case c.New:
		return t.send(notify.CodeNew, recipient, "code", code, "minutes", minutes)
	case byLink:
		link := t.link(access.Status, recipient) + "/" + c.ID + "/" + code
		return t.send(notify.LinkOld, recipient, "act", t.act(), "link", link, "minutes", minutes)
	}
	return t.send(notify.Code, recipient, "code", code, "minutes", minutes, "act", t.act())
}

// recipient is the reader of a challenge.
func (t telling) recipient(c verify.Challenge, to string) notify.Recipient {
	medium := notify.SMS
	if c.Method == change.MailCode || c.Method == change.MailLink {
		medium = notify.Mail
	}
	enrols := c.New && (t.r.Kind == change.Create || t.r.Kind == change.Enrol)
	return notify.Recipient{Key: c.Contact, Channel: medium, To: to, New: c.New, Settled: !c.New, Enrols: enrols}
}

// sixDigits makes a code: uniform over a million, with leading zeros.
func sixDigits(tx *store.Tx) string {
	n := new(big.Int).SetBytes(random(tx.Rand(), 16))
	n.Mod(n, big.NewInt(1_000_000))
	s := n.String()
	return strings.Repeat("0", 6-len(s)) + s
}

// openCallback opens the task of calling the customer on a number proven before, by script.
func (d *Desk) openCallback(tx *store.Tx, by access.Actor, r change.Request, c verify.Challenge) (Sent, error) {
	open, err := tx.Challenges(r.ID)
	if err != nil {
		return Sent{}, err
	}
	for _, was := range open { // one call at a time: each is somebody's work
		if was.Method == c.Method && was.Contact == c.Contact && was.New == c.New && was.Open(tx.Now()) {
			return Sent{}, fault.New(fault.Limited, "resend_wait", "until", was.Expires.Format(time.RFC3339))
		}
	}
	due := d.house.Calendar.Add(tx.Now(), 2*d.house.Calendar.Day())
	task := store.Task{
		ID: tx.NewID(), Kind: string(change.Callback), Record: r.Record, Change: r.ID, Contact: c.Contact,
		Role: string(access.Agent), OpenedAt: tx.Now(), DueAt: due,
	}
	tx.AddTask(task)
	c.Expires, c.MAC = due, d.keys.CodeMAC(c.ID, keys.NewLinkToken(tx.Now(), tx.Rand()))
	tx.AddChallenge(c)
	ev := change.Event{Verb: change.Challenged, By: change.PartyOf(by), At: tx.Now(), Facts: map[string]string{
		"gate": string(c.Gate), "method": string(c.Method), "contact": string(c.Contact),
	}}
	return Sent{Challenge: c.ID, Expires: due, Task: task.ID}, d.seal(tx, r, ev, alteration{})
}
