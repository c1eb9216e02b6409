package simulate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/keys"
)

// asked is a code that somebody asked for.
type asked struct {
	challenge string
	to        string // the contact itself
	ask       desk.Ask
	expires   time.Time
	used      bool
}

// prove does what a request that verifies waits for.
func (w *world) prove(r change.Request) {
	if r.Channel == thiefChannel {
		w.thieve(r)
		return
	}
	if w.chance.once(25) {
		w.withdraw(r)
		return
	}
	wants := r.Wants(w.now)
	if len(wants) == 0 {
		return
	}
	switch g := pick(w.chance, wants); g.Kind {
	case change.Reachability:
		contacts := r.Contacts(w.now)
		if len(contacts) == 0 {
			return
		}
		k := pick(w.chance, contacts)
		it, _ := r.Item(k)
		w.byCode(r, desk.Ask{Method: methodFor(w, k), To: k, New: true}, string(it.Now))
	default:
		w.byAny(r, g)
	}
}

// methodFor is a way to reach a contact key.
func methodFor(w *world, k customer.Key) change.Method {
	if f, _ := w.stage.house.Catalog.Of(k); f.Type == customer.Email {
		return pick(w.chance, []change.Method{change.MailCode, change.MailCode, change.MailLink})
	}
	return change.SMSCode
}

// byAny proves a gate by one of the methods it takes.
func (w *world) byAny(r change.Request, g change.Gate) {
	var methods []change.Method
	for _, c := range g.Any {
		methods = append(methods, c.Of...)
	}
	if len(methods) == 0 {
		return
	}
	m := pick(w.chance, methods)
	if !m.ThroughContact() {
		w.attest(r, change.Sighted, "")
		return
	}
	if k, content := w.contactFor(r, m); k != "" {
		w.byCode(r, desk.Ask{Method: m, To: k}, content)
	}
}

// contactFor is a contact on record that a method can run through.
func (w *world) contactFor(r change.Request, m change.Method) (customer.Key, string) {
	rec, err := w.view().Record(r.Record)
	if err == nil {
		rec, err = w.view().Holder(rec)
	}
	if err != nil {
		return "", ""
	}
	want := customer.Phone
	if m == change.MailCode || m == change.MailLink {
		want = customer.Email
	}
	var keys []customer.Key
	for k := range rec.Values {
		if f, _ := w.stage.house.Catalog.Of(k); f.Type == want {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return "", ""
	}
	slices.Sort(keys)
	k := pick(w.chance, keys)
	return k, string(rec.Get(k))
}

// byCode asks for a code, or gives the one that came: right, wrong, or used before.
func (w *world) byCode(r change.Request, ask desk.Ask, to string) {
	sent := w.asked[string(r.ID)]
	i := slices.IndexFunc(sent, func(a asked) bool {
		return a.ask == ask && (!a.used || w.chance.once(again(r))) && (w.now.Before(a.expires) || w.chance.once(lateCodes))
	})
	if ask.Method == change.Callback && i >= 0 {
		w.attest(r, change.Callback, ask.To)
		return
	}
	if i < 0 {
		w.askCode(r, ask, to)
		i = len(w.asked[string(r.ID)]) - 1
		if i < len(sent) || ask.Method == change.Callback || w.chance.once(5) {
			return
		}
		w.work(w.idle())
	}
	w.giveCode(r, i)
}

// lateCodes is how rarely somebody gives a code whose time is over.
const lateCodes = 3

// giveLate gives a code that came in time and was not used while it was good.
func (w *world) giveLate() {
	r, ok := w.someRequest()
	if !ok || r.Channel == thiefChannel || !r.Open() {
		return
	}
	i := slices.IndexFunc(w.asked[string(r.ID)], func(a asked) bool { return !a.used && w.now.After(a.expires) })
	if i >= 0 {
		w.giveCode(r, i)
	}
}

// again is how rarely somebody gives a code that was used: more often where a second proof
// could still count for something.
func again(r change.Request) int {
	if r.Frozen() {
		return 2
	}
	return 15
}

// askCode asks for a code: the customer, or whoever filed for them.
func (w *world) askCode(r change.Request, ask desk.Ask, to string) {
	by := w.self(r.Record)
	if r.Filed.Sort == access.Staff {
		by = w.one(access.Agent)
	}
	var sent desk.Sent
	err := w.send("challenge", func(ctx context.Context, d *desk.Desk) (err error) {
		s, err := d.Challenge(ctx, by, r.ID, ask)
		if err == nil {
			sent = s
		}
		return err
	})
	if err == nil && sent.Challenge != "" {
		w.asked[string(r.ID)] = append(w.asked[string(r.ID)], asked{challenge: sent.Challenge, to: to, ask: ask, expires: sent.Expires})
	}
}

// giveCode answers a challenge with what came, or with a guess.
func (w *world) giveCode(r change.Request, i int) {
	a := &w.asked[string(r.ID)][i]
	token, code := w.post.code(a.to, a.challenge)
	by := w.self(r.Record)
	if token != "" && w.chance.percent(70) {
		visitor, ok := w.visitor(token)
		if !ok {
			return
		}
		by = visitor
	}
	switch {
	case code == "" && !w.chance.once(4):
		return // it has not come yet
	case code == "" || w.chance.once(12):
		code = fmt.Sprintf("%06d", w.chance.IntN(1_000_000))
	}
	challenge := a.challenge
	prove := func(ctx context.Context, d *desk.Desk) error { return d.Prove(ctx, by, r.ID, challenge, code) }
	if w.send("prove", prove) != nil {
		return
	}
	w.asked[string(r.ID)][i].used = true
	if w.chance.once(again(r)) { // tapped twice
		w.plant()
		_ = w.send("prove once more", prove)
	}
}

// visitor is who comes with a link token.
func (w *world) visitor(token string) (access.Actor, bool) {
	n := w.idle()
	link, record, err := w.view().Link(keys.LinkHash(token), n.now())
	return access.Actor{ID: string(record), Sort: access.Customer, Via: "link", Link: link}, err == nil
}

// attest lets somebody of the house say what they saw or heard. Mostly it fits.
func (w *world) attest(r change.Request, how change.Method, contact customer.Key) {
	by := pick(w.chance, append(w.with(access.Agent), w.with(access.Steward)...))
	a := desk.Attestation{Kind: how, Contact: contact, Passed: !w.chance.once(15), Compared: "name and number"}
	if how == change.Sighted {
		a.Document = "ID card"
	}
	_ = w.send("attest", func(ctx context.Context, d *desk.Desk) error { return d.Attest(ctx, by, r.ID, a) })
}

// thieve is what a thief can do: prove the contact that is his own, and guess.
func (w *world) thieve(r change.Request) {
	contacts := r.Contacts(w.now)
	switch {
	case len(contacts) > 0 && w.chance.percent(60):
		it, _ := r.Item(contacts[0])
		w.byCode(r, desk.Ask{Method: methodFor(w, contacts[0]), To: contacts[0], New: true}, string(it.Now))
	case w.chance.percent(60):
		m := pick(w.chance, []change.Method{change.SMSCode, change.MailCode})
		k, _ := w.contactFor(r, m)
		if k == "" {
			return
		}
		w.askCode(r, desk.Ask{Method: m, To: k}, "")
		w.guess(r)
	default:
		w.guess(r)
	}
}

// guess tries codes that never came to the thief.
func (w *world) guess(r change.Request) {
	sent := w.asked[string(r.ID)]
	if len(sent) == 0 {
		return
	}
	a := pick(w.chance, sent)
	by := w.self(r.Record)
	for range 1 + w.chance.IntN(3) {
		code := fmt.Sprintf("%06d", w.chance.IntN(1_000_000))
		_ = w.send("guess", func(ctx context.Context, d *desk.Desk) error { return d.Prove(ctx, by, r.ID, a.challenge, code) })
	}
}
