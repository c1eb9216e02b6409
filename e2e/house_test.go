package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/intake"
	"amend/internal/store"
	"amend/notify"
	"amend/policy"
)

// An act is one command that changes something.
type act func(*story, words) error

func acts() map[string]act {
	return map[string]act{
		"house": house, "person": person, "jump": jump, "settle": settle, "register": register, "migrate": migrate,
		"file": file, "on": on,
		"code": code, "prove": prove, "callback": callback, "called": called, "sighted": sighted, "notmine": notMine,
		"approve": approve, "intend": intend, "undo": undo, "reject": reject, "question": question, "answer": answer, "withdraw": withdraw,
		"rebase": rebase, "reassign": reassign, "absent": absent, "apply": applyNow,
		"confirm": confirm, "dispute": dispute, "freeze": freeze, "decide": decide,
		"policy": adopt, "once": once, "reveal": reveal, "fail": fail, "refuse": refuseRecord, "must": must, "retry": retry, "waive": skip, "pause": pause, "resume": resume, "replay": replay, "import": startImport, "admit": admitImport,
	}
}

// house opens the world with the staff and the systems that every story knows: ada, sam
// and ann file and attest, bob, bea and ben approve, sue is steward, olga owner, ivy
// integrator, otto operator, sid security, aud auditor.
func house(s *story, w words) (err error) {
	start := opens()
	if at := w.of("at", ""); at != "" {
		if start, err = time.ParseInLocation("2006-01-02T15:04", at, zone()); err != nil {
			return err
		}
	}
	if s.world, err = open(s.ctx, s.url, s.folder, start, notify.Lang(w.of("lang", "en"))); err != nil {
		return err
	}
	staff := [][2]string{
		{"ada", "agent"}, {"sam", "agent"}, {"ann", "agent"}, {"bob", "approver"}, {"bea", "approver"}, {"ben", "approver"},
		{"sue", "steward"}, {"sol", "steward"}, {"olga", "owner"}, {"ivy", "integrator"}, {"otto", "operator"}, {"sid", "security"}, {"aud", "auditor"},
	}
	for _, p := range staff {
		if err := person(s, words{plain: p[:]}); err != nil {
			return err
		}
	}
	if s.app, _, err = s.world.Desk.AddToken(s.ctx, access.Actor{Name: "shop app", Roles: []access.Role{access.App}}); err != nil {
		return err
	}
	s.people["app"] = s.app
	return s.world.Connect(s.ctx, s.people["ivy"])
}

// person NAME ROLE… names a person of staff.
func person(s *story, w words) error {
	var roles []access.Role
	for _, r := range w.rest(1) {
		roles = append(roles, access.Role(r))
	}
	a, _, err := s.world.Desk.AddPerson(s.ctx, access.Actor{Name: w.at(0), Roles: roles}, "")
	s.people[w.at(0)] = a
	return err
}

// settle does everything that is due now.
func settle(s *story, _ words) error {
	_, err := s.world.Settle(s.ctx)
	return err
}

// jump SPAN lets time pass, in steps of at most a day, and what falls due happens on its day.
func jump(s *story, w words) error {
	left, err := parseSpan(w.at(0))
	if err != nil {
		return err
	}
	for ; left > 0; left -= 24 * time.Hour {
		s.world.Clock.Add(min(left, 24*time.Hour))
		if err := settle(s, w); err != nil {
			return err
		}
	}
	return nil
}

// register NAME FIELD=VALUE… brings a customer on record by the real verbs: filed by ada,
// every contact answers, the document is seen by sam, bob and bea approve.
func register(s *story, w words) error {
	create := words{plain: []string{"ada", "new", w.at(0)}, pairs: append([][2]string{{"channel", "shop"}, {"reason", "new customer"}}, w.pairs...)}
	if err := file(s, create); err != nil {
		return err
	}
	r, err := s.request()
	if err != nil {
		return err
	}
	for _, k := range r.Contacts(s.world.Clock.Now()) {
		if err := code(s, words{plain: []string{"new", string(k)}}); err != nil {
			return err
		}
		if err := prove(s, words{plain: []string{"new", string(k)}}); err != nil {
			return err
		}
	}
	if err := sighted(s, words{plain: []string{"sam", "document", "name and photo"}}); err != nil {
		return err
	}
	for _, name := range []string{"bob", "bea"} {
		if err := approve(s, words{plain: []string{name}}); err != nil {
			return err
		}
	}
	if err := settle(s, w); err != nil {
		return err
	}
	if r, err = s.request(); err == nil && r.AppliedAt.IsZero() {
		return fmt.Errorf("registration of %s waits: %s", w.at(0), describe(r, s.world.Clock.Now()))
	}
	return err
}

// migrate NAME FIELD=VALUE… [held=DATE] [kind=person] brings a customer in by a migration run.
func migrate(s *story, w words) error {
	held := time.Time{}
	if text := w.of("held", ""); text != "" {
		var err error
		if held, err = time.ParseInLocation("2006-01-02", text, zone()); err != nil {
			return err
		}
	}
	run, err := s.world.Desk.StartImport(s.ctx, s.people["sue"], desk.ImportStart{Name: w.at(0), Digest: w.at(0), HeldSince: held})
	if err == nil && run.State == "waiting" {
		if err = s.world.Desk.ApproveImport(s.ctx, s.people["otto"], run.ID); err == nil {
			run, err = s.view().ImportRun(run.ID)
		}
	}
	if err != nil {
		return err
	}
	row := desk.ImportRow{Line: 1, Kind: customer.Kind(w.of("kind", "person"))}
	for _, p := range w.except("held", "kind") {
		row.Values = append(row.Values, intake.Proposed{Key: customer.Key(p[0]), JSON: value(p[1])})
	}
	before, err := s.recordIDs(row.Kind)
	if err != nil {
		return err
	}
	run, faults, err := s.world.Desk.ImportRows(s.ctx, s.people["sue"], run, []desk.ImportRow{row})
	if err != nil || len(faults) > 0 {
		return fmt.Errorf("import: %v %v", faults, err)
	}
	after, err := s.recordIDs(row.Kind)
	if err != nil {
		return err
	}
	for id := range after {
		if !before[id] {
			s.records[w.at(0)] = id
		}
	}
	if err := s.world.Desk.FinishImport(s.ctx, s.people["sue"], run); err != nil {
		return err
	}
	return settle(s, w)
}

func (s *story) recordIDs(kind customer.Kind) (map[customer.ID]bool, error) {
	page, err := s.view().RecordIDs(kind, "", 1000)
	ids := map[customer.ID]bool{}
	for _, r := range page {
		ids[r.ID] = true
	}
	return ids, err
}

// startImport WHO NAME opens a migration run; admitImport WHO lets the waiting one go on.
func startImport(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	run, err := s.world.Desk.StartImport(s.ctx, by, desk.ImportStart{Name: w.at(1), Digest: w.at(1)})
	if err != nil {
		return err
	}
	if w.has("rows") {
		_, _, err = s.world.Desk.ImportRows(s.ctx, by, run, []desk.ImportRow{{Line: 1, Kind: customer.Person, Values: []intake.Proposed{{Key: "phone", JSON: value("13900139000")}}}})
	}
	s.changes["run"] = change.ID(run.ID)
	return err
}

func admitImport(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	return s.world.Desk.ApproveImport(s.ctx, by, string(s.changes["run"]))
}

// once KEY ACT ARGS… does an act under an idempotency key, as a client that may try again.
func once(s *story, w words) error {
	plain := s.ctx
	defer func() { s.ctx = plain }()
	s.ctx = store.Once(plain, w.at(0), []byte("the same body"))
	return acts()[w.at(1)](s, words{plain: w.rest(2), pairs: w.pairs})
}

// reveal WHO RECORD KEY PURPOSE shows a value unmasked.
func reveal(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	_, err = s.world.Desk.Reveal(s.ctx, by, s.records[w.at(1)], []customer.Key{customer.Key(w.at(2))}, w.at(3))
	return err
}

// adopt VERSION puts the shipped policy in force under another version.
func adopt(s *story, w words) error {
	text := strings.Replace(string(policy.Shipped().Text()), `"version": 1`, `"version": `+w.at(0), 1)
	p, err := policy.Parse([]byte(text))
	if err == nil {
		s.world.Govern(p)
	}
	return err
}

// value is how a door hands over a value: structured values as they are, "" removes.
func value(text string) json.RawMessage {
	switch {
	case text == "":
		return json.RawMessage("null")
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		return json.RawMessage(text)
	}
	raw, _ := json.Marshal(text)
	return raw
}

// describe says where a request stands, for a story that went wrong.
func describe(r change.Request, now time.Time) string {
	state, dues := r.Next(now)
	return fmt.Sprintf("state %s, recipe %s, rules %v, gates %+v, wants %+v, due %+v, proofs %d, end %s %s", state, r.Plan.Recipe, r.Plan.Rules, r.Plan.Gates, r.Wants(now), dues, len(r.Proofs), r.End, r.EndCode)
}
