package experiments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/fault"
	"amend/internal/keys"
	"amend/internal/sandbox"
	"amend/internal/store"
	"amend/notify"
	"amend/org"
	"amend/policy"
)

// A lifeline drives whole lives of requests on a database that fails: a change is filed,
// two codes are answered, people attest and approve, systems follow, everybody is told and
// the customer confirms. It remembers nothing but what went out: whatever a verb answered,
// it reads where the request stands and does what is next, as people would.
type lifeline struct {
	ctx   context.Context
	clock *sandbox.Clock
	store *store.Store
	desk  *desk.Desk
	out   *lifeOutside
	crew  map[string]access.Actor
	asked map[string]desk.Sent
	ready bool // the crew is hired and the system connected

	begins   func(verb string)                  // told of every verb before it is done
	answered func(verb string, err error) error // told of every answer that a verb gave
}

// lifeBegins is where the clock of a life starts: a Monday morning in Shanghai.
var lifeBegins = time.Date(2026, 3, 2, 10, 0, 0, 0, lifeZone())

func lifeZone() *time.Location { return time.FixedZone("CST", 8*60*60) }

// openLifeline opens the database of o, which says everything but the clock and the catalogue.
func openLifeline(ctx context.Context, o store.Options, clock *sandbox.Clock) (*lifeline, error) {
	book, err := notify.Templates()
	if err != nil {
		return nil, err
	}
	o.Clock, o.Catalog = clock.Now, customer.Shipped()
	s, err := store.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	out := &lifeOutside{}
	d := desk.New(s, o.Keys, desk.House{
		Catalog: o.Catalog, Policy: policy.Shipped(), Calendar: org.China(lifeZone()), Book: book,
		Words: notify.House{Brand: "Amend", Hotline: "400-000-2288", Domain: "portal.example.com"}, BaseURL: "https://portal.example.com", Lang: notify.EN,
	}, desk.Outside{
		Channels:  map[notify.Medium]notify.Channel{notify.SMS: out, notify.Mail: out},
		Connector: func(downstream.System, []byte) (downstream.Connector, error) { return out, nil },
	})
	return &lifeline{
		ctx: ctx, clock: clock, store: s, desk: d, out: out, crew: map[string]access.Actor{}, asked: map[string]desk.Sent{},
		begins: func(string) {}, answered: func(string, error) error { return nil },
	}, nil
}

// lifeKeys is the master key of a life, always the same for the same entropy.
func lifeKeys(from io.Reader) *keys.Master {
	master, err := keys.New(from)
	if err != nil {
		panic(err) // the seeded source never fails
	}
	return master
}

// lifeOutside is the outside world of a life: it takes everything and keeps the messages.
type lifeOutside struct{ sent []notify.Outgoing }

func (o *lifeOutside) Send(_ context.Context, m notify.Outgoing) (notify.Answer, error) {
	o.sent = append(o.sent, m)
	return notify.Answer{Outcome: notify.Taken, Ref: "ref-" + m.ID}, nil
}

func (o *lifeOutside) Deliver(_ context.Context, e downstream.Envelope) (downstream.Answer, error) {
	return downstream.Answer{Outcome: downstream.OK, Seq: e.Seq}, nil
}

// do does a verb and hears its answer: done, or not stored, or perhaps stored. Any other
// answer is not what a failing machine may lead to.
func (l *lifeline) do(verb string, act func() error) error {
	l.begins(verb)
	err := act()
	if heard := l.answered(verb, err); heard != nil {
		return heard
	}
	if err != nil && fault.KindOf(err) != fault.Unavailable {
		return fmt.Errorf("%s: %w", verb, err)
	}
	return nil
}

// errTired ends a life that does not come to its end.
var errTired = errors.New("the life does not end")

// maxMoves bounds the moves of one life, those that fail included.
const maxMoves = 400

// live brings the house in order and lives until n more requests have come to their end.
func (l *lifeline) live(n int) error {
	goal := -1
	for range maxMoves {
		over, err := l.over()
		switch {
		case err != nil && fault.KindOf(err) == fault.Unavailable:
		case err != nil:
			return err
		case goal < 0:
			goal = over + n
		case over >= goal && l.ready:
			return nil
		default:
			err = l.next()
		}
		if err != nil {
			if err := l.do("read", func() error { return err }); err != nil {
				return err
			}
		}
	}
	return errTired
}

// over counts the requests at their end.
func (l *lifeline) over() (n int, err error) {
	all, err := l.requests()
	for _, r := range all {
		if r.End != "" {
			n++
		}
	}
	return n, err
}

func (l *lifeline) requests() (all []change.Request, err error) {
	v := l.store.View(l.ctx)
	rows, err := v.Rows(`SELECT id FROM change_request ORDER BY id`)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var id change.ID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		r, err := v.Change(id)
		if fault.CodeOf(err) == "no_customer" {
			// It came to nothing, and 30 days later its key was destroyed.
			r, err = change.Request{ID: id, End: change.Expired}, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// next does the one thing that is next.
func (l *lifeline) next() error {
	if ready, err := l.house(); err != nil || !ready {
		return err
	}
	all, err := l.requests()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(r change.Request) bool { return r.End == "" })
	if i < 0 {
		return l.file(len(all))
	}
	r := all[i]
	switch state, _ := r.Next(l.clock.Now()); state {
	case change.Verifying:
		return l.verify(r)
	case change.Reviewing:
		return l.approve(r)
	case change.Applied:
		return l.finish(r)
	}
	return l.pass(25 * time.Hour)
}

// house hires who is missing and connects the system that follows; false if that was the move.
func (l *lifeline) house() (ready bool, err error) {
	if l.ready {
		return true, nil
	}
	v := l.store.View(l.ctx)
	if _, err := v.Meta("key_fingerprint"); errors.Is(err, store.ErrNoRow) {
		return false, l.do("open", func() error { return l.desk.Open(l.ctx, "amend.example.com/log") })
	} else if err != nil {
		return false, err
	}
	known, err := v.Actors()
	if err != nil {
		return false, err
	}
	for _, who := range lifeCrew() {
		i := slices.IndexFunc(known, func(a access.Actor) bool { return a.Name == who.Name })
		if i < 0 {
			return false, l.do("hire", func() error { _, _, err := l.desk.AddToken(l.ctx, who); return err })
		}
		l.crew[who.Name] = known[i]
	}
	return l.connect(v)
}

func lifeCrew() []access.Actor {
	return []access.Actor{
		{Name: "ada", Roles: []access.Role{access.Agent}}, {Name: "sam", Roles: []access.Role{access.Agent}},
		{Name: "bob", Roles: []access.Role{access.Approver}}, {Name: "bea", Roles: []access.Role{access.Approver}},
		{Name: "ivy", Roles: []access.Role{access.Integrator}}, {Name: "app", Roles: []access.Role{access.App}},
	}
}

// lifeSystem is the id of the system that follows a life.
const lifeSystem downstream.SystemID = "crm"

func (l *lifeline) connect(v store.View) (ready bool, err error) {
	rows, err := v.Systems()
	if err != nil {
		return false, err
	}
	if len(rows) > 0 {
		l.ready = true
		return true, nil
	}
	return false, l.do("connect", func() error {
		return l.desk.AddSystem(l.ctx, l.crew["ivy"], downstream.System{
			ID: lifeSystem, Name: "CRM", Connector: "webhook", Settings: json.RawMessage(`{}`), Kinds: []customer.Kind{customer.Person},
			Fields: []downstream.Subscription{{Key: "legal_name"}, {Key: "phone"}, {Key: "email"}}, Owner: "sales", Region: "CN",
		}, []byte("shared secret"))
	})
}
