package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/notify"
	"amend/verify"
)

// A Foreseen is what a proposal would become, masked as a request that was filed is, and who
// would hear of it.
type Foreseen struct {
	Change
	Hears []Hearer
}

// A Hearer is one contact that hears of a request.
type Hearer struct {
	Contact customer.Key
	Channel notify.Medium
	To      string // masked
	New     bool   // the request proposes it
	Former  bool   // it is on record no more, and hears for 90 days yet
}

// Foreseen answers what Desk.Preview made, for whoever would file it. Test:
// TestForeseenIsMaskedAndNamesWhoHears.
func (r *Reader) Foreseen(ctx context.Context, by access.Actor, requests []change.Request) ([]Foreseen, error) {
	v := r.store.View(ctx)
	systems, err := v.systems()
	if err != nil {
		return nil, err
	}
	out := make([]Foreseen, 0, len(requests))
	for _, req := range requests {
		if req.Filed.ID != by.ID {
			return nil, noChange(req.ID)
		}
		is := Foreseen{Change: r.head(by, req)}
		is.Items, is.Impact = r.items(by, req), r.impact(by, systems, req)
		if is.Hears, err = r.hearers(v, by, req); err != nil {
			return nil, err
		}
		out = append(out, is)
	}
	return out, nil
}

// hearers are every contact of the last 90 days for a change of a contact, and otherwise the
// one that follows the request.
func (r *Reader) hearers(v View, by access.Actor, req change.Request) ([]Hearer, error) {
	rec, err := v.Record(req.Record)
	if err == nil {
		rec, err = v.Holder(rec)
	}
	if err != nil {
		return nil, err
	}
	now := r.store.Now()
	told := []notify.Recipient{notify.Reply(rec, r.store.catalog, req, now)}
	if notify.TouchesContact(r.store.catalog, req) {
		told = notify.Audience(rec, r.store.catalog, req, now)
	}
	var out []Hearer
	for _, to := range told {
		if to.To != "" {
			out = append(out, Hearer{to.Key, to.Channel, r.mask(by, to.Key, customer.Content(to.To)).Text, to.New, !to.Until.IsZero()})
		}
	}
	return out, nil
}

// A Way is one contact through which the customer proves a request with a code.
type Way struct {
	Gate      change.GateKind // "dispute" for a frozen request
	Method    change.Method
	Contact   customer.Key
	New       bool      // the value that the request proposes
	To        string    // masked
	Alone     bool      // its gate asks for nothing beside it
	Proven    time.Time // it did already
	Challenge string    // the newest code that may still be typed, "" for none
	Sent      time.Time // when that code left
	Again     time.Time // no other code before
}

// Ways answers through which contacts a request was proven by code, and may be proven now:
// those on record first. What a contact is worth is what Desk.Challenge will find. Test:
// TestWaysAreTheContactsThatADeskTakesACodeFrom.
func (r *Reader) Ways(ctx context.Context, by access.Actor, id change.ID) ([]Way, error) {
	if err := may(by, access.SendChallenge); err != nil {
		return nil, err
	}
	var ways []Way
	err := r.store.Snapshot(ctx, func(v View) error {
		req, err := r.opened(v, by, id)
		if err != nil {
			return err
		}
		rec, err := v.Record(req.Record)
		if err == nil {
			rec, err = v.Holder(rec)
		}
		if err != nil {
			return err
		}
		if ways, err = r.oldWays(v, req, rec); err != nil {
			return err
		}
		ways = append(ways, r.newWays(req)...)
		return r.tellWays(v, by, req, rec, ways)
	})
	return ways, err
}

// codeBy is the method that sends a code to a type of contact, "" if none does.
func codeBy(t customer.Type) change.Method {
	return map[customer.Type]change.Method{customer.Phone: change.SMSCode, customer.Email: change.MailCode}[t]
}

// oldWays are the contacts on record that have spoken for the customer, or may: in the
// dispute, where there is one.
func (r *Reader) oldWays(v View, req change.Request, rec customer.Record) ([]Way, error) {
	proofs := req.Proofs
	if req.Frozen() {
		proofs = req.Dispute.Proofs
	}
	var ways []Way
	for _, k := range slices.Sorted(maps.Keys(rec.Values)) {
		f, _ := r.store.catalog.Of(k)
		way := Way{Method: codeBy(f.Type), Contact: k}
		if way.Method == "" {
			continue
		}
		if i := slices.IndexFunc(proofs, func(p change.Proof) bool { return p.Contact == k && !p.New && p.Method == way.Method }); i >= 0 {
			way.Gate, way.Proven, way.Alone = proofs[i].Gate, proofs[i].At, true
			ways = append(ways, way)
			continue
		}
		worth, err := r.worth(v, req, rec, k, f)
		if err != nil {
			return nil, err
		}
		if way.Gate, way.Alone = r.serves(req, way.Method, worth); way.Gate != "" {
			ways = append(ways, way)
		}
	}
	return ways, nil
}

// before is the value under k as it was before the request.
func before(req change.Request, rec customer.Record, k customer.Key) customer.Value {
	if it, touched := req.Item(k); touched && !req.AppliedAt.IsZero() && it.Was != nil && req.RecordKind != customer.Account {
		return *it.Was
	}
	return rec.Values[k]
}

func (r *Reader) worth(v View, req change.Request, rec customer.Record, k customer.Key, f customer.Field) (verify.Strength, error) {
	value, shared := before(req, rec, k), false
	if value.ProvenSince.IsZero() && value.Content != "" {
		var err error
		if shared, err = v.Shared(rec.ID, f, value.Content); err != nil {
			return verify.None, err
		}
	}
	return verify.Authority(verify.Claim{Value: value, Filed: req.FiledAt, Shared: shared, Contact: notify.TouchesContact(r.store.catalog, req)}), nil
}

// serves is the gate that a code through a contact of this worth would open, "" if none.
func (r *Reader) serves(req change.Request, m change.Method, worth verify.Strength) (gate change.GateKind, alone bool) {
	now := r.store.Now()
	switch {
	case worth == verify.None || !req.Open() && !req.Frozen():
		return "", false
	case req.Frozen():
		return "dispute", worth == verify.Proven
	case worth == verify.Weak && !req.Plan.Weak:
		return "", false
	}
	for _, g := range req.Wants(now) {
		offers := slices.ContainsFunc(g.Any, func(c change.Combo) bool { return slices.Contains(c.Of, m) })
		if g.Kind == change.Authority && offers {
			return g.Kind, slices.ContainsFunc(g.Any, func(c change.Combo) bool { return c.Need == 1 && slices.Contains(c.Of, m) })
		}
	}
	return "", false
}

// newWays are the contacts that the request proposes, and that must answer or did.
func (r *Reader) newWays(req change.Request) []Way {
	var ways []Way
	for _, it := range req.Items {
		if req.Frozen() {
			break
		}
		f, _ := r.store.catalog.Of(it.Key)
		way := Way{Gate: change.Reachability, Method: codeBy(f.Type), Contact: it.Key, New: true, Alone: true}
		if i := slices.IndexFunc(req.Proofs, func(p change.Proof) bool { return p.New && p.Contact == it.Key }); i >= 0 {
			way.Proven = req.Proofs[i].At
		}
		wanted := req.Open() && slices.Contains(req.Contacts(r.store.Now()), it.Key)
		if way.Method != "" && it.Now != "" && (wanted || !way.Proven.IsZero()) {
			ways = append(ways, way)
		}
	}
	return ways
}

// tellWays adds where each way leads, and the code that is on its way there.
func (r *Reader) tellWays(v View, by access.Actor, req change.Request, rec customer.Record, ways []Way) error {
	sent, err := v.Challenges(req.ID)
	if err != nil {
		return err
	}
	for i := range ways {
		w := &ways[i]
		content := before(req, rec, w.Contact).Content
		if it, _ := req.Item(w.Contact); w.New {
			content = it.Now
		}
		w.To = r.mask(by, w.Contact, content).Text
		for _, c := range sent {
			if c.Contact == w.Contact && c.New == w.New && c.Method == w.Method && c.Open(r.store.Now()) {
				w.Challenge, w.Sent = c.ID, c.SentAt
			}
		}
		// Whatever code went there last, for whatever purpose, holds the next one off.
		last, err := v.Sends("to " + fmt.Sprint(r.store.keys.Token("destination", string(content))))
		if err != nil {
			return err
		}
		if !last.Last.IsZero() {
			w.Again = last.Last.Add(verify.PerDestination().Gap)
		}
	}
	return nil
}

// A Spent is where a request stands whose link was used: nothing in it is a value, so that
// whoever holds the link may hear it.
type Spent struct {
	Ref     string
	State   change.State
	Applied bool
}

// Spent answers what became of the request of a link that was used. Test:
// TestUsedLinkTellsItsHolderNoValue.
func (r *Reader) Spent(ctx context.Context, token string) (Spent, error) {
	l, how, _, err := r.Link(ctx, token)
	if err != nil {
		return Spent{}, err
	}
	if how != LinkUsed || l.Change == "" {
		return Spent{}, noChange(change.ID(l.Change))
	}
	req, err := r.store.View(ctx).Change(change.ID(l.Change))
	if err != nil {
		return Spent{}, err
	}
	state, _ := req.Next(r.store.Now())
	return Spent{Ref: req.Ref(), State: state, Applied: !req.AppliedAt.IsZero()}, nil
}

// A RequestLine is one request in the customer's own list, with what it is about.
type RequestLine struct {
	ChangeLine
	Fields    []customer.Key
	AppliedAt time.Time
	EndedAt   time.Time
}

// Requests pages through the requests of a record as its customer lists them, newest first.
func (r *Reader) Requests(ctx context.Context, by access.Actor, f Filter, s Slice) (Page[RequestLine], error) {
	lines, err := r.Changes(ctx, by, f, s)
	if err != nil {
		return Page[RequestLine]{}, err
	}
	out := Page[RequestLine]{Items: make([]RequestLine, 0, len(lines.Items)), Next: lines.Next}
	for _, l := range lines.Items {
		req, err := r.opened(r.store.View(ctx), by, l.ID)
		if err != nil {
			return Page[RequestLine]{}, err
		}
		keys := slices.SortedFunc(slices.Values(req.Keys()), cmp.Compare[customer.Key])
		out.Items = append(out.Items, RequestLine{l, keys, req.AppliedAt, req.EndedAt})
	}
	return out, nil
}

// Receives answers which systems follow a record, each with the values of it that it gets.
func (r *Reader) Receives(ctx context.Context, by access.Actor, id customer.ID) ([]Impact, error) {
	v := r.store.View(ctx)
	rec, err := r.record(v, by, id)
	if err != nil {
		return nil, err
	}
	systems, err := v.systems()
	if err != nil {
		return nil, err
	}
	whole := change.Request{RecordKind: rec.Kind}
	for _, k := range slices.Sorted(maps.Keys(rec.Values)) {
		whole.Items = append(whole.Items, change.Item{Key: k})
	}
	return r.impact(by, systems, whole), nil
}
