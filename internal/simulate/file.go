package simulate

import (
	"context"
	"encoding/json"
	"time"

	"amend/access"
	"amend/customer"
	"amend/desk"
)

// The channels by which the judge tells requests apart: what a thief files comes by the
// web and nothing else does.
const thiefChannel = "web"

// file lets somebody propose something.
func (w *world) file() {
	if len(w.records) == 0 {
		w.create()
		return
	}
	w.chance.one([]turn{
		{62, func() { w.propose(w.wish(likes(), 1+w.chance.IntN(4))) }},
		{14, func() { w.propose(w.wish(guarded(), 1)) }},
		{8, func() { w.propose(append(w.wish(guarded(), 1+w.chance.IntN(2)), w.wish(likes(), 2)...)) }},
		{5, w.create},
		{4, w.remove},
		{4, w.steal},
		{3, w.nonsense},
	})
}

// wish draws up to n different fields with new values.
func (w *world) wish(fields []field, n int) []desk.Proposed {
	var items []desk.Proposed
	for range n {
		f := w.draw(fields)
		items = append(items, desk.Proposed{Key: f.key, Value: json.RawMessage(f.value(w))})
	}
	return items
}

// propose files items on a record, by its customer or by somebody of the house.
func (w *world) propose(items []desk.Proposed) {
	id := pick(w.chance, w.records)
	p := desk.Proposal{Record: id, Channel: "app", Reason: "it changed", Items: items}
	by := w.self(id)
	if w.chance.percent(35) {
		by = pick(w.chance, append(w.with(access.Agent), w.with(access.Steward)...))
		p.Channel = pick(w.chance, []string{"hotline", "shop"})
		if w.chance.once(6) {
			p.Collector = pick(w.chance, w.crew).ID
		}
	}
	if w.chance.once(20) {
		p.LostChannel = true
	}
	if w.chance.once(12) {
		p.Effective = w.now.Add(w.chance.upTo(20 * 24 * time.Hour))
	}
	if w.chance.once(25) {
		p.Seen = int64(1 + w.chance.IntN(4))
	}
	w.handIn(by, p)
}

// handIn sends a proposal in. Nobody remembers its answer: whatever goes on reads it.
func (w *world) handIn(by access.Actor, p desk.Proposal) {
	_ = w.send("propose", func(ctx context.Context, d *desk.Desk) error {
		_, err := d.Propose(ctx, by, p)
		return err
	})
}

// create files a new customer, or an account of one.
func (w *world) create() {
	p := desk.Proposal{RecordKind: customer.Person, Channel: "shop", Reason: "new customer"}
	value := func(k customer.Key, v string) {
		p.Items = append(p.Items, desk.Proposed{Key: k, Value: json.RawMessage(v)})
	}
	if len(w.records) > 0 && w.chance.once(5) {
		p.RecordKind = customer.Account
		value("holder", `"`+string(pick(w.chance, w.records))+`"`)
		value("remark", quoted((*world).word)(w))
	} else {
		value("legal_name", quoted((*world).name)(w))
		value("phone", quoted((*world).phone)(w))
		if w.chance.percent(40) {
			value("email", quoted((*world).mail)(w))
		}
	}
	w.handIn(w.one(access.Agent), p)
}

// remove takes a value away.
func (w *world) remove() {
	f := w.draw(append(likes(), guarded()...))
	w.propose([]desk.Proposed{{Key: f.key, Value: json.RawMessage("null")}})
}

// nonsense is what must be refused: unknown fields, values that are none, fields twice.
func (w *world) nonsense() {
	w.propose(pick(w.chance, [][]desk.Proposed{
		{{Key: "no_such_field", Value: json.RawMessage(`1`)}},
		{{Key: "phone", Value: json.RawMessage(`"` + wordMark + `"`)}},
		{{Key: "email", Value: json.RawMessage(`{}`)}},
		{{Key: "interests", Value: json.RawMessage(list(w))}, {Key: "interests", Value: json.RawMessage(list(w))}},
		{},
	}))
}

// steal is a thief on the hotline, who has nothing but a number or an address of his own,
// and says that the old one is lost, or does not.
func (w *world) steal() {
	id := pick(w.chance, w.records)
	p := desk.Proposal{Record: id, Channel: thiefChannel, Reason: "lost my phone", LostChannel: w.chance.percent(50)}
	p.Items = []desk.Proposed{{Key: "phone", Value: json.RawMessage(quoted((*world).phone)(w))}}
	if w.chance.percent(40) {
		p.Items = []desk.Proposed{{Key: "email", Value: json.RawMessage(quoted((*world).mail)(w))}}
	}
	w.handIn(w.one(access.Agent), p)
}
