package e2e

import (
	"fmt"
	"slices"
	"strings"

	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/internal/sandbox"
)

// A look says whether things are as the story tells; it changes nothing.
type look func(*story, words) error

func looks() map[string]look {
	return map[string]look{
		"state": state, "plan": plan, "waits": waits, "field": field, "systems": systems, "system": system, "paused": paused, "exceptions": exceptions,
		"holds": holds, "blocked": blocked, "heard": heard, "mail": mail, "sms": sms, "notices": notices, "tasks": tasks,
		"receipt": receipt, "log": logVerifies, "approvals": approvals, "saw": saw, "conflict": conflict, "reads": reads, "end": endedWith, "entries": entriesOf,
	}
}

// state NAME says where the request stands.
func state(s *story, w words) error {
	r, err := s.request()
	if err != nil {
		return err
	}
	if is, _ := r.Next(s.world.Clock.Now()); string(is) != w.at(0) {
		return fmt.Errorf("want %s: %s", w.at(0), describe(r, s.world.Clock.Now()))
	}
	return nil
}

// plan RECIPE [weak] [lost] [rule=NAME] [levels=N] [cool=SPAN] [holds=N] [policy=N] says what policy asked for.
func plan(s *story, w words) error {
	r, err := s.request()
	if err != nil {
		return err
	}
	p := r.Plan
	people, cool := 0, "0s"
	for _, g := range p.Gates {
		if g.Level != nil {
			people += g.Level.Quorum
		}
		if g.Kind == change.Cool {
			cool = g.For.String()
		}
	}
	want := map[string]string{"people": fmt.Sprint(people), "cool": strings.TrimSuffix(cool, "0m0s"), "holds": fmt.Sprint(len(p.Holds)), "policy": fmt.Sprint(p.Policy)}
	for _, pair := range w.pairs {
		if pair[0] == "rule" && slices.Contains(p.Rules, pair[1]) {
			continue
		}
		if want[pair[0]] != pair[1] {
			return fmt.Errorf("want %s=%s: %+v", pair[0], pair[1], p)
		}
	}
	if p.Recipe != w.at(0) || p.Weak != w.has("weak") || p.Lost != w.has("lost") {
		return fmt.Errorf("want %v: %+v", w.plain, p)
	}
	return nil
}

// waits GATE… says which proofs are still asked for, or which gate is open.
func waits(s *story, w words) error {
	r, err := s.request()
	if err != nil {
		return err
	}
	var open []string
	for _, g := range r.Wants(s.world.Clock.Now()) {
		open = append(open, string(g.Kind))
	}
	if g, _, ok := r.OpenGate(s.world.Clock.Now()); ok && len(open) == 0 {
		open = append(open, string(g.Kind))
	}
	if !slices.Equal(open, w.plain) {
		return fmt.Errorf("waits for %v, want %v", open, w.plain)
	}
	return nil
}

// field RECORD KEY=VALUE [grade=X] [proven=yes|no] says what is on record; an empty value means none.
func field(s *story, w words) error {
	id, err := s.record(w.at(0))
	if err != nil {
		return err
	}
	rec, err := s.view().Record(id)
	if err != nil {
		return err
	}
	key := customer.Key(w.pairs[0][0])
	v := rec.Values[key]
	got := map[string]string{string(key): string(v.Content), "grade": string(v.Grade), "proven": "no"}
	if !v.ProvenSince.IsZero() {
		got["proven"] = "yes"
	}
	for _, pair := range w.pairs {
		want := pair[1]
		if ref, ok := s.records[want]; ok {
			want = string(ref)
		}
		if got[pair[0]] != want {
			return fmt.Errorf("%s is %q, want %q", pair[0], got[pair[0]], want)
		}
	}
	return nil
}

// standings answers where the request stands with each system that follows it.
func (s *story) standings() (map[string]downstream.Delivery, error) {
	r, err := s.request()
	if err != nil {
		return nil, err
	}
	have, err := s.view().Deliveries(r.Record)
	if err != nil {
		return nil, err
	}
	rows, err := s.view().Systems()
	if err != nil {
		return nil, err
	}
	standing := map[string]downstream.Delivery{}
	for _, row := range rows {
		if !row.Wants(downstream.Scope{Kind: r.RecordKind, Catalog: s.world.House.Catalog, Keys: r.Keys()}) {
			continue
		}
		i := slices.IndexFunc(have, func(d downstream.Delivery) bool { return d.System == row.ID })
		if i < 0 {
			return nil, fmt.Errorf("%s was never raised", row.ID)
		}
		standing[string(row.ID)] = have[i]
	}
	return standing, nil
}

// systems all says that every subscribed system has acknowledged the change.
func systems(s *story, _ words) error {
	r, err := s.request()
	if err != nil {
		return err
	}
	standing, err := s.standings()
	if err != nil {
		return err
	}
	for id, d := range standing {
		if r.Version == 0 || !d.InSync(r.Version) {
			return fmt.Errorf("%s is at version %d of %d: %+v", id, d.AckedVersion, r.Version, d)
		}
	}
	return nil
}

// system NAME owed|settled|stopped and system NAME has FIELD=VALUE… say where one system stands.
func system(s *story, w words) error {
	r, err := s.request()
	if err != nil {
		return err
	}
	d, err := s.view().Delivery(downstream.SystemID(w.at(0)), r.Record)
	if err != nil {
		return err
	}
	if w.at(1) != "has" {
		if string(d.State) != w.at(1) || (w.at(2) != "" && string(d.Why) != w.at(2)) {
			return fmt.Errorf("delivery is %s %s, want %v: %+v", d.State, d.Why, w.plain, d)
		}
		return nil
	}
	has, err := s.has(w.at(0), string(r.Record))
	if err != nil {
		return err
	}
	for _, p := range w.pairs {
		if !strings.Contains(has[p[0]], p[1]) || (p[1] == "" && has[p[0]] != "") {
			return fmt.Errorf("%s holds %v, want %s=%s", w.at(0), has, p[0], p[1])
		}
	}
	return nil
}

// has answers what a system of the sandbox holds of a record.
func (s *story) has(name, record string) (map[string]string, error) {
	if name == string(sandbox.ERP) {
		mobile, err := s.world.ERP.Mobile(record)
		return map[string]string{"phone": mobile}, err
	}
	receiver := s.world.CRM
	if name != string(sandbox.CRM) {
		receiver = s.world.Mailing
	}
	got, _ := receiver.Holding(record)
	return got.Fields, nil
}

// exceptions N [owner=NAME] says how many deliveries wait for a person.
func exceptions(s *story, w words) error {
	open, err := s.view().Exceptions(100)
	if err != nil {
		return err
	}
	for _, x := range open {
		if owner := w.of("owner", x.Owner); owner != x.Owner {
			return fmt.Errorf("owned by %s, want %s", x.Owner, owner)
		}
	}
	if fmt.Sprint(len(open)) != w.at(0) {
		return fmt.Errorf("%d open, want %s: %+v", len(open), w.at(0), open)
	}
	return nil
}

// approvals N says how many decisions count for the content as it is.
func approvals(s *story, w words) error {
	r, err := s.request()
	if err != nil {
		return err
	}
	if fmt.Sprint(len(r.Decisions)) != w.at(0) {
		return fmt.Errorf("%d decisions, want %s", len(r.Decisions), w.at(0))
	}
	return nil
}

// saw NAME remembers the content as it is, as a reviewer's open page would.
func saw(s *story, w words) error {
	r, err := s.request()
	s.changes["hash "+w.at(0)] = change.ID(r.Hash())
	return err
}

// conflict KEY… says which fields another change moved.
func conflict(s *story, w words) error {
	r, err := s.request()
	if err != nil {
		return err
	}
	var moved []string
	if r.Conflict != nil {
		for _, k := range r.Conflict.Keys {
			moved = append(moved, string(k))
		}
	}
	if !slices.Equal(moved, w.plain) {
		return fmt.Errorf("conflict in %v, want %v", moved, w.plain)
	}
	return nil
}

// end CODE says why the request ended.
func endedWith(s *story, w words) error {
	r, err := s.request()
	if err == nil && r.EndCode != w.at(0) {
		err = fmt.Errorf("ended with %q, want %q", r.EndCode, w.at(0))
	}
	return err
}

// receipt verifies: the customer's receipt holds offline, with the log's public key alone.
func receipt(s *story, _ words) error {
	issued, err := s.world.Desk.Receipt(s.ctx, s.people["bob"], s.at)
	if err != nil {
		return err
	}
	data, err := issued.JSON()
	if err != nil {
		return err
	}
	public, err := s.world.Desk.LogKey(s.ctx)
	if err != nil {
		return err
	}
	_, err = audit.Verify(data, public)
	return err
}

// log verifies: its leaves make the signed head, and nothing else.
func logVerifies(s *story, _ words) error { return replays(s.ctx, s.world) }

// entries VERB N counts the entries of a verb in the whole log.
func entriesOf(s *story, w words) error {
	var n int64
	if err := s.view().Row(`SELECT count(*) FROM entry WHERE verb = $1`, w.at(0)).Scan(&n); err != nil {
		return err
	}
	if fmt.Sprint(n) != w.at(1) {
		return fmt.Errorf("%d entries of %s, want %s", n, w.at(0), w.at(1))
	}
	return nil
}
