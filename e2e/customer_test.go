package e2e

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/keys"
)

// file WHO RECORD FIELD=VALUE… [lost] [channel=…] [reason=…] [collector=NAME] [source=…]
// [effective=SPAN] [appeals=REQUEST] [as=NAME] files a change; file WHO new NAME … [kind=…]
// files a new record. Each lane is a request of its own: NAME, NAME/2 …
func file(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	p, err := s.proposal(w)
	if err != nil {
		return err
	}
	filed, err := s.world.Desk.Propose(s.ctx, by, p)
	if err != nil {
		return err
	}
	name := w.of("as", "it")
	if w.at(1) == "new" {
		s.records[w.at(2)] = filed.Record
		name = w.of("as", w.at(2))
	}
	s.filer, s.at = by, filed.Changes[0].ID
	for _, r := range filed.Changes {
		lane := name
		if r.Lane > 1 {
			lane = fmt.Sprintf("%s/%d", name, r.Lane)
		}
		s.changes[lane] = r.ID
	}
	return nil
}

func (s *story) proposal(w words) (desk.Proposal, error) {
	p := desk.Proposal{
		Channel: w.of("channel", "hotline"), Reason: w.of("reason", "the customer asked"), Source: w.of("source", ""),
		Collector: s.people[w.of("collector", "nobody")].ID, Appeals: s.changes[w.of("appeals", "none")], LostChannel: w.has("lost"),
	}
	if w.at(1) == "new" {
		p.RecordKind = customer.Kind(w.of("kind", "person"))
	} else {
		id, err := s.record(w.at(1))
		if err != nil {
			return p, err
		}
		p.Record = id
	}
	if text := w.of("effective", ""); text != "" {
		d, err := parseSpan(text)
		if err != nil {
			return p, err
		}
		p.Effective = s.world.Clock.Now().Add(d)
	}
	p.Items = s.items(w.except("channel", "reason", "source", "collector", "appeals", "as", "kind", "effective"))
	return p, nil
}

// items are fields as a door hands them over; the name of a record stands for its id.
func (s *story) items(pairs [][2]string) []desk.Proposed {
	var items []desk.Proposed
	for _, p := range pairs {
		if id, ok := s.records[p[1]]; ok {
			p[1] = string(id)
		}
		items = append(items, desk.Proposed{Key: customer.Key(p[0]), Value: value(p[1])})
	}
	return items
}

// on NAME goes on with another request of the story.
func on(s *story, w words) error {
	id, ok := s.changes[w.at(0)]
	if !ok {
		return fmt.Errorf("no request is called %q", w.at(0))
	}
	s.at = id
	return nil
}

// code old|new KEY [link] [by=NAME] asks for a code, or a link for a mail address, and lets the message leave.
func code(s *story, w words) error {
	key, isNew := customer.Key(w.at(1)), w.at(0) == "new"
	by := s.filer
	if name := w.of("by", ""); name != "" {
		var err error
		if by, err = s.who(name); err != nil {
			return err
		}
	}
	method := change.SMSCode
	switch {
	case key.Field() == "email" && w.has("link"):
		method = change.MailLink
	case strings.HasSuffix(key.Field(), "email"):
		method = change.MailCode
	}
	to, err := s.destination(key, isNew)
	if err != nil {
		return err
	}
	sent, err := s.world.Desk.Challenge(s.ctx, by, s.at, desk.Ask{Method: method, To: key, New: isNew})
	if err != nil {
		return err
	}
	s.asked = append(s.asked, asked{Sent: sent, change: s.at, key: key, new: isNew, to: to})
	_, err = s.world.Desk.Tell(context.Background(), 100)
	return err
}

// destination is where a code goes: the value that the request proposes, or the one it is about to replace.
func (s *story) destination(key customer.Key, isNew bool) (string, error) {
	r, err := s.request()
	if err != nil {
		return "", err
	}
	it, touched := r.Item(key)
	switch {
	case isNew:
		return string(it.Now), nil
	case touched && it.Was != nil && !r.AppliedAt.IsZero():
		return string(it.Was.Content), nil
	}
	rec, err := s.view().Record(r.Record)
	if err == nil && rec.Kind == customer.Account {
		rec, err = s.view().Record(customer.ID(rec.Get("holder")))
	}
	return string(rec.Get(key)), err
}

var (
	linkForm = regexp.MustCompile(`/l/([A-Za-z0-9_-]{43})(?:/([0-9a-v]{20})/([0-9]{6}))?`)
	codeForm = regexp.MustCompile(`^(\d{6}) is your`)
)

// prove old|new KEY [wrong] [first] [by=NAME] [in=REQUEST] answers the newest code or link that
// went there, with what the message itself carries; first takes the one asked for before.
func prove(s *story, w words) error {
	a, err := s.answering(w)
	if err != nil {
		return err
	}
	actor, secret, err := s.opened(a)
	if err != nil {
		return err
	}
	if name := w.of("by", ""); name != "" {
		if actor, err = s.who(name); err != nil {
			return err
		}
	}
	if w.has("wrong") {
		secret = fmt.Sprintf("%06d", (atoi(secret)+1)%1_000_000)
	}
	if name := w.of("in", ""); name != "" {
		a.change = s.changes[name]
	}
	return s.world.Desk.Prove(s.ctx, actor, a.change, a.Challenge, secret)
}

// answering is the challenge that a story answers.
func (s *story) answering(w words) (asked, error) {
	isNew, last := w.at(0) == "new", slices.Clone(s.asked)
	slices.Reverse(last)
	last = slices.DeleteFunc(last, func(a asked) bool {
		return a.change != s.at || a.new != isNew || (w.at(1) != "" && a.key != customer.Key(w.at(1)))
	})
	switch {
	case len(last) == 0:
		return asked{}, fmt.Errorf("nothing was asked of %s %s", w.at(0), w.at(1))
	case w.has("first"):
		return last[len(last)-1], nil
	}
	return last[0], nil
}

// opened reads the message that carries a challenge: who its reader is, and the secret.
func (s *story) opened(a asked) (access.Actor, string, error) {
	messages := s.world.Mailbox.To(a.to)
	slices.Reverse(messages)
	for _, m := range messages {
		for _, l := range linkForm.FindAllStringSubmatch(m.Text, -1) {
			if l[2] != a.Challenge {
				continue
			}
			actor, err := s.enter(l[1])
			return actor, l[3], err
		}
	}
	for _, m := range messages {
		if c := codeForm.FindStringSubmatch(m.Text); c != nil {
			r, err := s.request()
			return access.Actor{ID: string(r.Record), Sort: access.Customer, Via: s.app.ID}, c[1], err
		}
	}
	return access.Actor{}, "", fmt.Errorf("no message to %s carries challenge %s", a.to, a.Challenge)
}

// enter is the door for links: what the token allows, or why it is refused.
func (s *story) enter(token string) (access.Actor, error) {
	s.spent = token
	l, rec, err := s.view().Link(keys.LinkHash(token), s.world.Clock.Now())
	return access.Actor{ID: string(rec), Sort: access.Customer, Via: "link", Link: l}, err
}

// linked finds the newest link for a purpose and the request at hand. to=ADDRESS says who
// got it, in=REQUEST takes one of another request, again the very one used before, and
// purpose=NAME one that was sent for something else.
func (s *story) linked(p access.Purpose, w words) (access.Actor, error) {
	if w.has("again") {
		return s.enter(s.spent)
	}
	if name := w.of("purpose", ""); name != "" {
		p = access.Purpose(name)
	}
	of, err := s.request()
	if name := w.of("in", ""); err == nil && name != "" {
		of, err = s.view().Change(s.changes[name])
	}
	if err != nil {
		return access.Actor{}, err
	}
	messages := s.world.Mailbox.All()
	slices.Reverse(messages)
	for _, m := range messages {
		if to := w.of("to", m.To); to != m.To {
			continue
		}
		for _, found := range linkForm.FindAllStringSubmatch(m.Text, -1) {
			l, rec, err := s.view().Link(keys.LinkHash(found[1]), s.world.Clock.Now())
			if err == nil && l.Purpose == p && l.Submission == of.Submission && (l.Change == "" || l.Change == string(of.ID)) {
				s.spent = found[1]
				return access.Actor{ID: string(rec), Sort: access.Customer, Via: "link", Link: l}, nil
			}
		}
	}
	return access.Actor{}, fmt.Errorf("no %s link of %s was sent to %q", p, of.Ref(), w.of("to", "anybody"))
}

// actor is who acts: by=NAME or the NAME alone, or the customer by the link that they were sent.
func (s *story) actor(p access.Purpose, w words) (access.Actor, error) {
	if name := w.of("by", ""); name != "" {
		return s.who(name)
	}
	if by, err := s.who(w.at(0)); err == nil {
		return by, nil
	}
	return s.linked(p, w)
}

func confirm(s *story, w words) error {
	by, err := s.actor(access.Confirm, w)
	if err != nil {
		return err
	}
	return s.world.Desk.Confirm(s.ctx, by, s.at)
}

func dispute(s *story, w words) error {
	by, err := s.actor(access.Dispute, w)
	if err != nil {
		return err
	}
	return s.world.Desk.Dispute(s.ctx, by, s.at, "this was not me")
}

func notMine(s *story, w words) error {
	by, err := s.actor(access.Address, w)
	if err != nil {
		return err
	}
	return s.world.Desk.NotMine(s.ctx, by, s.at)
}

func withdraw(s *story, w words) error {
	by, err := s.actor(access.Status, w)
	if err != nil {
		return err
	}
	return s.world.Desk.Withdraw(s.ctx, by, s.at)
}

// answer TEXT [by=NAME] [FIELD=VALUE…] answers a reviewer's question, perhaps with a corrected value.
func answer(s *story, w words) error {
	by, err := s.actor(access.Status, w)
	if err != nil {
		return err
	}
	return s.world.Desk.Answer(s.ctx, by, s.at, w.at(0), s.items(w.except("by", "to", "in", "purpose")))
}

func atoi(digits string) (n int) {
	fmt.Sscanf(strings.TrimLeft(digits, "0"), "%d", &n)
	return n
}
