package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"amend/access"
	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/intake"
	"amend/internal/store"
)

// hands is who works in the house: enough that every pool has somebody uninvolved.
func hands() []access.Actor {
	return []access.Actor{
		{Name: "otto", Roles: []access.Role{access.Operator}, Department: "it"},
		{Name: "ivy", Roles: []access.Role{access.Integrator}, Department: "it"},
		{Name: "ada", Roles: []access.Role{access.Agent}, Department: "sales"},
		{Name: "sam", Roles: []access.Role{access.Agent}, Department: "customer_service"},
		{Name: "ann", Roles: []access.Role{access.Agent}, Department: "customer_service"},
		{Name: "bob", Roles: []access.Role{access.Approver}, Department: "compliance"},
		{Name: "bea", Roles: []access.Role{access.Approver}, Department: "finance"},
		{Name: "ben", Roles: []access.Role{access.Approver}, Department: "customer_service"},
		{Name: "sue", Roles: []access.Role{access.Steward}, Department: "customer_service"},
		{Name: "stan", Roles: []access.Role{access.Steward}, Department: "sales"},
		{Name: "olga", Roles: []access.Role{access.Owner}, Department: "customer_service"},
		{Name: "otis", Roles: []access.Role{access.Owner, access.Operator}, Department: "it"},
	}
}

// begin brings the house in order: its key, its people, its systems, and customers from a
// file, as on the first day.
func (w *world) begin() error {
	calm := w.calm
	w.calm = true
	defer func() { w.calm = calm }()
	if err := w.plain("open", func(ctx context.Context, d *desk.Desk) error { return d.Open(ctx, "amend.example.com/log") }); err != nil {
		return err
	}
	for _, a := range hands() {
		if err := w.hire(a); err != nil {
			return err
		}
	}
	if err := w.hire(access.Actor{Name: "app", Roles: []access.Role{access.App}}); err != nil {
		return err
	}
	if err := w.connect(0); err != nil {
		return err
	}
	return w.load(4+w.chance.IntN(8), true)
}

func (w *world) hire(a access.Actor) error {
	var hired access.Actor
	err := w.plain("hire", func(ctx context.Context, d *desk.Desk) (err error) {
		if a.Roles[0] == access.App {
			hired, _, err = d.AddToken(ctx, a)
			return err
		}
		hired, _, err = d.AddPerson(ctx, a, a.Name+"@house.example.com")
		return err
	})
	if err != nil {
		return err
	}
	if a.Roles[0] == access.App {
		w.app = hired
	} else {
		w.crew = append(w.crew, hired)
	}
	return nil
}

// with answers the people of a role.
func (w *world) with(r access.Role) []access.Actor {
	var people []access.Actor
	for _, a := range w.crew {
		if a.Has(r) {
			people = append(people, a)
		}
	}
	return people
}

// one answers somebody of a role.
func (w *world) one(r access.Role) access.Actor { return pick(w.chance, w.with(r)) }

// blueprints are the systems that may follow, in the order they are connected.
func (w *world) blueprints() []downstream.System {
	both := []customer.Kind{customer.Person, customer.Organization}
	every := []downstream.Subscription{{Key: "phone"}, {Key: "email"}, {Key: "address"}, {Key: "legal_name"}, {Key: "class:preference"}}
	return []downstream.System{
		{ID: "crm", Name: "CRM", Kinds: both, Fields: every, Owner: "sales"},
		{ID: "mailing", Name: "Mailing", Kinds: both[:1], Fields: []downstream.Subscription{{Key: "email"}, {Key: "interests"}}, Owner: "marketing"},
		{ID: "erp", Name: "ERP", Kinds: append(both, customer.Account), Fields: []downstream.Subscription{{Key: "group:bank"}, {Key: "phone", As: "mobile", Main: true}, {Key: "remark"}}, Owner: "finance", Must: w.config.Seed%3 == 0},
	}
}

// connect connects one more system.
func (w *world) connect(i int) error {
	s := w.blueprints()[i]
	s.Connector, s.Settings, s.Region = "webhook", json.RawMessage(`{}`), "CN"
	ivy := w.one(access.Integrator)
	err := w.plain("connect "+string(s.ID), func(ctx context.Context, d *desk.Desk) error {
		return d.AddSystem(ctx, ivy, s, []byte("shared secret"))
	})
	if _, lost := w.view().System(s.ID); lost == nil {
		w.systems = append(w.systems, string(s.ID))
		w.joined[string(s.ID)] = len(w.ledger.entries)
	}
	return err
}

// load brings n customers in from a file: the first load of an empty database by one
// person, any later one by two.
func (w *world) load(n int, first bool) error {
	by := w.with(access.Operator)[0]
	var run store.ImportRun
	w.serial++
	digest, since := fmt.Sprintf("file %d", w.serial), w.now.Add(-time.Duration(50+w.chance.IntN(400))*24*time.Hour)
	err := w.plain("import", func(ctx context.Context, d *desk.Desk) (err error) {
		run, err = d.StartImport(ctx, by, desk.ImportStart{Name: "people.csv", Digest: digest, HeldSince: since})
		return err
	})
	if err == nil && !first {
		other := w.with(access.Operator)[1]
		err = w.plain("approve import", func(ctx context.Context, d *desk.Desk) error { return d.ApproveImport(ctx, other, run.ID) })
	}
	if err == nil {
		rows := w.rows(n)
		err = w.plain("import rows", func(ctx context.Context, d *desk.Desk) (err error) {
			run, _, err = d.ImportRows(ctx, by, run, rows)
			return err
		})
	}
	if err == nil {
		err = w.plain("finish import", func(ctx context.Context, d *desk.Desk) error { return d.FinishImport(ctx, by, run) })
	}
	w.readRecords()
	return err
}

// rows are customers as a file has them: some without a phone, some without anything.
func (w *world) rows(n int) []desk.ImportRow {
	rows := make([]desk.ImportRow, n)
	for i := range rows {
		values := []intake.Proposed{{Key: "legal_name", Text: w.name()}}
		if w.chance.percent(85) {
			values = append(values, intake.Proposed{Key: "phone", Text: w.phone()})
		}
		if w.chance.percent(75) {
			values = append(values, intake.Proposed{Key: "email", Text: w.mail()})
		}
		if w.chance.percent(30) {
			values = append(values, intake.Proposed{Key: "address", JSON: json.RawMessage(w.address())})
		}
		rows[i] = desk.ImportRow{Line: i + 2, Kind: customer.Person, Values: values}
	}
	return rows
}

// readRecords looks who is on record now.
func (w *world) readRecords() {
	w.records = w.records[:0]
	rows, err := w.view().Rows(`SELECT id FROM golden_record WHERE kind <> 'account' ORDER BY id`)
	if err != nil {
		w.broken(Program, "read the records: %v", err)
		return
	}
	for rows.Next() {
		var id customer.ID
		if rows.Scan(&id) == nil {
			w.records = append(w.records, id)
		}
	}
}

// kindOf answers what a record is.
func (w *world) kindOf(id customer.ID) customer.Kind {
	if kind, known := w.kinds[id]; known {
		return kind
	}
	var kind customer.Kind
	if err := w.view().Row(`SELECT kind FROM golden_record WHERE id = $1`, id).Scan(&kind); err != nil {
		w.broken(3, "record %s was written and is not there", id)
	}
	w.kinds[id] = kind
	return kind
}

// self is a customer signed in to the app.
func (w *world) self(id customer.ID) access.Actor {
	return access.Actor{ID: string(id), Sort: access.Customer, Via: w.app.ID}
}
